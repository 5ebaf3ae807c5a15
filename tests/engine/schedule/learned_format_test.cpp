#include "engine/schedule/learned_format.hpp"

#include <doctest/doctest.h>

#include <bit>
#include <cmath>
#include <random>
#include <string>

using namespace apimall::engine;
using namespace apimall::engine::schedule;

namespace {

void teach(ModelSchedule& model, double centre_s, unsigned seed) {
  std::mt19937 random(seed);
  std::lognormal_distribution<double> durations(std::log(centre_s), 0.3);
  for (int i = 0; i < 80; ++i) {
    const double d = durations(random);
    model.ended(0, 0, position_of(d * 1.02), position_of(d));
    model.learn(Instant{}, Duration::zero());
  }
}

std::string learned() {
  ModelTable models(0.25, 200);
  teach(models[models.find_or_make("nano-banana")], 6, 1);
  teach(models[models.find_or_make("gpt-image")], 60, 2);
  return write_learned(models);
}

void seal(std::string& bytes) {  // FNV-1a, as the format says
  bytes.resize(bytes.size() - 4);
  std::uint32_t hash = 2166136261U;
  for (const char c : bytes) hash = (hash ^ static_cast<std::uint8_t>(c)) * 16777619U;
  for (int i = 0; i < 4; ++i) bytes += static_cast<char>(static_cast<std::uint8_t>(hash >> (8 * i) & 255));
}

void check_plans(ModelTable& models) {
  for (std::uint32_t i = 0; i < models.size(); ++i) {
    for (double position = 0; position < kBins + 10; position += 7.3) {
      const double next = models[i].next_age(0, position);
      REQUIRE(std::isfinite(next));
      REQUIRE(next >= age_at(position) * (1 - 1e-6));
    }
  }
}

}  // namespace

TEST_CASE("what was learned plans the same after a round trip") {
  ModelTable before(0.25, 200);
  teach(before[before.find_or_make("m")], 25, 3);
  ModelTable after(0.25, 200);
  REQUIRE(read_learned(write_learned(before), after));
  auto& a = before[before.find_or_make("m")];
  a.rest();  // so that both plan on all that is known
  auto& b = after[after.find_or_make("m")];
  for (const double age : {0.0, 10.0, 20.0, 30.0, 60.0}) {
    CHECK(a.next_age(0, position_of(age)) == doctest::Approx(b.next_age(0, position_of(age))).epsilon(0.03));
  }
  CHECK(b.evidence().tasks() == doctest::Approx(a.evidence().tasks()).epsilon(1e-3));
}

TEST_CASE("a model costs some hundred bytes") { CHECK(learned().size() < 2 * 900); }

TEST_CASE("a model that has learned something here keeps it") {
  ModelTable models(0.25, 200);
  teach(models[models.find_or_make("gpt-image")], 3, 9);
  const double own = models[models.find_or_make("gpt-image")].evidence().log_sum;
  REQUIRE(read_learned(learned(), models));
  CHECK(models[models.find_or_make("gpt-image")].evidence().log_sum == own);
  CHECK(models[models.find_or_make("nano-banana")].evidence().tasks() > 50);
}

TEST_CASE("damaged or cut bytes are refused, and change nothing") {
  const std::string good = learned();
  ModelTable models(0.25, 200);
  for (std::size_t size = 0; size < good.size(); ++size)
    REQUIRE(!read_learned(std::string_view(good).substr(0, size), models));
  for (std::size_t i = 0; i < good.size(); ++i) {
    std::string bad = good;
    bad[i] = static_cast<char>(bad[i] ^ 0x40);
    REQUIRE(!read_learned(bad, models));
  }
  CHECK(!read_learned(good + "x", models));
  CHECK(models.size() == 1);
}

TEST_CASE("rubbish under a right checksum is refused or makes usable plans") {
  const std::string good = learned();
  std::mt19937 random(11);
  int taken = 0;
  for (int round = 0; round < 3000; ++round) {
    std::string bad = good;
    const std::size_t changes = 1 + random() % 8;
    for (std::size_t i = 0; i < changes; ++i) bad[random() % bad.size()] = static_cast<char>(random() & 255);
    if (random() % 8 == 0) bad.resize(4 + random() % bad.size());
    if (bad.size() < 4) continue;
    seal(bad);
    ModelTable models(0.25, 200);
    if (!read_learned(bad, models)) {
      REQUIRE(models.size() == 1);
      continue;
    }
    ++taken;
    if (taken % 20 == 0) check_plans(models);
  }
  CHECK(taken > 0);
}

TEST_CASE("NaN and infinity are never taken") {
  ModelTable empty(0.25, 200);
  ModelTable models(0.25, 200);
  teach(models[models.find_or_make("m")], 25, 3);
  const std::string good = write_learned(models);
  const std::size_t tasks_at = 4 + 1 + 2 + 1 + 1;  // magic, version, count, length, "m"
  for (const std::uint32_t odd : {0x7fc00000U, 0x7f800000U, 0xff800000U, 0xbf800000U}) {
    for (const std::size_t offset : {std::size_t{0}, std::size_t{4}}) {
      if (odd == 0xbf800000U && offset == 4) continue;  // a mean log of −1 is fine
      std::string bad = good;
      for (std::size_t i = 0; i < 4; ++i) {
        bad[tasks_at + offset + i] = static_cast<char>(static_cast<std::uint8_t>(odd >> (8 * i) & 255));
      }
      seal(bad);
      CHECK(!read_learned(bad, empty));
    }
  }
}
