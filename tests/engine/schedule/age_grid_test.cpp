#include "engine/schedule/age_grid.hpp"

#include <doctest/doctest.h>

#include <cmath>

using namespace apimall::engine::schedule;

TEST_CASE("ages, their positions and their logarithms agree on the whole axis") {
  for (double age = 0.01; age < 1e7; age *= 1.07) {
    CAPTURE(age);
    const double position = position_of(age);
    CHECK(age_at(position) == doctest::Approx(age).epsilon(1e-9));
    CHECK(log_age_at(position) == doctest::Approx(std::log(age)).epsilon(1e-9));
    if (position >= kBins) continue;
    CHECK(bin_of(position) < position);
    CHECK(bin_of(position) + 1 >= position);
  }
  CHECK(position_of(0) == 0);
  CHECK(position_of(-1) == 0);
  CHECK(position_of(NAN) == 0);
}
