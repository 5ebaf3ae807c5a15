#include "client/event_queue.hpp"

#include <algorithm>
#include <iterator>

namespace apimall {

void EventQueue::push(std::span<engine::Event> events) {
  bool was_empty = false;
  {
    const std::lock_guard lock(mutex_);
    was_empty = events_.empty();
    std::move(events.begin(), events.end(), std::back_inserter(events_));
    signal_handle();
  }
  if (!was_empty) return;  // nobody waits for what is there already
  arrival_.notify_all();
  const std::lock_guard lock(notify_mutex_);
  if (notify_ != nullptr) notify_(notify_data_);
}

EventQueue::State EventQueue::next(std::span<engine::Event> out, std::optional<std::chrono::milliseconds> timeout,
                                   std::size_t& count) {
  std::unique_lock lock(mutex_);
  const auto news = [&] { return readable(); };
  if (!timeout) {
    arrival_.wait(lock, news);
  } else if (timeout->count() > 0) {
    // A wait of many years overflows some clocks; a day at a time is as good, the caller asks again.
    arrival_.wait_for(lock, std::min<std::chrono::milliseconds>(*timeout, std::chrono::hours(24)), news);
  }
  count = std::min(out.size(), events_.size());
  std::move(events_.begin(), events_.begin() + static_cast<std::ptrdiff_t>(count), out.begin());
  events_.erase(events_.begin(), events_.begin() + static_cast<std::ptrdiff_t>(count));
  const bool ended = closed_ && count == 0 && events_.empty();
  if (count == 0) woken_ = false;  // otherwise this call had more to return for
  signal_handle();
  return ended ? State::closed : State::open;
}

std::intptr_t EventQueue::handle() {
  const std::lock_guard lock(mutex_);
  if (!handle_) handle_ = std::make_unique<WakeHandle>();
  signal_handle();
  return handle_->native();
}

void EventQueue::signal_handle() {
  if (!handle_) return;
  if (readable()) {
    handle_->raise();
  } else {
    handle_->clear();
  }
}

void EventQueue::set_notify(Notify notify, void* user_data) {
  const std::lock_guard lock(notify_mutex_);
  notify_ = notify;
  notify_data_ = user_data;
  // Who comes late has missed the edge, and there may be no other one until these events are read.
  if (notify_ != nullptr && size() != 0) notify_(notify_data_);
}

void EventQueue::wakeup() {
  const std::lock_guard lock(mutex_);
  woken_ = true;
  signal_handle();
  arrival_.notify_all();
}

void EventQueue::close() {
  const std::lock_guard lock(mutex_);
  closed_ = true;
  signal_handle();
  arrival_.notify_all();
}

}  // namespace apimall
