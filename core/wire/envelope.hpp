// What surrounds every answer: whether the request succeeded, what the gateway says went wrong, and the request's id.
#pragma once

#include <cstdint>
#include <string_view>

#include "wire/json_reader.hpp"

namespace apimall::wire {

/// What the field `success` says: only false, in any of its forms, is a no.
enum class Success : std::uint8_t { unsaid, yes, no };

struct Envelope {
  Success success = Success::unsaid;
  bool has_error = false;         ///< `error` is there and neither null nor false
  std::string_view gateway_code;  ///< `error.code`, `code`, or an `error` text that is one word
  std::string_view
      message;  ///< `error.message`, an `error` text, or failing that a top-level `message`, `detail`, `msg`
  std::string_view request_id;

  bool refuses() const { return success == Success::no || has_error; }
};

/// The fields beside `data`; `index` counts from `success` as 0, and is never 1 (`data`).
inline constexpr auto envelope_keys =
    key_table("success", "data", "request_id", "error", "message", "code", "detail", "msg");
inline constexpr unsigned envelope_data = 1;

/// Takes one field of the envelope other than `data`.
simdjson::error_code read_envelope_field(unsigned index, ondemand::value& value, JsonTexts& texts, Envelope& envelope);

/// Walks a whole document, `data` by `visit_data(value)`. An error means that the document is broken, or goes on behind
/// its end
/// (`TAPE_ERROR`); what was found until then is kept.
template <typename VisitData>
simdjson::error_code read_envelope(ondemand::document& document, JsonTexts& texts, Envelope& envelope,
                                   VisitData visit_data) {
  ondemand::object root;
  if (const auto error = document.get_object().get(root); error != simdjson::SUCCESS) return error;
  const auto visit = [&](unsigned index, ondemand::value& value) {
    return index == envelope_data ? visit_data(value) : read_envelope_field(index, value, texts, envelope);
  };
  if (const auto error = for_each_field(root, envelope_keys, texts, visit); error != simdjson::SUCCESS) return error;
  return is_at_end(document) ? simdjson::SUCCESS : simdjson::TAPE_ERROR;
}

}  // namespace apimall::wire
