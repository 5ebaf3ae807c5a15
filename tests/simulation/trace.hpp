// A user's own workload, so that they can ask what a price or a rate limit would do to it.
#pragma once

#include <iosfwd>
#include <optional>
#include <stdexcept>
#include <string>

#include "scenario.hpp"

namespace apimall::simulation {

/// Says which line is wrong, and how.
struct TraceError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// What shall be tried on the trace.
struct Trial {
  double price_s = 0.25;
  std::optional<double> rate;
  std::optional<double> burst;
};

/// Reads lines `submit_s,model,duration_s`, in any order, after an optional heading of these words. Empty lines and
/// lines that begin with `#` say nothing. A model's name may stand in double quotes. `name` is the file's, for errors.
Scenario read_trace(std::istream& csv, const std::string& name, const Trial& trial);

}  // namespace apimall::simulation
