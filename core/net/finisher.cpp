#include "net/finisher.hpp"

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <utility>

#include "net/platform_file.hpp"
#include "net/thread_signals.hpp"

namespace apimall::net {
namespace {

constexpr std::size_t most_threads = 8;
/// So that a file does not wait for too many others.
constexpr std::size_t most_at_once = 64;

}  // namespace

void Finisher::stop() {
  {
    const std::lock_guard lock(mutex_);
    closing_ = true;
  }
  more_.notify_all();
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
}

void Finisher::add(Job job) {
  const std::lock_guard lock(mutex_);
  jobs_.push_back(std::move(job));
  if (idle_ < jobs_.size() && threads_.size() < most_threads) start_thread();
  more_.notify_one();
}

/// One thread is enough if there can be no more.
void Finisher::start_thread() {
  const AllSignalsBlocked inherited_by_the_thread;
  try {
    threads_.emplace_back([this] { work(); });
  } catch (const std::exception&) {
    if (threads_.empty()) throw;
  }
}

std::vector<Finisher::Outcome> Finisher::take() {
  const std::lock_guard lock(mutex_);
  return std::exchange(outcomes_, {});
}

void Finisher::work() {
  std::unique_lock lock(mutex_);
  for (;;) {
    ++idle_;
    more_.wait(lock, [this] { return closing_ || !jobs_.empty(); });
    --idle_;
    if (jobs_.empty()) return;
    std::vector<Job> batch = take_share();
    lock.unlock();
    std::vector<Named> named = finish(std::move(batch));
    lock.lock();
    std::move(named.begin(), named.end(), std::back_inserter(named_));
    if (!syncing_folders_) sync_folders(lock);
  }
}

/// Until no file is left whose folder is not on the disk with its name.
void Finisher::sync_folders(std::unique_lock<std::mutex>& lock) {
  syncing_folders_ = true;
  while (!named_.empty()) {
    std::vector<Named> batch = std::exchange(named_, {});
    lock.unlock();
    std::sort(batch.begin(), batch.end(), [](const Named& a, const Named& b) { return a.folder < b.folder; });
    for (std::size_t i = 0; i < batch.size(); ++i) {
      if (i == 0 || batch[i].folder != batch[i - 1].folder) sync_folder(batch[i].folder);
    }
    lock.lock();
    for (Named& one : batch) outcomes_.push_back(std::move(one.outcome));
    lock.unlock();
    finished_();
    lock.lock();
  }
  syncing_folders_ = false;
}

/// What has come meanwhile goes together, and leaves its part to each of the others.
std::vector<Finisher::Job> Finisher::take_share() {
  const std::size_t count = std::min((jobs_.size() + threads_.size() - 1) / threads_.size(), most_at_once);
  const auto end = jobs_.begin() + static_cast<std::ptrdiff_t>(count);
  std::vector<Job> batch(std::make_move_iterator(jobs_.begin()), std::make_move_iterator(end));
  jobs_.erase(jobs_.begin(), end);
  return batch;
}

/// Of the files of a batch all are on their way to the disk before the first is waited for.
std::vector<Finisher::Named> Finisher::finish(std::vector<Job> batch) {
  std::vector<Named> named;
  named.reserve(batch.size());
  for (Job& job : batch) job.file.start_sync();
  for (Job& job : batch) {
    Named one{{job.ticket, Failure{Code::out_of_memory, "out of memory while finishing a download", true, false}}, {}};
    try {
      one.folder = job.file.folder();
      one.outcome.result = job.file.finish(job.url, job.content_type);
    } catch (const std::exception&) {  // the outcome stays what it is
    }
    named.push_back(std::move(one));
  }
  return named;  // the files close, and let go of their locks, before anybody hears of them
}

}  // namespace apimall::net
