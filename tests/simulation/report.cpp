#include "report.hpp"

#include <algorithm>
#include <cstdio>
#include <numeric>

namespace apimall::simulation {
namespace {

template <typename... Values>
std::string format(const char* how, Values... values) {
  char text[512];
  std::snprintf(text, sizeof text, how, values...);
  return text;
}

/// Names come from a user's file.
std::string quoted(const std::string& text) {
  std::string json = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') json += '\\';
    if (static_cast<unsigned char>(c) < 0x20) {
      json += format("\\u%04x", static_cast<unsigned>(c));
    } else {
      json += c;
    }
  }
  return json + '"';
}

std::string number_or_null(double value) { return value < 0 ? "null" : format("%.6f", value); }

}  // namespace

void Report::add(std::uint64_t seed, History history) { entries_.push_back({seed, std::move(history)}); }

Report::Figures Report::figures() const {
  Figures figures;
  std::vector<double> delays;
  std::uint64_t polls = 0;
  std::uint64_t rate_limited = 0;
  for (const Entry& entry : entries_) {
    figures.tasks += entry.history.tasks.size();
    for (const TaskResult& task : entry.history.tasks) {
      polls += task.polls;
      rate_limited += task.rate_limited;
      if (task.delay_s >= 0) delays.push_back(task.delay_s);
    }
  }
  const double tasks = std::max(static_cast<double>(figures.tasks), 1.0);
  figures.polls_per_task = static_cast<double>(polls) / tasks;
  figures.rate_limited_per_task = static_cast<double>(rate_limited) / tasks;
  figures.told = delays.size();
  if (delays.empty()) return figures;
  std::sort(delays.begin(), delays.end());
  figures.mean_s = std::accumulate(delays.begin(), delays.end(), 0.0) / static_cast<double>(delays.size());
  figures.median_s = delays[delays.size() / 2];
  figures.p99_s = delays[delays.size() * 99 / 100];
  return figures;
}

std::string Report::text() const {
  const Figures f = figures();
  return format(
      "%zu tasks, %zu seen to end: detection delay mean %.3f s, median %.3f s, p99 %.3f s; %.3f requests and %.4f "
      "answers "
      "429 per task",
      f.tasks, f.told, f.mean_s, f.median_s, f.p99_s, f.polls_per_task, f.rate_limited_per_task);
}

std::string Report::json() const {
  const Figures f = figures();
  std::string json = format(
      "{\"tasks\":%zu,\"told\":%zu,\"delay_mean_s\":%.6f,\"delay_median_s\":%.6f,\"delay_p99_s\":%.6f,"
      "\"requests_per_task\":%.6f,\"rate_limited_per_task\":%.6f,\"results\":[",
      f.tasks, f.told, f.mean_s, f.median_s, f.p99_s, f.polls_per_task, f.rate_limited_per_task);
  bool first = true;
  for (const Entry& entry : entries_) {
    for (const TaskResult& task : entry.history.tasks) {
      json += first ? "\n" : ",\n";
      first = false;
      json += format("{\"seed\":%llu,\"model\":", static_cast<unsigned long long>(entry.seed)) + quoted(task.model) +
              format(",\"submit_s\":%.6f,\"completion_s\":%.6f,\"told_s\":", task.submit_s, task.completion_s) +
              number_or_null(task.told_s) + ",\"delay_s\":" + number_or_null(task.delay_s) +
              format(",\"polls\":%u,\"rate_limited\":%u}", task.polls, task.rate_limited);
    }
  }
  return json + "\n]}\n";
}

}  // namespace apimall::simulation
