// The check of a generation's body. It goes through byte for byte; only what surely cannot be one is refused here.
#include <string>

#include "wire/json_reader.hpp"
#include "wire/json_rules.hpp"
#include "wire/quote.hpp"
#include "wire/request.hpp"
#include "wire/response.hpp"

namespace apimall::wire {
namespace {

constexpr auto needed_keys = key_table("model", "prompt");

Error refuse(std::string reason) {
  Error error;
  error.code = Code::invalid_argument;
  error.message = "The body of a generation " + std::move(reason) +
                  R"( Expected is a JSON object in UTF-8 with at least "model" and "prompt" as texts, such as )"
                  R"({"model":"nano-banana","prompt":"a red fox"}.)";
  return error;
}

struct Needed {
  bool model = false;
  bool prompt = false;
};

simdjson::error_code look_for_needed(ondemand::document& document, JsonTexts& texts, Needed& needed) {
  ondemand::object root;
  if (const auto error = document.get_object().get(root); error != simdjson::SUCCESS) return error;
  return for_each_field(root, needed_keys, texts, [&](unsigned key, ondemand::value& value) {
    (key == 0 ? needed.model : needed.prompt) = kind_of(token_of(value)) == JsonKind::text;
    return simdjson::SUCCESS;
  });
}

}  // namespace

std::optional<Error> check_generate_body(std::string_view body) {
  if (body.find_first_not_of(" \t\r\n") == std::string_view::npos) return refuse("is empty.");
  if (const JsonFault fault = find_json_fault(body); !fault.reason.empty()) {
    return refuse("is not valid JSON: " + std::string(fault.reason) + " at byte " + std::to_string(fault.offset) +
                  ", before " + quote(body.substr(fault.offset), 40) + ".");
  }
  if (body[body.find_first_not_of(" \t\r\n")] != '{') return refuse("is " + quote(body, 40) + ", not an object.");
  std::string padded(body);
  padded.resize(body.size() + body_padding, ' ');
  JsonReader reader;
  ondemand::document document;
  Needed needed;
  auto error = reader.open(std::string_view(padded).substr(0, body.size()), document);
  if (error == simdjson::SUCCESS) error = look_for_needed(document, reader.texts(), needed);
  if (error != simdjson::SUCCESS) return refuse("could not be read: " + quote(body, 40) + ".");
  if (!needed.model) return refuse(R"(lacks the text "model".)");
  if (!needed.prompt) return refuse(R"(lacks the text "prompt".)");
  return std::nullopt;
}

}  // namespace apimall::wire
