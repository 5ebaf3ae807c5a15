// CPU per poll: waits through the C ABI (submit, parse, schedule, event delivery) beside a bare libcurl loop that asks
// the same server for the same tasks, and beside wrk or h2load, which are as good as it gets.
//
//   nginx.py poll_bench [h1|h2|all] [largest work] [only: ours|bare, for a profiler]
#include <cstdint>
#include <cstdlib>
#include <string>

#include "bare_loop.hpp"
#include "child.hpp"
#include "library.hpp"

namespace {

using namespace bench;

struct Setting {
  const char* what;
  const char* url;
  std::size_t in_flight;
  bool http2;
};

void wait_for_all(Library& library, std::uint64_t first, std::size_t waits) {
  for (std::size_t i = 0; i < waits; ++i) library.submit(APIMALL_WORK_WAIT, i, task_id(first + i));
  for (std::size_t done = 0; done < waits;) {
    library.next([&](const apimall_event& event) {
      apimall_image_task_fields fields = APIMALL_IMAGE_TASK_FIELDS_INIT;
      check(apimall_image_task_view(event.task, &fields));
      if (fields.status != APIMALL_STATUS_COMPLETED || fields.result_url_count != 1) die("not the answer expected");
      ++done;
    });
  }
}

double wrk_us(const Setting& setting) {
  const std::string url = variable(setting.url) + std::string("/api/v1/images/") + task_id(1);
  if (setting.http2) {
    constexpr int requests = 50'000;
    const Ran ran = run({"h2load", "-n", std::to_string(requests), "-c1", "-m100", "-t1", url});
    return ran.cpu_us / requests;
  }
  const Ran ran = run({"wrk", "-t1", "-c64", "-d1s", url});
  const std::size_t end = ran.output.find(" requests in");
  if (end == std::string::npos) die("wrk says: " + ran.output);
  const std::size_t begin = ran.output.rfind(' ', end - 1);
  return ran.cpu_us / std::strtod(ran.output.c_str() + begin, nullptr);
}

void compare(const Setting& setting, std::size_t largest, const std::string& only) {
  const std::string base = variable(setting.url);
  Library library(base, {{"rate_per_second", no_limit},
                         {"rate_burst", no_limit},
                         {"max_in_flight", std::to_string(setting.in_flight)},
                         {"http_version", setting.http2 ? "2" : "1.1"},
                         {"ca_bundle", variable("CA_FILE")}});
  BareLoop bare({base, setting.in_flight, setting.http2});
  std::uint64_t next_id = 0;
  std::size_t polls = 0;
  const auto ours = [&] {
    const double before = cpu_us();
    wait_for_all(library, next_id += polls, polls);
    return (cpu_us() - before) / static_cast<double>(polls);
  };
  const auto loop = [&] {
    const double before = cpu_us();
    bare.turn(next_id, polls);
    return (cpu_us() - before) / static_cast<double>(polls);
  };
  polls = 4 * setting.in_flight;
  if (only != "bare") ours();  // the connections are open from here on
  if (only != "ours") loop();
  if (!only.empty()) {
    polls = largest;
    const double us = only == "ours" ? ours() : loop();
    std::fprintf(stderr, "%s: %.2f us\n", only.c_str(), us);
    return;
  }
  const bool has_limit = is_here(setting.http2 ? "h2load" : "wrk");
  for (const auto& [work, turns] : {std::pair{2'000UL, 15}, {20'000UL, 5}, {200'000UL, 2}}) {
    if (work > largest) break;
    polls = work;
    Turns with_bare;
    Turns with_limit;
    for (int i = 0; i < turns; ++i) {
      with_bare.take(ours, loop);
      if (work != 20'000 || !has_limit || i >= 3) continue;
      with_limit.ours.push_back(with_bare.ours.back());
      with_limit.peer.push_back(wrk_us(setting));
    }
    Row row{.what = setting.what, .work = std::to_string(work) + " polls", .unit = "µs CPU per poll"};
    row.at_most = 1.10;
    row.compare("bare libcurl multi loop", with_bare).print();
    if (with_limit.peer.empty()) continue;
    row.at_most.reset();
    row.note = "aim: at most 2";
    row.compare(setting.http2 ? "h2load" : "wrk", with_limit).print();
  }
}

}  // namespace

int main(int argc, char** argv) {
  const std::string what = argc > 1 ? argv[1] : "all";
  const std::size_t largest = argc > 2 ? std::strtoul(argv[2], nullptr, 10) : 200'000;
  const std::string only = argc > 3 ? argv[3] : "";
  curl_global_init(CURL_GLOBAL_DEFAULT);
  if (what != "h2") compare({"poll, HTTP/1.1, 64 in flight", "CLEAR_URL", 64, false}, largest, only);
  if (what != "h1") compare({"poll, HTTP/2 + TLS, 100 streams", "TLS_URL", 100, true}, largest, only);
}
