// The command line of `apimall_simulate`.
#pragma once

#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>

#include "trace.hpp"

namespace apimall::simulation {

struct UsageError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

struct Options {
  std::uint64_t seeds = 20;
  std::uint64_t first_seed = 1;
  std::size_t tasks = 200;
  std::optional<std::uint64_t> replay;
  bool verbose = false;
  bool help = false;
  std::string trace;  ///< empty: histories from seeds
  Trial trial;
  std::string json;
};

extern const char* const usage;

Options read_options(int count, char** words);

}  // namespace apimall::simulation
