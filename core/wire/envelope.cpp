#include "wire/envelope.hpp"

namespace apimall::wire {
namespace {

constexpr auto error_keys = key_table("code", "message", "type", "detail", "msg");

bool is_word(std::string_view text) {
  if (text.empty() || text.size() > 64) return false;
  for (const char c : text) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    if (!letter && c != '_' && c != '-' && c != '.') return false;
  }
  return true;
}

void prefer(std::string_view& text, std::string_view other) {
  if (text.empty()) text = other;
}

simdjson::error_code read_error_object(ondemand::value& value, JsonTexts& texts, Envelope& envelope) {
  std::string_view type;
  std::string_view detail;
  const auto visit = [&](unsigned index, ondemand::value& field) {
    const std::string_view text = text_of(field, texts);
    switch (index) {
      case 0:
        envelope.gateway_code = text;
        break;
      case 1:
        envelope.message = text;
        break;
      case 2:
        type = text;
        break;
      default:
        detail = text;
        break;
    }
    return simdjson::SUCCESS;
  };
  const auto error = for_each_field(value, error_keys, texts, visit);
  prefer(envelope.gateway_code, type);
  prefer(envelope.message, detail);
  return error;
}

simdjson::error_code read_error(ondemand::value& value, JsonTexts& texts, Envelope& envelope) {
  const std::string_view token = token_of(value);
  const JsonKind kind = kind_of(token);
  envelope.has_error = kind != JsonKind::null && token != "false";
  if (!envelope.has_error) return simdjson::SUCCESS;
  if (kind == JsonKind::object) return read_error_object(value, texts, envelope);
  envelope.message = text_of(value, texts);
  if (kind == JsonKind::text && is_word(envelope.message)) prefer(envelope.gateway_code, envelope.message);
  return simdjson::SUCCESS;
}

Success success_of(ondemand::value& value, JsonTexts& texts) {
  std::string_view token = token_of(value);
  if (kind_of(token) == JsonKind::text) token = texts.read(inner_of(token)).view;
  if (token == "true") return Success::yes;
  return token == "false" || token == "0" ? Success::no : Success::unsaid;
}

}  // namespace

simdjson::error_code read_envelope_field(unsigned index, ondemand::value& value, JsonTexts& texts, Envelope& envelope) {
  switch (index) {
    case 0:
      envelope.success = success_of(value, texts);
      break;
    case 2:
      envelope.request_id = text_of(value, texts);
      break;
    case 3:
      return read_error(value, texts, envelope);
    case 5:
      prefer(envelope.gateway_code, text_of(value, texts));
      break;
    default:
      prefer(envelope.message, text_of(value, texts));
      break;
  }
  return simdjson::SUCCESS;
}

}  // namespace apimall::wire
