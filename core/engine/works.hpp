// The table of everything submitted and not yet ended. `end` is the only door out, and it writes the final event: that
// is how each submission gets exactly one.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "engine/clock.hpp"
#include "engine/hash.hpp"
#include "engine/slab.hpp"
#include "engine/slot_index.hpp"
#include "engine/submission.hpp"
#include "engine/timer_heap.hpp"

namespace apimall::engine {

/// What only calls and downloads need; waits, of which there may be a million, do without.
struct WorkState {
  virtual ~WorkState() = default;
};
struct CallState;
struct DownloadState;

/// Where the news about a work comes from at present.
enum class Stage : std::uint8_t {
  watching,  ///< attached to the watch of its task id
  queued,    ///< a call that waits for its turn or for its retry
  sent,      ///< a call whose request is under way
  fetching,  ///< a download whose files are under way
};

struct Work {
  std::uint64_t token = 0;
  Instant deadline = never;
  Instant retry_until = never;    ///< set by the first failure: no new attempt begins after this
  std::uint32_t asked_after = 0;  ///< a get takes only answers to polls with a later number
  Recipient recipient = 0;
  Slot next_of_recipient = no_slot;
  Slot previous_of_recipient = no_slot;
  Slot watch = no_slot;  ///< while `watching`
  Slot next_of_watch = no_slot;
  std::uint32_t status_told = 0;  ///< hash of the status text that the last progress event told; 0: none yet
  Kind kind = Kind::get;
  Stage stage = Stage::watching;
  Priority priority : 1 = Priority::interactive;
  bool one_look : 1 = false;  ///< content with one fresh answer, terminal or not
  bool tell_changes : 1 = false;
  bool tell_polls : 1 = false;
  std::unique_ptr<WorkState> state;

  CallState& call() const;          ///< while `queued` or `sent`
  DownloadState& download() const;  ///< of a download, at any stage
};

static_assert(sizeof(Work) <= 64);

class Works {
 public:
  Slot add(const Submission& submission, Instant now);
  Work& operator[](Slot slot) { return works_[slot]; }
  std::size_t size() const { return works_.size(); }

  /// Writes the final event and forgets the work. The caller has detached it from watch and exchanges.
  void end(Slot slot, Event event);
  void tell_progress(Slot slot, const ImageTaskRef& task);

  /// An outstanding work with this token that `matches`, or `no_slot`.
  template <typename Matches>
  Slot find(Recipient recipient, std::uint64_t token, Matches&& matches) const {
    return by_token_.find(mix(token), [&](Slot slot) {
      const Work& work = works_[slot];
      return work.token == token && work.recipient == recipient && matches(work);
    });
  }
  /// Any outstanding work of this recipient, or `no_slot`.
  Slot first_of(Recipient recipient) const;

  TimerHeap& timers() { return timers_; }
  /// The events since the last call, in order.
  std::vector<Event> take_events();
  bool has_events() const { return !events_.empty(); }

 private:
  Slab<Work> works_;
  SlotIndex by_token_;
  std::vector<Slot> first_of_recipient_;  // by recipient
  TimerHeap timers_;
  std::vector<Event> events_;
};

}  // namespace apimall::engine
