#include "engine/schedule/age_grid.hpp"

#include <algorithm>
#include <cmath>

namespace apimall::engine::schedule {
namespace {

std::array<float, kPoints> make_point_ages() {
  std::array<float, kPoints> ages{};
  for (int k = 0; k < kPoints; ++k) {
    ages[static_cast<std::size_t>(k)] = static_cast<float>(age_at(static_cast<double>(k) / kPointsPerBin));
  }
  return ages;
}

}  // namespace

const std::array<float, kPoints> kPointAge = make_point_ages();

double last_age_s() { return age_at(kBins); }

double position_of(double age_s) {
  if (!(age_s > 0)) return 0;
  if (age_s <= kFirstEdge_s) return age_s / kFirstEdge_s;
  constexpr double kTenYears_s = 3.2e8;
  return 1 + std::log(std::min(age_s, kTenYears_s) / kFirstEdge_s) / kLogRatio;
}

double age_at(double position) {
  if (position <= 1) return position * kFirstEdge_s;
  return kFirstEdge_s * std::exp((position - 1) * kLogRatio);
}

double log_age_at(double position) {
  constexpr double kLogFirstEdge = -0.5108256237659907;  // ln 0.6
  return position <= 1 ? std::log(age_at(position)) : kLogFirstEdge + (position - 1) * kLogRatio;
}

int bin_of(double position) {
  if (!(position > 1)) return 0;
  return static_cast<int>(std::ceil(std::min(position, static_cast<double>(kBins)))) - 1;
}

}  // namespace apimall::engine::schedule
