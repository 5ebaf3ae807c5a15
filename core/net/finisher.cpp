#include "net/finisher.hpp"

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <set>
#include <utility>

#include "net/platform_file.hpp"
#include "net/thread_signals.hpp"

namespace apimall::net {
namespace {

/// So that a file does not wait for too many others.
constexpr std::size_t most_at_once = 64;

}  // namespace

void Finisher::stop() {
  {
    const std::lock_guard lock(mutex_);
    closing_ = true;
  }
  more_.notify_one();
  if (thread_.joinable()) thread_.join();
}

void Finisher::add(Job job) {
  const std::lock_guard lock(mutex_);
  jobs_.push_back(std::move(job));
  if (thread_.joinable()) {
    more_.notify_one();
    return;
  }
  const AllSignalsBlocked inherited_by_the_thread;
  thread_ = std::thread([this] { work(); });
}

std::vector<Finisher::Outcome> Finisher::take() {
  const std::lock_guard lock(mutex_);
  return std::exchange(outcomes_, {});
}

void Finisher::work() {
  std::unique_lock lock(mutex_);
  for (;;) {
    more_.wait(lock, [this] { return closing_ || !jobs_.empty(); });
    if (jobs_.empty()) return;
    const auto end = jobs_.begin() + static_cast<std::ptrdiff_t>(std::min(jobs_.size(), most_at_once));
    std::vector<Job> batch(std::make_move_iterator(jobs_.begin()), std::make_move_iterator(end));
    jobs_.erase(jobs_.begin(), end);
    lock.unlock();
    std::vector<Outcome> outcomes = finish(std::move(batch));
    lock.lock();
    std::move(outcomes.begin(), outcomes.end(), std::back_inserter(outcomes_));
    lock.unlock();
    finished_();
    lock.lock();
  }
}

/// All that have come meanwhile go together: the disk is then waited for about once, not twice for each file.
std::vector<Finisher::Outcome> Finisher::finish(std::vector<Job> batch) {
  std::vector<Outcome> outcomes;
  std::set<std::filesystem::path> folders;
  outcomes.reserve(batch.size());
  for (Job& job : batch) job.file.start_sync();
  for (Job& job : batch) {
    Outcome outcome{job.ticket, Failure{Code::out_of_memory, "out of memory while finishing a download", true, false}};
    try {
      folders.insert(job.file.folder());
      outcome.result = job.file.finish(job.url, job.content_type);
    } catch (const std::exception&) {  // the outcome stays what it is
    }
    outcomes.push_back(std::move(outcome));
  }
  for (const auto& folder : folders) sync_folder(folder);
  return outcomes;  // the files close, and let go of their locks, before anybody hears of them
}

}  // namespace apimall::net
