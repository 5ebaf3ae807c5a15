// Families of task durations, drawn by seed: the worlds in which the scheduler is judged. It knows none of them.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace judge {

/// Small, seeded, the same everywhere (splitmix64).
class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed) {}
  std::uint64_t bits();
  double uniform();  ///< in (0, 1)
  double uniform(double low, double high) { return low + (high - low) * uniform(); }
  double log_uniform(double low, double high);
  std::size_t below(std::size_t n) { return static_cast<std::size_t>(bits() % n); }

 private:
  std::uint64_t state_;
};

/// A distribution of durations, as a table of P(T > age) on a fine logarithmic grid. What is drawn from it follows the
/// table exactly, so that an optimum computed on the table is the true one.
class Durations {
 public:
  /// One hump, before mixing.
  struct Part {
    enum class Shape { log_normal, gamma, weibull, pareto } shape;
    double share;
    double median_s;
    double width;  ///< log-normal: σ; gamma and Weibull: 1/√shape and 1/shape; Pareto: 1/α
    double shift_s = 0;
  };

  explicit Durations(const std::vector<Part>& parts);

  double draw(Random& random) const;
  double survival(double age_s) const;
  double mean() const { return mean_; }
  const std::vector<double>& ages() const { return ages_; }
  const std::vector<double>& survivals() const { return survivals_; }

 private:
  std::vector<double> ages_;
  std::vector<double> survivals_;
  double mean_ = 0;
};

inline const std::vector<std::string> kFamilies = {"log-normal", "gamma",      "weibull",    "bimodal",
                                                   "trimodal",   "cold start", "heavy tail", "narrow"};

/// A model of a family; `scale` keeps it within the range of image tasks (2 to 120 s median).
Durations draw_durations(const std::string& family, Random& random);

}  // namespace judge
