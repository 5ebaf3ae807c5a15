#include "engine/schedule/evidence.hpp"

#include <algorithm>
#include <cstddef>

namespace apimall::engine::schedule {
namespace {

constexpr double kLargestWeight = 1e4;  // floats keep seven digits: enough for what still weighs anything

constexpr double kLeastPosition = 0.05 / kFirstEdge_s;  // no logarithm of nothing

std::size_t at(int bin) { return static_cast<std::size_t>(bin); }

void add(float& sum, double amount) { sum = static_cast<float>(sum + amount); }

}  // namespace

void Evidence::add_exposure_up_to(double position, double amount) {
  const int whole = static_cast<int>(position);  // bins wholly covered
  const double part = position - whole;
  if (part > 0 && whole < kBins) add(exposure_ends[at(whole)], amount * part);
  if (whole > 0) add(exposure_ends[at(whole - 1)], amount * (1 - part));
}

void Evidence::expose(double from, double to) {
  if (!(to > from)) return;
  add_exposure_up_to(to, weight);
  add_exposure_up_to(from, -weight);
}

void Evidence::end(double from, double position) {
  const double whole = 1;
  end_within(from, bin_of(position), &whole, 1);
  log_sum += weight * (log_age_at(std::max(position, kLeastPosition)) - log_age_at(bin_of(position) + 0.5));
}

void Evidence::end_within(double from, int first, const double* share, int count) {
  for (int i = 0; i < count; ++i) {
    const int bin = first + i;
    const double amount = weight * share[i];
    add(events[at(bin)], amount);
    add_exposure_up_to(bin + 1, amount);
    log_sum += amount * log_age_at(bin + 0.5);
  }
  add_exposure_up_to(from, -weight);
  mass += weight;
}

void Evidence::grow_weight(double factor) {
  weight *= factor;
  if (weight < kLargestWeight) return;
  const double scale = 1 / weight;
  for (float& e : events) e = static_cast<float>(e * scale);
  for (float& x : exposure_ends) x = static_cast<float>(x * scale);
  mass *= scale;
  log_sum *= scale;
  weight = 1;
}

std::array<float, kBins> Evidence::exposures() const {
  std::array<float, kBins> result{};
  double sum = 0;
  const double scale = 1 / weight;
  for (int bin = kBins - 1; bin >= 0; --bin) {
    sum += exposure_ends[at(bin)];
    result[at(bin)] = static_cast<float>(std::max(sum * scale, 0.0));  // rounding may leave a hair below zero
  }
  return result;
}

}  // namespace apimall::engine::schedule
