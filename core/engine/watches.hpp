// The tasks under watch. Any number of waits and gets on one id share one watch, and so one poll.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/context.hpp"
#include "engine/slab.hpp"
#include "engine/slot_index.hpp"
#include "engine/task_id.hpp"
#include "model/image_task.hpp"
#include "model/result.hpp"

namespace apimall::engine {

class Watches {
 public:
  explicit Watches(Context& context) : context_(context) {}

  /// Joins `work` to the watch of `task_id`. A get, or a download that needs fresh URLs, is content with any answer to
  /// a request that was sent after it asked; all else waits for a terminal one.
  void attach(Slot work, std::string_view task_id, Instant now);

  /// Takes `work` off its watch; the last one out ends the watch and gives up its request.
  void detach(Slot work);

  bool idle() const { return watches_.size() == 0; }
  Instant wake(Instant now);
  std::optional<Send> next_poll(Instant now);

  void answered(Slot watch, Instant now, Result<ImageTaskRef> answer);
  void failed(Slot watch, Instant now, Error error);

  std::string_view task_id(Slot watch) const { return watches_[watch].id; }
  /// What was last seen of the task that `work` watches; null when nothing was.
  ImageTaskRef last_seen(Slot work) const;
  /// Why the last poll gave no answer; null when it did.
  const Error* last_failure(Slot work) const;

  /// Downloads whose task has answered, off their watch by now.
  std::vector<std::pair<Slot, ImageTaskRef>> take_ready_downloads() { return std::exchange(ready_downloads_, {}); }

 private:
  /// What few watches need.
  struct Rarities {
    std::string status_text;  // only for a status that nobody knows
    ImageTaskRef last_task;   // kept only near a deadline; otherwise a sighting is enough
    std::unique_ptr<Error> last_failure;
  };

  /// An optional time in the room of a time.
  class Time {
   public:
    Time() = default;
    explicit Time(std::optional<UnixMillis> time) : ms_(time.value_or(none)) {}
    std::optional<UnixMillis> get() const { return ms_ == none ? std::nullopt : std::optional(ms_); }

   private:
    static constexpr UnixMillis none = INT64_MIN;
    UnixMillis ms_ = none;
  };

  struct Watch {
    TaskId id;
    std::uint16_t failures = 0;           // in a row
    std::uint16_t protocol_failures = 0;  // in a row
    Status status = Status::unknown;
    bool seen = false;
    TaskSlot task = no_task;
    Slot first_work = no_slot;
    std::uint32_t polls_sent = 0;
    ModelId model = 0;
    ExchangeId exchange = no_exchange;
    Time created_at;
    Time updated_at;
    std::unique_ptr<Rarities> rare;

    Rarities& rarities();
    const Error* last_failure() const { return rare ? rare->last_failure.get() : nullptr; }
  };
  static_assert(sizeof(Watch) <= 96);

  void remove(Slot slot);
  void remember(Watch& watch, const ImageTaskRef& task, Instant now);
  /// When to poll so that the first of the waits to reach its deadline still gets an answer; `never` without deadlines.
  Instant last_chance(const Watch& watch, Instant now) const;
  void plan_forced_poll(const Watch& watch, Instant now, Instant not_before);
  void conclude(Slot work, const ImageTaskRef& task);
  static bool outlives(const Work& work, const Error& error, Instant again_at, std::uint16_t protocol_failures);
  ModelId model_of(std::string_view name);

  Context& context_;
  Slab<Watch> watches_;
  SlotIndex by_id_;
  std::vector<Slot> watch_of_task_;       // by TaskSlot
  std::vector<std::string> model_names_;  // by ModelId
  std::vector<std::pair<Slot, ImageTaskRef>> ready_downloads_;
};

}  // namespace apimall::engine
