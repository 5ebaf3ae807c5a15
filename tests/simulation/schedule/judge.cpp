// Prints the bar table of the scheduler: ratios of mean delay at equal mean requests, on families of durations that the
// scheduler has never seen.
//
//     apimall_judge [tasks] [fleets] [bursts] [queues] [prices] [first seed] [seeds] [-v]
//
// Without words: everything but `prices`, which tells what `poll_price` buys. The exit status is 1 if a bar was missed.
//
// Equal mean requests: the scheduler runs at its own price and spends N requests per task; the optimum (a dynamic
// programme on the true distribution) and the simple schedules are then evaluated at N, by sweeping their price or
// their first interval. In a fleet the limit sets N for all. The bound of a fleet is the optimum of single tasks that
// share one price: no scheduler can be better on average, and only one that knows all distributions can reach it.
#include <charconv>
#include <cstdio>
#include <iterator>
#include <set>
#include <span>
#include <string_view>
#include <vector>

#include "alone.hpp"
#include "fleet.hpp"

namespace {

/// Mean, least and largest over the seeds.
class Row {
 public:
  void add(double value) { values_.push_back(value); }
  bool print(const char* what, double bar) const {
    double sum = 0;
    double least = values_[0];
    double most = values_[0];
    for (const double v : values_) {
      sum += v;
      least = v < least ? v : least;
      most = v > most ? v : most;
    }
    const double mean = sum / static_cast<double>(values_.size());
    const bool reached = mean <= bar;
    std::printf("%-66s %6.3f  (%.3f to %.3f)  <= %.2f  %s\n", what, mean, least, most, bar, reached ? "yes" : "NO");
    std::fflush(stdout);
    return reached;
  }

 private:
  std::vector<double> values_;
};

bool judge_single_tasks(std::uint64_t first, std::uint64_t seeds, bool timestamps, bool verbose) {
  Row optimum, simple, cold, pooled;
  for (std::uint64_t seed = first; seed < first + seeds; ++seed) {
    judge::AloneSettings settings;
    settings.seed = seed;
    settings.timestamps = timestamps;
    settings.verbose = verbose && seed == first;
    const judge::AloneResult result = judge::judge_alone(settings);
    optimum.add(result.warm_to_optimum);
    simple.add(result.warm_to_simple);
    cold.add(result.cold_to_optimum);
    pooled.add(result.pooled_to_simple);
  }
  std::printf("single tasks, %s timestamps\n", timestamps ? "with" : "without");
  bool reached = optimum.print("  tasks 31-130, to the optimum", 1.10);
  reached &= simple.print("  tasks 31-130, to the best simple schedule of that model", 0.76);
  reached &= cold.print("  tasks 1-30, to the optimum", 1.35);
  reached &= pooled.print("  all models pooled, to one simple schedule", 0.68);
  return reached;
}

bool judge_fleets(std::uint64_t first, std::uint64_t seeds) {
  bool reached = true;
  for (const bool known : {true, false}) {
    Row throttled;
    std::printf("fleet, limit %s\n", known ? "known" : "to be discovered");
    for (const int at_once : {300, 1000}) {
      for (const double requests : {2.0, 4.0}) {
        Row bound;
        for (std::uint64_t seed = first; seed < first + seeds; ++seed) {
          judge::FleetSettings settings;
          settings.seed = seed;
          settings.at_once = at_once;
          settings.requests_per_task = requests;
          settings.limit_known = known;
          settings.latency_s = known ? 0 : 0.05;
          const judge::FleetResult result = judge::judge_fleet(settings);
          bound.add(result.to_bound);
          if (!known) throttled.add(result.throttled_per_task);
        }
        char what[80];
        std::snprintf(what, sizeof what, "  %d tasks at once, %.0f requests per task, to the bound", at_once, requests);
        reached &= bound.print(what, known ? 1.12 : 1.15);
      }
    }
    if (!known) reached &= throttled.print("  429s per task", 0.10);
  }
  return reached;
}

/// Eight models, and a limit of one request per task in the mean duration: the polls of a round robin then come some
/// ten seconds late. A burst of one model alone is all of one age, and there is nothing to choose between tasks. Under
/// the same limit a round robin costs several times as many requests, as it never lets one pass.
bool judge_bursts(std::uint64_t first, std::uint64_t seeds) {
  std::printf("burst of 1000 at once, of 8 models\n");
  constexpr double kBar = 1.1 * 7.7 / 12;
  bool reached = true;
  for (const bool learned : {false, true}) {
    Row limit, requests;
    for (std::uint64_t seed = first; seed < first + seeds; ++seed) {
      judge::FleetSettings settings;
      settings.seed = seed;
      settings.at_once = 1000;
      settings.models = 8;
      settings.requests_per_task = 1;
      settings.burst = true;
      settings.learned = learned;
      const judge::FleetResult result = judge::judge_fleet(settings);
      limit.add(result.mean_delay_s / result.round_robin_s);
      requests.add(result.mean_delay_s / result.equal_round_robin_s);
    }
    std::printf("  models %s\n", learned ? "seen before" : "never seen");
    reached &= limit.print("    to round robin under the same limit", kBar);
    reached &= requests.print("    to round robin with as many requests", kBar);
  }
  return reached;
}

/// How much is gained by the second clock, the time since processing began, where tasks wait in a queue before.
bool judge_queues(std::uint64_t first, std::uint64_t seeds) {
  std::printf("fleet of 300, tasks queued before they are processed, delay by two clocks to that by one\n");
  bool reached = true;
  for (const double queue_s : {0.0, 10.0, 30.0, 60.0}) {
    Row ratio;
    for (std::uint64_t seed = first; seed < first + seeds; ++seed) {
      judge::FleetSettings settings;
      settings.seed = seed;
      settings.at_once = 300;
      settings.requests_per_task = 4;
      settings.queue_s = queue_s;
      const double one_clock_s = judge::judge_fleet(settings).mean_delay_s;
      settings.began_told = true;
      ratio.add(judge::judge_fleet(settings).mean_delay_s / one_clock_s);
    }
    char what[80];
    std::snprintf(what, sizeof what, "  %.0f s in the queue, more or less, 4 requests per task", queue_s);
    reached &= ratio.print(what, queue_s > 0 ? 0.95 : 1.02);
  }
  return reached;
}

void print_prices(std::uint64_t first, std::uint64_t seeds) {
  std::printf(
      "| poll_price | requests per task | seconds late | a simple schedule, with as many requests |\n"
      "|---|---|---|---|\n");
  double mean_s = 0;
  for (const double price : {0.02, 0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 5.0}) {
    double requests = 0;
    double delay_s = 0;
    double simple_s = 0;
    mean_s = 0;
    for (std::uint64_t seed = first; seed < first + seeds; ++seed) {
      judge::AloneSettings settings;
      settings.seed = seed;
      settings.price_s = price;
      const judge::AloneResult result = judge::judge_alone(settings);
      const auto share = 1 / static_cast<double>(seeds);
      requests += result.warm_requests * share;
      delay_s += result.warm_delay_s * share;
      simple_s += result.warm_delay_s / result.warm_to_simple * share;
      mean_s += result.mean_duration_s * share;
    }
    std::printf("| %.0fms | %.1f | %.2f | %.2f |\n", price * 1000, requests, delay_s, simple_s);
  }
  std::printf("\nOf models whose tasks take %.0f s on average, after the first thirty tasks of each.\n", mean_s);
}

}  // namespace

int main(int count, char** words) {
  std::uint64_t numbers[] = {1, 10};
  std::size_t numbers_given = 0;
  std::set<std::string_view> parts;
  bool verbose = false;
  for (const std::string_view word : std::span(words + 1, words + count)) {
    if (word == "-v") {
      verbose = true;
    } else if (word == "tasks" || word == "fleets" || word == "bursts" || word == "queues" || word == "prices") {
      parts.insert(word);
    } else if (numbers_given < std::size(numbers) &&
               std::from_chars(word.data(), word.data() + word.size(), numbers[numbers_given]).ec == std::errc()) {
      ++numbers_given;
    } else {
      std::fprintf(stderr, "apimall_judge [tasks] [fleets] [bursts] [queues] [prices] [first seed] [seeds] [-v]\n");
      return 2;
    }
  }
  if (parts.empty()) parts = {"tasks", "fleets", "bursts", "queues"};
  const auto [first, seeds] = numbers;
  if (seeds == 0) return 2;
  bool reached = true;
  if (parts.contains("tasks")) reached &= judge_single_tasks(first, seeds, true, verbose);
  if (parts.contains("tasks")) reached &= judge_single_tasks(first, seeds, false, verbose);
  if (parts.contains("fleets")) reached &= judge_fleets(first, seeds);
  if (parts.contains("bursts")) reached &= judge_bursts(first, seeds);
  if (parts.contains("queues")) reached &= judge_queues(first, seeds);
  if (parts.contains("prices")) print_prices(first, seeds);
  return reached ? 0 : 1;
}
