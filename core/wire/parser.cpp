#include <algorithm>
#include <array>
#include <cstring>
#include <new>

#include "model/image_task_builder.hpp"
#include "wire/answer_reader.hpp"
#include "wire/body_kind.hpp"
#include "wire/documented_form.hpp"
#include "wire/failure.hpp"
#include "wire/json_reader.hpp"
#include "wire/quote.hpp"
#include "wire/response.hpp"
#include "wire/task_reader.hpp"

namespace apimall::wire {
namespace {

bool is_success(int status) { return status >= 200 && status <= 299; }

std::string_view why_not_read(const Response& response, simdjson::error_code error) {
  const BodyKind kind = kind_of_body(response.body);
  if (kind != BodyKind::object) return describe(kind);
  return error == simdjson::CAPACITY ? "the body is too large"
                                     : "the JSON is broken off, damaged, or followed by something else";
}

}  // namespace

struct Parser::Scratch {
  JsonReader reader;
  TaskReading task;
  std::array<char, 128 + ImageTaskBuilder::stride> request_id;  ///< the header's, where `ImageTaskBuilder` can read it

  std::string_view keep_request_id(std::string_view id) {
    const std::size_t size = std::min(id.size(), request_id.size() - ImageTaskBuilder::stride);
    std::memcpy(request_id.data(), id.data(), size);
    return {request_id.data(), size};
  }

  // What the body of a refusal tells, as far as it can be read.
  Envelope envelope_of(const Response& response) {
    Envelope envelope;
    ondemand::document document;
    if (reader.open(response.body, document) != simdjson::SUCCESS) return envelope;
    (void)read_envelope(document, reader.texts(), envelope, [](ondemand::value&) { return simdjson::SUCCESS; });
    return envelope;
  }

  Result<ImageTaskRef> image_task(const Response& response, std::string_view asked_id);
  std::optional<Error> task_refused(const Response& response, simdjson::error_code error,
                                    std::string_view asked_id) const;

  // `read(document, envelope, whole)` walks the document into a value of its own.
  template <typename Read>
  std::optional<Error> answer_refused(const Response& response, std::string_view what, Read read);
};

// Nothing if the answer is surely about the asked task, and surely tells its state.
std::optional<Error> Parser::Scratch::task_refused(const Response& response, simdjson::error_code error,
                                                   std::string_view asked_id) const {
  const Asked asked{"the task", asked_id};
  const Envelope& envelope = task.envelope;
  if (error == simdjson::MEMALLOC) return out_of_memory(asked);
  if (error != simdjson::SUCCESS) return not_the_answer(response, envelope, asked, why_not_read(response, error));
  const bool id_fits = task.task_id_known && (asked_id.empty() || task.fields.task_id == asked_id);
  const bool whole = task.has_data && task.status_known && id_fits;
  // Data about the task weighs more than a `success` that contradicts it, unless the gateway also says what failed.
  if (whole && !(envelope.success == Success::no && envelope.has_error)) return std::nullopt;
  if (envelope.refuses()) return refused_by_word(response, envelope, asked);
  if (!task.has_data) return not_the_answer(response, envelope, asked, "`data` is missing or no object");
  if (!task.task_id_known) {
    return not_the_answer(response, envelope, asked,
                          "`data.task_id` is missing or no text, so that it may be about another task");
  }
  if (!id_fits) {
    return not_the_answer(response, envelope, asked,
                          "it is about another task (asked for " + quote(asked_id) + ", answered about " +
                              quote(task.fields.task_id) + "); a cache or a proxy may have mixed up answers");
  }
  return not_the_answer(response, envelope, asked, "`data.status` is missing or no text");
}

Result<ImageTaskRef> Parser::Scratch::image_task(const Response& response, std::string_view asked_id) {
  if (!is_success(response.status)) {
    return refused_by_status(response, envelope_of(response), {"the task", asked_id});
  }
  task.clear();
  std::string_view json = response.body;
  auto error = simdjson::SUCCESS;
  if (!read_documented_form(json, task)) {
    ondemand::document document;
    error = reader.open(response.body, document);
    json = reader.json();
    if (error == simdjson::SUCCESS) error = read_task(document, reader.texts(), task);
  }
  if (auto refused = task_refused(response, error, asked_id)) return *std::move(refused);
  if (task.fields.request_id.empty() && !response.headers.request_id.empty()) {
    task.fields.request_id = keep_request_id(response.headers.request_id);
  }
  ImageTaskRef made = ImageTaskBuilder::build(task.fields, task.result_urls, json);
  if (!made) return out_of_memory({"the task", asked_id});
  return made;
}

template <typename Read>
std::optional<Error> Parser::Scratch::answer_refused(const Response& response, std::string_view what, Read read) {
  const Asked asked{what, {}};
  if (!is_success(response.status)) return refused_by_status(response, envelope_of(response), asked);
  Envelope envelope;
  bool whole = false;
  ondemand::document document;
  auto error = reader.open(response.body, document);
  if (error == simdjson::SUCCESS) error = read(document, envelope, whole);
  if (error == simdjson::MEMALLOC) return out_of_memory(asked);
  if (error != simdjson::SUCCESS) return not_the_answer(response, envelope, asked, why_not_read(response, error));
  if (whole && !(envelope.success == Success::no && envelope.has_error)) return std::nullopt;
  if (envelope.refuses()) return refused_by_word(response, envelope, asked);
  return not_the_answer(response, envelope, asked, "`data` does not hold what the gateway documents for it");
}

namespace {

void fill_request_id(OptionalText& request_id, const Envelope& envelope, const Response& response) {
  const std::string_view id = envelope.request_id.empty() ? response.headers.request_id : envelope.request_id;
  if (!id.empty()) request_id = std::string(id);
}

}  // namespace

Parser::Parser() : scratch_(std::make_unique<Scratch>()) {}
Parser::~Parser() = default;
Parser::Parser(Parser&&) noexcept = default;
Parser& Parser::operator=(Parser&&) noexcept = default;

Result<ImageTaskRef> Parser::image_task(const Response& response, std::string_view asked_id) {
  return scratch_->image_task(response, asked_id);
}

Result<Generation> Parser::generation(const Response& response) {
  Generation generation;
  const auto read = [&](ondemand::document& document, Envelope& envelope, bool& whole) {
    const auto error = read_generation(document, scratch_->reader.texts(), envelope, generation, whole);
    fill_request_id(generation.request_id, envelope, response);
    return error;
  };
  if (auto refused = scratch_->answer_refused(response, "a new generation", read)) return *std::move(refused);
  generation.json = scratch_->reader.json();
  return generation;
}

Result<ImageHistory> Parser::history(const Response& response) {
  ImageHistory history;
  const auto read = [&](ondemand::document& document, Envelope& envelope, bool& whole) {
    const auto error = read_history(document, scratch_->reader.texts(), envelope, history, whole);
    fill_request_id(history.request_id, envelope, response);
    return error;
  };
  if (auto refused = scratch_->answer_refused(response, "the image history", read)) return *std::move(refused);
  history.json = scratch_->reader.json();
  return history;
}

Result<AccountBalances> Parser::balances(const Response& response) {
  AccountBalances balances;
  const auto read = [&](ondemand::document& document, Envelope& envelope, bool& whole) {
    const auto error = read_balances(document, scratch_->reader.texts(), envelope, balances, whole);
    fill_request_id(balances.request_id, envelope, response);
    return error;
  };
  if (auto refused = scratch_->answer_refused(response, "the account's balances", read)) return *std::move(refused);
  balances.json = scratch_->reader.json();
  return balances;
}

}  // namespace apimall::wire
