#include "trace.hpp"

#include <charconv>
#include <istream>
#include <map>
#include <vector>

namespace apimall::simulation {
namespace {

constexpr double longest_s = 30 * 24 * 3600.0;
constexpr double latency_s = 0.1;

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view blanks = " \t\r";
  const std::size_t first = text.find_first_not_of(blanks);
  if (first == text.npos) return {};
  return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

class LineReader {
 public:
  LineReader(const std::string& name, std::size_t number) : where_(name + ":" + std::to_string(number) + ": ") {}

  [[noreturn]] void refuse(const std::string& why) const { throw TraceError(where_ + why); }

  std::vector<std::string> fields(std::string_view line) const {
    std::vector<std::string> found(1);
    bool quoted = false;
    for (std::size_t i = 0; i < line.size(); ++i) {
      const char c = line[i];
      if (quoted && c == '"' && i + 1 < line.size() && line[i + 1] == '"') {
        found.back() += line[++i];
      } else if (c == '"') {
        quoted = !quoted;
      } else if (c == ',' && !quoted) {
        found.emplace_back();
      } else {
        found.back() += c;
      }
    }
    if (quoted) refuse("a double quote is not closed");
    for (std::string& field : found) field = trimmed(field);
    if (found.size() != 3) {
      refuse("expected three fields, submit_s,model,duration_s, and found " + std::to_string(found.size()));
    }
    return found;
  }

  double seconds(const std::string& text, const char* field) const {
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size()) {
      refuse(std::string(field) + " is no number: \"" + text + "\"");
    }
    if (!(value >= 0 && value <= longest_s))
      refuse(std::string(field) + " must lie between 0 and 2592000 s, and is " + text);
    return value;
  }

 private:
  std::string where_;
};

}  // namespace

Scenario read_trace(std::istream& csv, const std::string& name, const Trial& trial) {
  Scenario scenario;
  std::map<std::string, int> models;
  std::multimap<Instant, PlannedTask> in_order;  // of two at the same time, the earlier line first
  std::string line;
  bool heading_possible = true;
  for (std::size_t number = 1; std::getline(csv, line); ++number) {
    std::string_view text = line;
    if (number == 1 && text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
    text = trimmed(text);
    if (text.empty() || text.front() == '#') continue;
    const LineReader reader(name, number);
    const std::vector<std::string> fields = reader.fields(text);
    if (std::exchange(heading_possible, false) && fields[0] == "submit_s") {
      if (fields[1] != "model" || fields[2] != "duration_s")
        reader.refuse("the heading must be submit_s,model,duration_s");
      continue;
    }
    if (fields[1].empty()) reader.refuse("the model's name is empty");
    PlannedTask task;
    task.at = beginning + engine::from_seconds(reader.seconds(fields[0], "submit_s"));
    task.duration_s = reader.seconds(fields[2], "duration_s");
    const auto [at, is_new] = models.emplace(fields[1], static_cast<int>(models.size()));
    if (is_new) scenario.models.push_back({fields[1]});
    task.model = at->second;
    in_order.emplace(task.at, task);
  }
  if (in_order.empty()) throw TraceError(name + ": there is no task in it");
  for (const auto& [at, task] : in_order) scenario.tasks.push_back(task);

  scenario.settings.price_s = trial.price_s;
  if (trial.rate) {
    scenario.limit = {*trial.rate, trial.burst.value_or(1)};
    scenario.settings.rate_per_second = trial.rate;
    scenario.settings.rate_burst = trial.burst;
  }
  scenario.latency_s = latency_s;
  scenario.failed_share = 0;
  Habits& habits = scenario.habits;
  habits = {};
  habits.generate = habits.download = habits.get = habits.unknown_task = habits.duplicate = habits.cancel = 0;
  habits.other_call = habits.batch = habits.tells = habits.short_deadline = habits.recipient_closed = 0;
  habits.no_deadline = 1;
  habits.recipients = 1;
  return scenario;
}

}  // namespace apimall::simulation
