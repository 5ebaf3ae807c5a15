#include "net/finisher.hpp"

#include <utility>

#include "net/thread_signals.hpp"

namespace apimall::net {

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
    Job job = std::move(jobs_.front());
    jobs_.pop_front();
    lock.unlock();
    Outcome outcome{job.ticket, Failure{Code::out_of_memory, "out of memory while finishing a download", true, false}};
    try {
      outcome.result = job.file.finish(job.url, job.content_type);
    } catch (const std::exception&) {  // the outcome stays what it is
    }
    {
      const Job done = std::move(job);
    }  // closes the file, and the lock with it
    lock.lock();
    outcomes_.push_back(std::move(outcome));
    lock.unlock();
    finished_();
    lock.lock();
  }
}

}  // namespace apimall::net
