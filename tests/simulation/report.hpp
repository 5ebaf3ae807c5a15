// The figures of one or many histories.
#pragma once

#include <string>
#include <vector>

#include "simulation.hpp"

namespace apimall::simulation {

class Report {
 public:
  void add(std::uint64_t seed, History history);

  /// A line or two: delay, requests, 429s.
  std::string text() const;
  /// The same figures and each task's.
  std::string json() const;

 private:
  struct Figures {
    double mean_s = 0;
    double median_s = 0;
    double p99_s = 0;
    std::size_t told = 0;
    std::size_t tasks = 0;
    double polls_per_task = 0;
    double rate_limited_per_task = 0;
  };
  Figures figures() const;

  struct Entry {
    std::uint64_t seed;
    History history;
  };
  std::vector<Entry> entries_;
};

}  // namespace apimall::simulation
