#include "wire/answer_reader.hpp"

#include <limits>

namespace apimall::wire {
namespace {

constexpr auto generation_keys = key_table("task_id", "request_id", "credits_used", "remaining_credits", "model");
constexpr auto balance_keys = key_table("credits", "api_credits");
constexpr auto history_keys = key_table("items", "page", "limit");

enum ItemKey : unsigned {
  task_id,
  model,
  source,
  created_at,
  status,
  image_url,
  credits_used,
  credits_refunded,
  completed_at,
};
constexpr auto item_keys = key_table("task_id", "model", "source", "created_at", "status", "image_url", "credits_used",
                                     "credits_refunded", "completed_at");

OptionalText optional_text(ondemand::value& value, JsonTexts& texts) {
  const std::string_view text = text_of(value, texts);
  if (text.data() == nullptr) return std::nullopt;
  return std::string(text);
}

// An id must be read exactly, or it is none: a wrong one would be asked for, and paid for in waiting.
std::string id_text(ondemand::value& value, JsonTexts& texts) {
  const std::string_view token = token_of(value);
  if (kind_of(token) == JsonKind::text) {
    const JsonText text = texts.read(inner_of(token));
    return text.exact ? std::string(text.view) : std::string();
  }
  const bool digits = !token.empty() && token.find_first_not_of("0123456789") == std::string_view::npos;
  return digits ? std::string(token) : std::string();
}

std::int32_t small_number(ondemand::value& value) {
  const std::int64_t number = integer_of(value).value_or(0);
  return number >= 0 && number <= std::numeric_limits<std::int32_t>::max() ? static_cast<std::int32_t>(number) : 0;
}

bool is_object(ondemand::value& value) { return kind_of(token_of(value)) == JsonKind::object; }

std::optional<UnixMillis> time_of(const OptionalText& text) { return text ? parse_timestamp(*text) : std::nullopt; }

simdjson::error_code read_item(ondemand::value& value, JsonTexts& texts, HistoryItem& item) {
  const auto error = for_each_field(value, item_keys, texts, [&](unsigned key, ondemand::value& field) {
    switch (key) {
      case task_id:
        item.task_id = id_text(field, texts);
        break;
      case model:
        item.model = optional_text(field, texts);
        break;
      case source:
        item.source = optional_text(field, texts);
        break;
      case created_at:
        item.created_at = optional_text(field, texts);
        break;
      case status:
        item.status_text = optional_text(field, texts);
        break;
      case image_url:
        item.image_url = optional_text(field, texts);
        break;
      case credits_used:
        item.credits_used = integer_of(field);
        break;
      case credits_refunded:
        item.credits_refunded = integer_of(field);
        break;
      case completed_at:
        item.completed_at = optional_text(field, texts);
        break;
      default:
        break;
    }
    return simdjson::SUCCESS;
  });
  item.status = item.status_text ? status_from(*item.status_text) : Status::unknown;
  item.created_at_ms = time_of(item.created_at);
  item.completed_at_ms = time_of(item.completed_at);
  return error;
}

simdjson::error_code read_items(ondemand::value& value, JsonTexts& texts, std::vector<HistoryItem>& items) {
  items.clear();
  ondemand::array array;
  if (const auto error = value.get_array().get(array); error != simdjson::SUCCESS) return error;
  for (auto found : array) {
    ondemand::value element;
    if (const auto error = std::move(found).get(element); error != simdjson::SUCCESS) return error;
    if (!is_object(element)) continue;
    HistoryItem item;
    if (const auto error = read_item(element, texts, item); error != simdjson::SUCCESS) return error;
    if (!item.task_id.empty()) items.push_back(std::move(item));
  }
  return simdjson::SUCCESS;
}

}  // namespace

simdjson::error_code read_generation(ondemand::document& document, JsonTexts& texts, Envelope& envelope,
                                     Generation& generation, bool& whole) {
  return read_envelope(document, texts, envelope, [&](ondemand::value& data) {
    generation = {};
    whole = false;
    if (!is_object(data)) return simdjson::SUCCESS;
    const auto error = for_each_field(data, generation_keys, texts, [&](unsigned key, ondemand::value& value) {
      switch (key) {
        case 0:
          generation.task_id = id_text(value, texts);
          break;
        case 1:
          generation.provider_request_id = optional_text(value, texts);
          break;
        case 2:
          generation.credits_used = integer_of(value);
          break;
        case 3:
          generation.remaining_credits = integer_of(value);
          break;
        default:
          generation.model = optional_text(value, texts);
          break;
      }
      return simdjson::SUCCESS;
    });
    whole = !generation.task_id.empty();
    return error;
  });
}

simdjson::error_code read_history(ondemand::document& document, JsonTexts& texts, Envelope& envelope,
                                  ImageHistory& history, bool& whole) {
  return read_envelope(document, texts, envelope, [&](ondemand::value& data) {
    history = {};
    whole = false;
    if (!is_object(data)) return simdjson::SUCCESS;
    return for_each_field(data, history_keys, texts, [&](unsigned key, ondemand::value& value) {
      switch (key) {
        case 0:
          whole = kind_of(token_of(value)) == JsonKind::array;
          return whole ? read_items(value, texts, history.items) : simdjson::SUCCESS;
        case 1:
          history.page = small_number(value);
          break;
        default:
          history.page_size = small_number(value);
          break;
      }
      return simdjson::SUCCESS;
    });
  });
}

simdjson::error_code read_balances(ondemand::document& document, JsonTexts& texts, Envelope& envelope,
                                   AccountBalances& balances, bool& whole) {
  return read_envelope(document, texts, envelope, [&](ondemand::value& data) {
    balances = {};
    whole = false;
    if (!is_object(data)) return simdjson::SUCCESS;
    const auto error = for_each_field(data, balance_keys, texts, [&](unsigned key, ondemand::value& value) {
      (key == 0 ? balances.credits : balances.api_credits) = integer_of(value);
      return simdjson::SUCCESS;
    });
    whole = balances.credits || balances.api_credits;
    return error;
  });
}

}  // namespace apimall::wire
