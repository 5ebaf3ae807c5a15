// The axis of ages on which everything is learned and planned.
//
// Durations of image tasks span three decades, and what matters about an age is its ratio to another: 20 s against 25 s
// is as much news as 200 s against 250 s. So the axis is logarithmic: bin 0 is (0, 0.6 s], and each further bin is 4 %
// longer than the one before, up to 900 s. A *position* is an age measured in bins (position 1 is 0.6 s). Plans look
// three times as finely, at `kPoints` points.
#pragma once

#include <array>

namespace apimall::engine::schedule {

inline constexpr int kBins = 188;
inline constexpr int kPointsPerBin = 3;
inline constexpr int kPoints = kBins * kPointsPerBin + 1;  ///< point k lies at position k / 3; point 0 is age 0

inline constexpr double kFirstEdge_s = 0.6;
inline constexpr double kLogRatio = 0.0392207131532813;  ///< ln 1.04, the width of a bin in log age

/// The age in seconds of each point.
extern const std::array<float, kPoints> kPointAge;

/// The last age of the axis, a little over 900 s.
double last_age_s();

/// The position of an age: 0 for none, negative or NaN. Ages past the axis have positions past `kBins`, up to ten
/// years.
double position_of(double age_s);

/// The age at a position, the inverse of `position_of`.
double age_at(double position);

/// Its logarithm; beyond the first bin that is the position itself on another scale, and costs no logarithm.
double log_age_at(double position);

/// The bin that a position falls into; a position on an edge belongs to the bin below, as in (lo, hi].
int bin_of(double position);

}  // namespace apimall::engine::schedule
