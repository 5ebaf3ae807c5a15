// What a scheduler that knew the distribution could reach, and what the best fixed or exponential schedule reaches.
#pragma once

#include <vector>

#include "families.hpp"

namespace judge {

/// Mean requests and mean delay per task.
struct Cost {
  double requests = 0;
  double delay_s = 0;
};

/// Exact cost of a list of poll ages, from the table (the last one repeated at its interval until the end).
Cost cost_of(const Durations& durations, const std::vector<double>& polls);

/// The least delay + price · requests on the table's grid, by dynamic programming over all pairs of ages.
Cost optimum(const Durations& durations, double price_s);

/// The optimum at many prices, averaged over models that all pay the same price: the relaxed bound of a fleet, and the
/// best trade of delay for requests. `delay_at` interpolates at a mean number of requests.
class Frontier {
 public:
  void add(const Durations& durations, double share = 1);
  double delay_at(double requests) const;

 private:
  std::vector<Cost> sums_;
  double shares_ = 0;
};

/// First poll at `first`, each interval `ratio` times the one before (1: fixed).
std::vector<double> exponential_polls(double first_s, double ratio);

/// The least mean delay over all models of one fixed or exponential schedule that costs this many requests on average.
double best_simple_delay(const std::vector<const Durations*>& models, double requests);

}  // namespace judge
