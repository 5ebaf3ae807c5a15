#include <cstdio>
#include <fstream>

#include "options.hpp"
#include "report.hpp"
#include "simulation.hpp"

namespace {

using namespace apimall::simulation;

/// Exit statuses.
constexpr int broken_rule = 1;
constexpr int wrong_use = 2;

bool run(const Scenario& scenario, const char* what, bool verbose, bool log, Report& report) {
  if (verbose)
    std::printf("%s %llu: %s\n", what, static_cast<unsigned long long>(scenario.seed), describe(scenario).c_str());
  std::fflush(stdout);  // should the engine crash, the last seed named is the one
  Simulation simulation(scenario, log ? stdout : nullptr);
  try {
    History history = simulation.run();
    if (verbose) {
      Report own;
      own.add(scenario.seed, history);
      std::printf(
          "  %s\n  %llu submissions, %llu requests to the gateway, %llu steps (%llu of them for nothing) in %.0f s\n",
          own.text().c_str(), static_cast<unsigned long long>(history.submissions),
          static_cast<unsigned long long>(history.statistics.requests), static_cast<unsigned long long>(history.steps),
          static_cast<unsigned long long>(history.idle_steps), history.virtual_s);
    }
    report.add(scenario.seed, std::move(history));
    return true;
  } catch (const std::exception& wrong) {
    std::printf("%s %llu, %.6f s: %s\n", what, static_cast<unsigned long long>(scenario.seed), simulation.elapsed_s(),
                wrong.what());
    return false;
  }
}

bool run_seeds(const Options& options, Report& report) {
  const std::uint64_t first = options.replay.value_or(options.first_seed);
  const std::uint64_t count = options.replay ? 1 : options.seeds;
  for (std::uint64_t i = 0; i < count; ++i) {
    const Scenario scenario = draw_scenario(first + i, options.tasks);
    if (!run(scenario, "seed", options.verbose, options.replay && options.verbose, report)) {
      std::printf("replay it with: apimall_simulate --tasks %zu --replay %llu --verbose\n", options.tasks,
                  static_cast<unsigned long long>(first + i));
      return false;
    }
  }
  std::printf("%llu seeds, every rule held\n", static_cast<unsigned long long>(count));
  return true;
}

bool run_trace(const Options& options, Report& report) {
  std::ifstream file(options.trace);
  if (!file) throw TraceError(options.trace + ": cannot be opened");
  return run(read_trace(file, options.trace, options.trial), "trace", false, options.verbose, report);
}

}  // namespace

int main(int count, char** words) {
  try {
    const Options options = read_options(count, words);
    if (options.help) {
      std::fputs(usage, stdout);
      return 0;
    }
    Report report;
    if (!(options.trace.empty() ? run_seeds(options, report) : run_trace(options, report))) return broken_rule;
    std::printf("%s\n", report.text().c_str());
    if (options.json.empty()) return 0;
    std::ofstream json(options.json);
    json << report.json();
    if (!json.flush()) throw UsageError(options.json + ": cannot be written");
    return 0;
  } catch (const UsageError& wrong) {
    std::fprintf(stderr, "apimall_simulate: %s\n\n%s", wrong.what(), usage);
  } catch (const TraceError& wrong) {
    std::fprintf(stderr, "apimall_simulate: %s\n", wrong.what());
  }
  return wrong_use;
}
