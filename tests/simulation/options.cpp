#include "options.hpp"

#include <charconv>
#include <cmath>
#include <string_view>

namespace apimall::simulation {

const char* const usage =
    "apimall_simulate: runs the polling engine through virtual time\n"
    "\n"
    "Histories from seeds, each with its own faults, limits and callers; exit status 1 and the seed if a rule is "
    "broken:\n"
    "  --seeds N         how many (20)\n"
    "  --first-seed S    from which on (1)\n"
    "  --tasks M         tasks in each (200)\n"
    "  --replay SEED     this one only; with --verbose each request, answer and event\n"
    "  --verbose         what each seed stands for, and its figures\n"
    "\n"
    "Your own workload, against a gateway that works:\n"
    "  --trace FILE.csv  lines submit_s,model,duration_s\n"
    "  --price S         seconds of delay that one request may save (0.25)\n"
    "  --rate R          requests per second that the gateway allows (no limit)\n"
    "  --burst B         requests at once after a pause (1)\n"
    "\n"
    "  --json FILE       the figures and each task's, as JSON\n";

namespace {

template <typename Number>
Number number(std::string_view option, std::string_view text, double least) {
  Number value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool whole = error == std::errc() && end == text.data() + text.size();
  if (!whole || !std::isfinite(static_cast<double>(value)) || static_cast<double>(value) < least) {
    throw UsageError(std::string(option) + " needs a number of " + (least > 0 ? "more than 0" : "0 or more") +
                     ", not \"" + std::string(text) + "\"");
  }
  return value;
}

}  // namespace

Options read_options(int count, char** words) {
  constexpr double positive = 1e-9;
  Options options;
  const char* only_for_traces = nullptr;
  for (int i = 1; i < count; ++i) {
    const std::string_view option = words[i];
    if (option == "--help" || option == "-h") {
      options.help = true;
      continue;
    }
    if (option == "--verbose") {
      options.verbose = true;
      continue;
    }
    static constexpr std::string_view known[] = {"--seeds", "--first-seed", "--tasks", "--replay", "--trace",
                                                 "--price", "--rate",       "--burst", "--json"};
    bool takes_value = false;
    for (const std::string_view each : known) takes_value = takes_value || each == option;
    if (!takes_value) throw UsageError("no such option: " + std::string(option));
    if (++i == count) throw UsageError(std::string(option) + " needs a value");
    const std::string_view value = words[i];
    if (option == "--seeds") options.seeds = number<std::uint64_t>(option, value, positive);
    if (option == "--first-seed") options.first_seed = number<std::uint64_t>(option, value, 0);
    if (option == "--tasks") options.tasks = number<std::size_t>(option, value, positive);
    if (option == "--replay") options.replay = number<std::uint64_t>(option, value, 0);
    if (option == "--trace") options.trace = value;
    if (option == "--json") options.json = value;
    if (option == "--price") options.trial.price_s = number<double>(option, value, positive);
    if (option == "--rate") options.trial.rate = number<double>(option, value, positive);
    if (option == "--burst") options.trial.burst = number<double>(option, value, 1);
    if (option == "--price" || option == "--rate" || option == "--burst") only_for_traces = words[i - 1];
  }
  if (only_for_traces != nullptr && options.trace.empty()) {
    throw UsageError(std::string(only_for_traces) + " goes with --trace: a seed draws its own");
  }
  if (options.trial.burst && !options.trial.rate) throw UsageError("--burst goes with --rate");
  return options;
}

}  // namespace apimall::simulation
