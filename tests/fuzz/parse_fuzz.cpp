// Fuzzes everything that reads bytes from outside: answers about tasks by both parsers, other answers, headers, and
// what callers give. `make fuzz` runs it under libFuzzer with AddressSanitizer and UBSan for a minute.
#include <cstdint>
#include <cstdio>
#include <cstdlib>

#include "padded_body.hpp"
#include "task_invariants.hpp"
#include "wire/documented_form.hpp"
#include "wire/json_rules.hpp"
#include "wire/request.hpp"

using namespace apimall;
using namespace apimall::wire;

namespace {

void require(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "broken: %s\n", what);
  std::abort();
}

void read_task_both_ways(Parser& parser, const PaddedBody& body) {
  const auto task = parser.image_task(answer(200, body.view()), {});
  const std::string broken = task ? broken_promise(**task) : broken_promise(task.error());
  require(broken.empty(), broken.c_str());
  if (!task) return;
  require(static_cast<bool>(parse_image_task((*task)->json())), "the kept JSON reads as a task again");

  static JsonReader reader;
  static TaskReading fast;
  static TaskReading full;
  fast.clear();
  if (!read_documented_form(body.view(), fast)) return;
  require(find_json_fault(body.view()).reason.empty(), "the fast path takes JSON only");
  ondemand::document document;
  auto error = reader.open(body.view(), document);
  if (error == simdjson::SUCCESS) error = read_task(document, reader.texts(), full);
  require(error == simdjson::SUCCESS, "what the fast path reads the full parser reads");
  require(fast.fields.status_text == full.fields.status_text && fast.fields.task_id == full.fields.task_id &&
              fast.fields.error_message == full.fields.error_message && fast.result_urls == full.result_urls &&
              fast.fields.credits_used == full.fields.credits_used,
          "both find the same");
}

void read_headers(std::string_view lines) {
  ResponseHeaders headers;
  while (!lines.empty()) {
    const std::size_t end = lines.find('\n');
    headers.read_line(lines.substr(0, end), 1'773'307'800'000);
    lines.remove_prefix(end == std::string_view::npos ? lines.size() : end + 1);
  }
  require(!headers.retry_after || headers.retry_after->count() >= 0, "no wait is negative");
  require(!headers.rate_reset || headers.rate_reset->count() >= 0, "no reset is negative");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static Parser parser;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const PaddedBody body(bytes);
  read_task_both_ways(parser, body);
  const Response ok = answer(200, body.view());
  (void)parser.generation(ok);
  (void)parser.history(ok);
  (void)parser.balances(ok);
  (void)parser.image_task(answer(400, body.view()), {});
  (void)check_generate_body(bytes);
  (void)check_task_id(bytes);
  read_headers(bytes);
  return 0;
}
