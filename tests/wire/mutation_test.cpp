// Mutated bodies: nothing crashes, nothing is read beside the body, and the fast path never disagrees with the full
// parser.
#include <doctest/doctest.h>

#include <cstdlib>
#include <random>
#include <string>

#include "padded_body.hpp"
#include "task_invariants.hpp"
#include "wire/documented_form.hpp"
#include "wire/json_rules.hpp"

using namespace apimall;
using namespace apimall::wire;

namespace {

// More cases with APIMALL_MUTATIONS; another beginning with APIMALL_SEED.
std::uint32_t setting(const char* name, std::uint32_t otherwise) {
  const char* const text = std::getenv(name);
  return text == nullptr ? otherwise : static_cast<std::uint32_t>(std::strtoul(text, nullptr, 10));
}

class Mutator {
 public:
  explicit Mutator(std::uint32_t seed) : random_(seed) {}

  std::string next() {
    std::string body(bases()[below(bases().size())]);
    for (std::size_t changes = 1 + below(3); changes > 0 && !body.empty(); --changes) change(body);
    return body;
  }

 private:
  static const std::vector<std::string>& bases() {
    static const std::vector<std::string> all = {
        std::string(documented_body),
        R"({"success":true,"data":{"task_id":"img_01HQ9M7XJQ7PZ3GQ9F6C5W3N2M","status":"pending"}})",
        with("image-01", "bild-\\u00e4\\ud83d\\ude00\\/x"),
        with("null,", "\"keine Katze: \xC3\xA4\","),
    };
    return all;
  }

  std::size_t below(std::size_t count) { return random_() % count; }
  char any_byte() {
    static constexpr std::string_view likely = "\"\\{}[],: \n\t\x00\xFF\xC3u0t";
    return below(2) == 0 ? likely[below(likely.size())] : static_cast<char>(random_());
  }
  void change(std::string& body) {
    const std::size_t at = below(body.size());
    const std::size_t count = std::min(body.size() - at, std::size_t{1} + below(40));
    switch (below(6)) {
      case 0:
        body[at] = any_byte();
        break;
      case 1:
        body.insert(at, 1, any_byte());
        break;
      case 2:
        body.erase(at, below(2) == 0 ? 1 : count);
        break;
      case 3:
        body.resize(at);
        break;
      case 4:
        body.insert(below(body.size()), body.substr(at, count));
        break;
      default:
        body[at] = static_cast<char>(body[at] ^ 1 << below(8));
        break;
    }
  }

  std::mt19937 random_;
};

bool same(const TaskReading& a, const TaskReading& b) {
  const auto text = [](std::string_view x, std::string_view y) {
    return x == y && (x.data() == nullptr) == (y.data() == nullptr);
  };
  const ImageTaskFields& f = a.fields;
  const ImageTaskFields& g = b.fields;
  return f.status == g.status && text(f.status_text, g.status_text) && text(f.task_id, g.task_id) &&
         text(f.model, g.model) && text(f.primary_url, g.primary_url) && text(f.image_url, g.image_url) &&
         text(f.error_message, g.error_message) && text(f.created_at, g.created_at) &&
         text(f.updated_at, g.updated_at) && text(f.completed_at, g.completed_at) && text(f.request_id, g.request_id) &&
         f.created_at_ms == g.created_at_ms && f.updated_at_ms == g.updated_at_ms &&
         f.completed_at_ms == g.completed_at_ms && f.credits_used == g.credits_used &&
         f.credits_refunded == g.credits_refunded && a.result_urls == b.result_urls &&
         a.envelope.success == b.envelope.success && a.has_data == b.has_data && a.status_known == b.status_known &&
         a.task_id_known == b.task_id_known && a.envelope.has_error == b.envelope.has_error;
}

}  // namespace

TEST_CASE("mutated bodies never crash the parser, and what it accepts keeps its promises") {
  const std::uint32_t seed = setting("APIMALL_SEED", 20260312);
  const std::uint32_t cases = setting("APIMALL_MUTATIONS", 200'000);
  Mutator mutator(seed);
  Parser parser;
  std::uint32_t accepted = 0;
  for (std::uint32_t i = 0; i < cases; ++i) {
    const std::string body = mutator.next();
    const PaddedBody padded(body);
    const auto task = parser.image_task(answer(200, padded.view()), documented_id);
    const std::string broken = task ? broken_promise(**task) : broken_promise(task.error());
    if (!broken.empty()) FAIL("seed " << seed << ", case " << i << ": " << broken << "\n" << body);
    if (!task && i % 64 == 0) CHECK_FALSE(quotes_too_much(task.error().message, body));
    if (task) ++accepted;
  }
  CHECK(accepted > cases / 100);
  CHECK(accepted < cases);
}

TEST_CASE("where the fast path reads a body, the full parser finds the same") {
  const std::uint32_t seed = setting("APIMALL_SEED", 20260312) + 1;
  const std::uint32_t cases = setting("APIMALL_MUTATIONS", 200'000);
  Mutator mutator(seed);
  JsonReader reader;
  TaskReading fast;
  TaskReading full;
  std::uint32_t fast_ones = 0;
  for (std::uint32_t i = 0; i < cases; ++i) {
    const std::string body = mutator.next();
    const PaddedBody padded(body);
    fast.clear();
    if (!read_documented_form(padded.view(), fast)) continue;
    ++fast_ones;
    if (!find_json_fault(body).reason.empty()) FAIL("seed " << seed << ", case " << i << ": no JSON\n" << body);
    ondemand::document document;
    auto error = reader.open(padded.view(), document);
    if (error == simdjson::SUCCESS) error = read_task(document, reader.texts(), full);
    if (error != simdjson::SUCCESS) FAIL("seed " << seed << ", case " << i << ": only the fast path reads\n" << body);
    if (!same(fast, full)) FAIL("seed " << seed << ", case " << i << ": read differently\n" << body);
  }
  CHECK(fast_ones > cases / 100);
}
