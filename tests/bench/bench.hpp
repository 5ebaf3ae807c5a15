// What the benchmarks share: processor clocks, medians, and the row that each result is printed as.
//
// A program prints one JSON object a line on standard output; run.py makes the table of them.
#pragma once

#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <string>
#include <vector>

namespace bench {

inline double microseconds(const rusage& usage) {
  const auto us = [](const timeval& t) { return static_cast<double>(t.tv_sec) * 1e6 + static_cast<double>(t.tv_usec); };
  return us(usage.ru_utime) + us(usage.ru_stime);
}

/// User and system time of all threads of this process.
inline double cpu_us() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return microseconds(usage);
}

inline double wall_s() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

/// The value that a share of the others do not exceed.
inline double quantile(std::vector<double> values, double share) {
  if (values.empty()) std::abort();
  std::sort(values.begin(), values.end());
  const auto last = static_cast<double>(values.size() - 1);
  return values[static_cast<std::size_t>(share * last + 0.5)];
}

inline double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return (values[(values.size() - 1) / 2] + values[values.size() / 2]) / 2;
}

[[noreturn]] inline void die(const std::string& why) {
  std::fprintf(stderr, "%s\n", why.c_str());
  std::exit(1);
}

inline const char* variable(const char* name) {
  const char* value = std::getenv(name);
  if (value == nullptr) die(std::string(name) + " is not set: run this through tests/bench/nginx.py");
  return value;
}

/// Turns of two sides: each adds what it took, and the ratio of a turn is of its two neighbours in time.
struct Turns {
  std::vector<double> ours;
  std::vector<double> peer;

  /// Runs both; who goes first alternates, so that a drift of the machine favours neither.
  template <typename Ours, typename Peer>
  void take(Ours&& measure_ours, Peer&& measure_peer) {
    const bool we_begin = ours.size() % 2 == 0;
    if (we_begin) ours.push_back(measure_ours());
    peer.push_back(measure_peer());
    if (!we_begin) ours.push_back(measure_ours());
  }
  double ratio() const {
    std::vector<double> ratios;
    for (std::size_t i = 0; i < ours.size(); ++i) ratios.push_back(ours[i] / peer[i]);
    return median(ratios);
  }
};

/// One line of the table. `ratio` is ours to the peer's, whichever way is better.
struct Row {
  std::string what = {};
  std::string work = {};
  std::string unit = {};
  double ours = 0;
  std::string against = {};             ///< empty: nobody
  std::optional<double> peer = {};      ///< what the peer took, in the same unit
  std::optional<double> ratio = {};     ///< the median of the turns' ratios
  std::optional<double> at_most = {};   ///< the bar, on the ratio where there is one and else on `ours`
  std::optional<double> at_least = {};  ///< likewise
  std::string note = {};

  Row& compare(std::string with, const Turns& turns) {
    against = std::move(with);
    ours = median(turns.ours);
    peer = median(turns.peer);
    ratio = turns.ratio();
    return *this;
  }

  void print() const {
    std::printf(R"({"what": "%s", "work": "%s", "unit": "%s", "ours": %.6g, "against": "%s")", what.c_str(),
                work.c_str(), unit.c_str(), ours, against.c_str());
    const auto number = [](const char* key, std::optional<double> value) {
      if (value) std::printf(R"(, "%s": %.6g)", key, *value);
    };
    number("peer", peer);
    number("ratio", ratio);
    number("at_most", at_most);
    number("at_least", at_least);
    std::printf(R"(, "note": "%s"})"
                "\n",
                note.c_str());
    std::fflush(stdout);
  }
};

}  // namespace bench
