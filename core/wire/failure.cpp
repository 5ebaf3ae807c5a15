#include "wire/failure.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "wire/body_kind.hpp"
#include "wire/quote.hpp"

namespace apimall::wire {
namespace {

// What is told of each code: what happened, and what to do.
struct Meaning {
  Code code;
  std::string_view what;
  std::string_view advice;
};

constexpr std::array meanings = {
    Meaning{Code::invalid_request, "refused the request as invalid",
            "Correct the named parameter; the same request will be refused again."},
    Meaning{
        Code::unauthorized, "did not accept the API key: it is missing or invalid",
        "Check APIMALL_API_KEY or the api_key setting; keys look like sk- and 48 hexadecimal digits, and are made at "
        "https://www.apimall.ai/api-keys."},
    Meaning{Code::insufficient_credits, "says that the account has too few credits",
            "Buy credits, then send the request again."},
    Meaning{Code::forbidden, "did not allow the request",
            "Ask for API access to be approved for the account, and check that the base URL is the gateway's "
            "(https://gateway.apimall.ai)."},
    Meaning{Code::not_found, "knows nothing under this address", "Check the base URL."},
    Meaning{Code::request_timed_out, "gave up waiting for the request", "Send it again."},
    Meaning{Code::rate_limited, "received too many requests, or runs too many jobs at once, for this API key",
            "Wait before the next request, and send fewer at a time."},
    Meaning{Code::gateway_error, "has trouble of its own",
            "Try again later; a task that was accepted goes on, and asking for it again costs nothing."},
    Meaning{Code::conflict, "refused the request in its present state",
            "Look at the gateway's words before sending it again."},
};

const Meaning& meaning_of(Code code) {
  return *std::find_if(meanings.begin(), meanings.end() - 1, [code](const Meaning& m) { return m.code == code; });
}

Code code_of_status(int status) {
  switch (status) {
    case 400:
    case 413:
    case 414:
    case 415:
    case 422:
      return Code::invalid_request;
    case 401:
      return Code::unauthorized;
    case 402:
      return Code::insufficient_credits;
    case 403:
      return Code::forbidden;
    case 404:
    case 410:
      return Code::not_found;
    case 408:
      return Code::request_timed_out;
    case 429:
      return Code::rate_limited;
    default:
      return status >= 500 && status <= 599 ? Code::gateway_error : Code::conflict;
  }
}

// 520 to 530 are a CDN's words for an origin that it could not reach just now.
bool passes_by_itself(int status) {
  return status == 408 || status == 429 || status == 500 || (status >= 502 && status <= 504) ||
         (status >= 520 && status <= 530);
}

struct Word {
  std::string_view word;
  int status;  // the one that says the same
};

constexpr std::array words = {
    Word{"unauthorized", 401},
    Word{"unauthenticated", 401},
    Word{"invalid_api_key", 401},
    Word{"missing_api_key", 401},
    Word{"api_key_required", 401},
    Word{"invalid_key", 401},
    Word{"authentication_error", 401},
    Word{"insufficient_credits", 402},
    Word{"insufficient_balance", 402},
    Word{"insufficient_funds", 402},
    Word{"payment_required", 402},
    Word{"not_enough_credits", 402},
    Word{"forbidden", 403},
    Word{"access_denied", 403},
    Word{"permission_denied", 403},
    Word{"not_approved", 403},
    Word{"not_found", 404},
    Word{"task_not_found", 404},
    Word{"image_not_found", 404},
    Word{"resource_not_found", 404},
    Word{"timeout", 408},
    Word{"request_timeout", 408},
    Word{"conflict", 409},
    Word{"already_exists", 409},
    Word{"rate_limited", 429},
    Word{"rate_limit", 429},
    Word{"rate_limit_exceeded", 429},
    Word{"too_many_requests", 429},
    Word{"too_many_concurrent_jobs", 429},
    Word{"concurrency_limit_exceeded", 429},
    Word{"bad_request", 400},
    Word{"invalid_request", 400},
    Word{"invalid_parameter", 400},
    Word{"invalid_parameters", 400},
    Word{"invalid_params", 400},
    Word{"validation_error", 400},
    Word{"unprocessable_entity", 422},
};

// The status that a gateway code stands for: its own number, or 500 for a word that nobody knows.
int status_of_word(std::string_view code) {
  int number = 0;
  const auto [end, error] = std::from_chars(code.data(), code.data() + code.size(), number);
  if (error == std::errc() && end == code.data() + code.size() && number >= 400 && number <= 599) return number;
  std::string word(code.substr(0, 64));
  for (char& c : word) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : (c == '-' || c == ' ' ? '_' : c);
  const auto known = std::find_if(words.begin(), words.end(), [&word](const Word& w) { return w.word == word; });
  return known == words.end() ? 500 : known->status;
}

Error about(const Response& response, const Envelope& envelope, const Asked& asked) {
  constexpr std::size_t word_limit = 64;
  Error error;
  error.http_status = response.status;
  error.retry_after = response.headers.retry_after;
  error.gateway_code = printable(envelope.gateway_code, word_limit);
  error.request_id = printable(envelope.request_id.empty() ? response.headers.request_id : envelope.request_id);
  error.task_id = asked.task_id;
  return error;
}

// The gateway's own words, or what came in their place.
std::string words_of(const Response& response, const Envelope& envelope) {
  if (!envelope.message.empty()) return "Its words: " + quote(envelope.message) + ".";
  if (!envelope.gateway_code.empty()) return "It gave no reason in words.";
  const BodyKind kind = kind_of_body(response.body);
  std::string text = kind == BodyKind::empty ? "It gave no reason: " : "It did not say why in the documented form: ";
  text += describe(kind);
  if (kind != BodyKind::empty) text += "; first bytes: " + quote(response.body);
  return text + ".";
}

std::string seconds_text(std::chrono::milliseconds time) {
  const auto tenths = (time.count() + 99) / 100;
  std::string text = std::to_string(tenths / 10);
  if (tenths % 10 != 0) text += '.' + std::to_string(tenths % 10);
  return text + " s";
}

std::string advice_for(Code code, const Error& error, const Asked& asked) {
  if (code == Code::not_found && !asked.task_id.empty()) {
    return "Check the task id (asked for: " + quote(asked.task_id) + "); it may belong to another account's key.";
  }
  if (error.http_status == 407) return "A proxy asks for its own user name and password: check the proxy setting.";
  std::string advice(meaning_of(code).advice);
  if (error.retry_after) advice += " It asked to wait " + seconds_text(*error.retry_after) + ".";
  return advice;
}

Error refusal(const Response& response, const Envelope& envelope, const Asked& asked, int meant) {
  Error error = about(response, envelope, asked);
  error.code = code_of_status(meant);
  error.retryable = passes_by_itself(meant);
  error.message = "Asked for " + std::string(asked.what) + ", the gateway ";
  error.message += error.code == Code::not_found && !asked.task_id.empty() ? "knows no task under this id"
                                                                           : meaning_of(error.code).what;
  error.message += " (HTTP " + std::to_string(response.status);
  if (!error.gateway_code.empty()) error.message += ", " + error.gateway_code;
  error.message += "). " + words_of(response, envelope) + " " + advice_for(error.code, error, asked);
  return error;
}

// `https://host:port` of a URL, without the user's name, the path or the query.
std::string origin_of(std::string_view location) {
  const std::size_t scheme = location.find("://");
  std::size_t start = 0;
  if (scheme != std::string_view::npos && scheme < location.find_first_of("/?#")) {
    start = scheme + 3;
  } else if (location.starts_with("//")) {
    start = 2;
  } else {
    return {};
  }
  std::string_view authority = location.substr(start, location.find_first_of("/?#\\", start) - start);
  if (const std::size_t at = authority.rfind('@'); at != std::string_view::npos) authority.remove_prefix(at + 1);
  return printable(std::string(location.substr(0, start)) + std::string(authority));
}

Error redirected(const Response& response, const Envelope& envelope, const Asked& asked) {
  Error error = about(response, envelope, asked);
  error.code = Code::protocol;
  error.retryable = true;
  const std::string origin = origin_of(response.headers.location);
  error.message =
      "Asked for " + std::string(asked.what) + ", the gateway redirected (HTTP " + std::to_string(response.status) +
      ") to " +
      (!origin.empty()                     ? origin
       : response.headers.location.empty() ? std::string("nowhere")
                                           : std::string("another path of its own")) +
      ". Redirects are not followed, so that the API key goes nowhere else. Check the base URL; a proxy or a "
      "captive portal (a network's sign-in page) may also have answered in the gateway's place.";
  return error;
}

}  // namespace

Error refused_by_status(const Response& response, const Envelope& envelope, const Asked& asked) {
  if (response.status >= 300 && response.status <= 399) return redirected(response, envelope, asked);
  if (response.status < 400 || response.status > 599) {
    return not_the_answer(response, envelope, asked, "this HTTP status is none that a gateway answers with");
  }
  return refusal(response, envelope, asked, response.status);
}

Error refused_by_word(const Response& response, const Envelope& envelope, const Asked& asked) {
  return refusal(response, envelope, asked, status_of_word(envelope.gateway_code));
}

Error not_the_answer(const Response& response, const Envelope& envelope, const Asked& asked, std::string_view reason) {
  Error error = about(response, envelope, asked);
  error.code = Code::protocol;
  error.retryable = true;
  error.message = "Asked for " + std::string(asked.what) + ", the gateway answered with HTTP " +
                  std::to_string(response.status) + ", but not in the documented form: " + std::string(reason) +
                  ". Expected was {\"success\":true,\"data\":{…}}. ";
  if (kind_of_body(response.body) == BodyKind::empty) {
    error.message += "The body was empty.";
  } else {
    error.message += "First bytes seen: " + quote(response.body) + ".";
  }
  error.message += " Try again; if it stays so, report it with the request id.";
  return error;
}

Error out_of_memory(const Asked& asked) {
  Error error;
  error.code = Code::out_of_memory;
  error.message = "No memory was left to hold the gateway's answer. Free some, then ask again.";
  error.task_id = asked.task_id;
  return error;
}

}  // namespace apimall::wire
