#include "wire/task_reader.hpp"

#include <algorithm>
#include <unordered_set>

namespace apimall::wire {
namespace {

constexpr auto output_keys = key_table("resultUrls");

// A field without which nothing is known: it must be there, and be readable to the last character.
std::string_view needed_text(ondemand::value& value, JsonTexts& texts, bool digits_too, bool& known) {
  const std::string_view token = token_of(value);
  const JsonKind kind = kind_of(token);
  known = false;
  if (kind == JsonKind::text) {
    const JsonText text = texts.read(inner_of(token));
    known = text.exact && !text.view.empty();
    return text.view;
  }
  if (kind != JsonKind::other || !digits_too) return {};
  known = token.find_first_not_of("0123456789") == std::string_view::npos;
  return token;
}

// A URL is a text or nothing.
std::string_view url_of(ondemand::value& value, JsonTexts& texts) {
  const std::string_view token = token_of(value);
  return kind_of(token) == JsonKind::text ? texts.read(inner_of(token)).view : std::string_view();
}

simdjson::error_code read_result_urls(ondemand::value& value, JsonTexts& texts, std::vector<std::string_view>& urls) {
  urls.clear();
  const JsonKind kind = kind_of(token_of(value));
  if (kind == JsonKind::text) {
    urls.push_back(url_of(value, texts));
    return simdjson::SUCCESS;
  }
  if (kind != JsonKind::array) return simdjson::SUCCESS;
  ondemand::array array;
  if (const auto error = value.get_array().get(array); error != simdjson::SUCCESS) return error;
  for (auto found : array) {
    ondemand::value element;
    if (const auto error = std::move(found).get(element); error != simdjson::SUCCESS) return error;
    urls.push_back(url_of(element, texts));
  }
  return simdjson::SUCCESS;
}

simdjson::error_code read_output(ondemand::value& value, JsonTexts& texts, std::vector<std::string_view>& urls) {
  urls.clear();
  if (kind_of(token_of(value)) != JsonKind::object) return simdjson::SUCCESS;
  return for_each_field(value, output_keys, texts,
                        [&](unsigned, ondemand::value& list) { return read_result_urls(list, texts, urls); });
}

simdjson::error_code read_data(ondemand::value& data, JsonTexts& texts, TaskReading& reading) {
  ImageTaskFields& fields = reading.fields;
  if (reading.has_data) {
    const Envelope envelope = reading.envelope;
    reading.clear();
    reading.envelope = envelope;
  }
  reading.has_data = kind_of(token_of(data)) == JsonKind::object;
  if (!reading.has_data) return simdjson::SUCCESS;
  return for_each_field(data, data_keys, texts, [&](unsigned key, ondemand::value& value) {
    switch (static_cast<DataKey>(key)) {
      case DataKey::task_id:
        fields.task_id = needed_text(value, texts, true, reading.task_id_known);
        break;
      case DataKey::model:
        fields.model = text_of(value, texts);
        break;
      case DataKey::status:
        fields.status_text = needed_text(value, texts, false, reading.status_known);
        break;
      case DataKey::output:
        return read_output(value, texts, reading.result_urls);
      case DataKey::primary_url:
        fields.primary_url = url_of(value, texts);
        break;
      case DataKey::image_url:
        fields.image_url = url_of(value, texts);
        break;
      case DataKey::error_message:
        fields.error_message = text_of(value, texts);
        break;
      case DataKey::credits_used:
        fields.credits_used = integer_of(value);
        break;
      case DataKey::credits_refunded:
        fields.credits_refunded = integer_of(value);
        break;
      case DataKey::created_at:
        fields.created_at = text_of(value, texts);
        break;
      case DataKey::updated_at:
        fields.updated_at = text_of(value, texts);
        break;
      case DataKey::completed_at:
        fields.completed_at = text_of(value, texts);
        break;
    }
    return simdjson::SUCCESS;
  });
}

void remove_duplicates(std::vector<std::string_view>& urls) {
  constexpr std::size_t few = 16;
  std::unordered_set<std::string_view> seen;
  std::size_t kept = 0;
  for (const std::string_view url : urls) {
    if (url.empty()) continue;
    const auto first = urls.begin();
    const auto end = first + static_cast<std::ptrdiff_t>(kept);
    const bool known = urls.size() <= few ? std::find(first, end, url) != end : !seen.insert(url).second;
    if (!known) urls[kept++] = url;
  }
  urls.resize(kept);
}

// Adds a URL field to the list, or makes the field the same text as its equal in the list, so that it is kept once.
void join(std::string_view& field, std::vector<std::string_view>& urls) {
  if (field.empty()) return;
  for (const std::string_view url : urls) {
    if (url == field) {
      field = url;
      return;
    }
  }
  urls.push_back(field);
}

}  // namespace

void TaskReading::clear() {
  envelope = {};
  fields = {};
  result_urls.clear();
  has_data = status_known = task_id_known = false;
}

void TaskReading::finish() {
  if (result_urls.size() > 1 || (result_urls.size() == 1 && result_urls[0].empty())) remove_duplicates(result_urls);
  join(fields.primary_url, result_urls);
  join(fields.image_url, result_urls);
  fields.status = status_from(fields.status_text);
  fields.request_id = envelope.request_id;
  fields.created_at_ms = parse_timestamp(fields.created_at);
  fields.updated_at_ms = parse_timestamp(fields.updated_at);
  fields.completed_at_ms =
      fields.completed_at == fields.updated_at ? fields.updated_at_ms : parse_timestamp(fields.completed_at);
}

simdjson::error_code read_task(ondemand::document& document, JsonTexts& texts, TaskReading& reading) {
  reading.clear();
  const auto error = read_envelope(document, texts, reading.envelope,
                                   [&](ondemand::value& data) { return read_data(data, texts, reading); });
  if (error == simdjson::SUCCESS && reading.has_data) reading.finish();
  return error;
}

}  // namespace apimall::wire
