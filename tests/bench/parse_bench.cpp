// Parsing the documented answer: apimall's parser beside a plain simdjson On-Demand loop into a struct of std::string,
// and beside nlohmann/json where it is installed.
//
// The plain loop leaves out what apimall's parser does beside it: the timestamps' values, the duplicate-free URL list,
// the kept JSON, the checks of what the answer is about, and one reference-counted object.
#include <simdjson.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#if __has_include(<nlohmann/json.hpp>)
#include <nlohmann/json.hpp>
#define WITH_NLOHMANN 1
#endif

#include "bench.hpp"
#include "wire/response.hpp"

namespace {

namespace ondemand = simdjson::ondemand;
using Clock = std::chrono::steady_clock;

constexpr std::string_view body = R"({
  "success": true,
  "data": {
    "task_id": "img_01HQ9M7XJQ7PZ3GQ9F6C5W3N2M",
    "model": "nano-banana",
    "status": "completed",
    "output": {
      "resultUrls": [
        "https://cdn.apimall.ai/generated/image-01.webp"
      ]
    },
    "primary_url": "https://cdn.apimall.ai/generated/image-01.webp",
    "image_url": "https://cdn.apimall.ai/generated/image-01.webp",
    "error_message": null,
    "credits_used": 8,
    "credits_refunded": 0,
    "created_at": "2026-03-12T09:30:00.000Z",
    "updated_at": "2026-03-12T09:31:06.000Z",
    "completed_at": "2026-03-12T09:31:06.000Z"
  },
  "request_id": "req_01HQ9M7J7X9P7Y8T6W5V4U3S2R"
}
)";

struct PlainTask {
  bool success = false;
  std::string task_id, model, status, primary_url, image_url, error_message, created_at, updated_at, completed_at,
      request_id;
  std::vector<std::string> result_urls;
  std::int64_t credits_used = 0, credits_refunded = 0;
};

void read_text(ondemand::value value, std::string& text) {
  std::string_view view;
  if (value.get_string().get(view) == simdjson::SUCCESS) text = view;
}

void read_plain_data(ondemand::object data, PlainTask& task) {
  for (auto field : data) {
    const std::string_view key = field.unescaped_key();
    ondemand::value value = field.value();
    if (key == "task_id")
      read_text(value, task.task_id);
    else if (key == "model")
      read_text(value, task.model);
    else if (key == "status")
      read_text(value, task.status);
    else if (key == "output") {
      for (auto output : value.get_object()) {
        const std::string_view list = output.unescaped_key();
        if (list != "resultUrls") continue;
        for (auto url : output.value().get_array()) read_text(url.value(), task.result_urls.emplace_back());
      }
    } else if (key == "primary_url")
      read_text(value, task.primary_url);
    else if (key == "image_url")
      read_text(value, task.image_url);
    else if (key == "error_message")
      read_text(value, task.error_message);
    else if (key == "credits_used")
      task.credits_used = value.get_int64();
    else if (key == "credits_refunded")
      task.credits_refunded = value.get_int64();
    else if (key == "created_at")
      read_text(value, task.created_at);
    else if (key == "updated_at")
      read_text(value, task.updated_at);
    else if (key == "completed_at")
      read_text(value, task.completed_at);
  }
}

std::size_t parse_plain(ondemand::parser& parser, simdjson::padded_string_view padded) {
  PlainTask task;
  ondemand::document document = parser.iterate(padded);
  for (auto field : document.get_object()) {
    const std::string_view key = field.unescaped_key();
    if (key == "success")
      task.success = field.value().get_bool();
    else if (key == "data")
      read_plain_data(field.value().get_object(), task);
    else if (key == "request_id")
      read_text(field.value(), task.request_id);
  }
  return task.task_id.size() + task.result_urls.size() + task.request_id.size();
}

std::size_t parse_apimall(apimall::wire::Parser& parser, const apimall::wire::Response& response) {
  const auto task = parser.image_task(response, "img_01HQ9M7XJQ7PZ3GQ9F6C5W3N2M");
  if (!task) std::abort();
  return (*task)->fields().task_id.size() + (*task)->result_urls().size() + (*task)->fields().request_id.size();
}

template <typename Parse>
double nanoseconds_each(int rounds, Parse parse) {
  std::size_t sum = 0;
  const auto start = Clock::now();
  for (int i = 0; i < rounds; ++i) sum += parse();
  const std::chrono::duration<double, std::nano> time = Clock::now() - start;
  if (sum != static_cast<std::size_t>(rounds) * 61) std::abort();
  return time.count() / rounds;
}

}  // namespace

/// `parse_bench [turns] [apimall|plain]`: with a name only that side runs, for an instruction counter.
int main(int argc, char** argv) {
  const int turns = argc > 1 ? std::max(std::atoi(argv[1]), 1) : 2001;
  const std::string_view only = argc > 2 ? argv[2] : "";
  constexpr int rounds = 200;
  const std::string memory = std::string(body) + std::string(apimall::wire::body_padding, ' ');
  apimall::wire::Response response;
  response.status = 200;
  response.body = std::string_view(memory).substr(0, body.size());
  const simdjson::padded_string_view padded(memory.data(), body.size(), memory.size());
  apimall::wire::Parser parser;
  ondemand::parser plain_parser;

  const auto ours = [&] { return nanoseconds_each(rounds, [&] { return parse_apimall(parser, response); }); };
  const auto plain = [&] { return nanoseconds_each(rounds, [&] { return parse_plain(plain_parser, padded); }); };
  if (!only.empty()) {
    for (int turn = 0; turn < turns; ++turn) only == "apimall" ? ours() : plain();
    return 0;
  }
  bench::Turns with_plain;
  for (int turn = 0; turn < turns; ++turn) with_plain.take(ours, plain);
  bench::Row row{.what = "parse, all fields", .work = std::to_string(body.size()) + " bytes", .unit = "ns"};
  row.at_most = 0.6;
  row.compare("simdjson On-Demand loop", with_plain).print();
#if WITH_NLOHMANN
  // Apart from the other, because it leaves it neither caches nor branch predictions.
  bench::Turns with_nlohmann;
  const auto nlohmann_json = [&] {
    return nanoseconds_each(rounds / 10, [&] {
      const auto json = nlohmann::json::parse(body);
      const auto& data = json["data"];
      return data["task_id"].get_ref<const std::string&>().size() + data["output"]["resultUrls"].size() +
             json["request_id"].get_ref<const std::string&>().size();
    });
  };
  for (int turn = 0; turn < turns / 10 + 1; ++turn) with_nlohmann.take(ours, nlohmann_json);
  row.at_most.reset();
  row.compare("nlohmann/json", with_nlohmann).print();
#endif
  return 0;
}
