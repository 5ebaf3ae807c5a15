// What waits cost that are only outstanding: memory, submission, idle processor time.
//
//   nginx.py outstanding_bench WAITS idle|answered
//
// `idle` submits under a limit of 20 requests per second and sits still. `answered` lets each task be asked once and be
// told `processing`, and then looks at the memory again: what was seen of a task is kept as well. Resident memory is
// compared with that of the same client with few waits outstanding: one, or so many that all connections are open.
#include <unistd.h>

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <thread>

#include "library.hpp"

namespace {

using namespace bench;

double resident_bytes() {
  std::FILE* file = std::fopen("/proc/self/statm", "r");
  unsigned long all = 0;
  unsigned long resident = 0;
  if (file == nullptr || std::fscanf(file, "%lu %lu", &all, &resident) != 2) die("no /proc/self/statm");
  std::fclose(file);
  return static_cast<double>(resident) * static_cast<double>(sysconf(_SC_PAGESIZE));
}

/// Returns when the I/O thread has taken in all submissions and enough polls have come back.
void settle(const Library& library, std::uint64_t submissions, std::uint64_t responses) {
  for (int i = 0; i < 3000; ++i) {
    const apimall_stats stats = library.stats();
    if (stats.submissions >= submissions && stats.responses >= responses) return;
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  die("the polls did not come back within a minute");
}

double idle_share(double seconds) {
  const double cpu = cpu_us();
  const double wall = wall_s();
  std::this_thread::sleep_for(std::chrono::duration<double>(seconds));
  return (cpu_us() - cpu) / 1e4 / (wall_s() - wall);
}

}  // namespace

int main(int argc, char** argv) {
  const std::uint64_t waits = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 100'000;
  const bool answered = argc > 2 && std::string(argv[2]) == "answered";
  const std::string rate = answered ? no_limit : "20";
  Library library(variable("PENDING_URL"), {{"rate_per_second", rate}, {"rate_burst", answered ? rate : "1"}});
  const std::uint64_t few = answered ? 1000 : 1;
  for (std::uint64_t i = 0; i < few; ++i) library.submit(APIMALL_WORK_WAIT, i, task_id(i));
  settle(library, few, few);

  const double before = resident_bytes();
  const double start = wall_s();
  for (std::uint64_t i = few; i < few + waits; ++i) library.submit(APIMALL_WORK_WAIT, i, task_id(i));
  const double per_second = static_cast<double>(waits) / (wall_s() - start);
  settle(library, waits + few, answered ? waits + few : 1);
  const double bytes_each = (resident_bytes() - before) / static_cast<double>(waits);

  const std::string work = std::to_string(waits) + " waits";
  Row memory{.what = answered ? "outstanding waits, each polled" : "outstanding waits", .work = work};
  memory.unit = "resident bytes each";
  memory.ours = bytes_each;
  memory.at_most = 400;
  memory.print();
  if (answered) return 0;

  Row submission{.what = "submission", .work = work, .unit = "per second", .ours = per_second};
  submission.at_least = 300'000;
  submission.print();
  Row idle{.what = "idle, 20 polls a second", .work = work, .unit = "% of one core", .ours = idle_share(3)};
  idle.at_most = 1;
  idle.print();
}
