// The only source of chance: every draw of a history follows from its seed.
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <numbers>
#include <span>

#include "engine/clock.hpp"

namespace apimall::simulation {

using engine::Duration;
using engine::Instant;

/// splitmix64, because the distributions of <random> differ from library to library and a seed shall not.
class Random {
 public:
  /// Streams of one seed do not touch each other: a change in what callers draw leaves the gateway as it was.
  Random(std::uint64_t seed, std::uint64_t stream) : state_(seed * 0x9e3779b97f4a7c15u ^ (stream << 56)) { bits(); }

  std::uint64_t bits() {
    std::uint64_t z = (state_ += 0x9e3779b97f4a7c15u);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
  }

  /// Between 0 and 1, never either of them.
  double uniform() { return (static_cast<double>(bits() >> 11) + 0.5) * 0x1p-53; }
  double uniform(double low, double high) { return low + (high - low) * uniform(); }
  double log_uniform(double low, double high) { return low * std::pow(high / low, uniform()); }
  bool chance(double probability) { return uniform() < probability; }
  std::size_t below(std::size_t count) { return static_cast<std::size_t>(uniform() * static_cast<double>(count)); }
  double normal() { return std::sqrt(-2 * std::log(uniform())) * std::cos(2 * std::numbers::pi * uniform()); }
  double exponential(double mean) { return -mean * std::log(uniform()); }
  Duration span(double low_s, double high_s) { return engine::from_seconds(uniform(low_s, high_s)); }

  template <typename T, std::size_t n>
  const T& one_of(const T (&choices)[n]) {
    return choices[below(n)];
  }

 private:
  std::uint64_t state_;
};

}  // namespace apimall::simulation
