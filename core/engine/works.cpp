#include "engine/works.hpp"

#include <utility>

#include "engine/call_state.hpp"
#include "engine/download_state.hpp"

namespace apimall::engine {

CallState& Work::call() const { return static_cast<CallState&>(*state); }

DownloadState& Work::download() const { return static_cast<DownloadState&>(*state); }

Slot Works::add(const Submission& submission, Instant now) {
  const Slot slot = works_.emplace();
  Work& work = works_[slot];
  work.token = submission.token;
  work.recipient = submission.recipient;
  work.kind = submission.kind;
  work.priority = submission.priority;
  work.tell_changes = submission.tell_changes;
  work.tell_polls = submission.tell_polls;
  work.deadline = later(now, submission.timeout);
  timers_.set(slot, work.deadline);

  by_token_.insert(mix(work.token), slot);
  if (work.recipient >= first_of_recipient_.size()) first_of_recipient_.resize(work.recipient + 1, no_slot);
  Slot& first = first_of_recipient_[work.recipient];
  work.next_of_recipient = first;
  if (first != no_slot) works_[first].previous_of_recipient = slot;
  first = slot;
  return slot;
}

void Works::end(Slot slot, Event event) {
  Work& work = works_[slot];
  event.recipient = work.recipient;
  event.token = work.token;
  event.kind = work.kind;
  event.type = EventType::final;
  events_.push_back(std::move(event));

  timers_.clear(slot);
  by_token_.erase(mix(work.token), slot);
  if (work.previous_of_recipient != no_slot) {
    works_[work.previous_of_recipient].next_of_recipient = work.next_of_recipient;
  } else {
    first_of_recipient_[work.recipient] = work.next_of_recipient;
  }
  if (work.next_of_recipient != no_slot) {
    works_[work.next_of_recipient].previous_of_recipient = work.previous_of_recipient;
  }
  works_.erase(slot);
}

void Works::tell_progress(Slot slot, const ImageTaskRef& task) {
  const Work& work = works_[slot];
  Event event;
  event.recipient = work.recipient;
  event.token = work.token;
  event.kind = work.kind;
  event.type = EventType::progress;
  event.task = task;
  events_.push_back(std::move(event));
}

Slot Works::first_of(Recipient recipient) const {
  return recipient < first_of_recipient_.size() ? first_of_recipient_[recipient] : no_slot;
}

std::vector<Event> Works::take_events() { return std::exchange(events_, {}); }

}  // namespace apimall::engine
