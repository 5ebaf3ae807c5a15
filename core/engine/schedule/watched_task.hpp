// What the scheduler keeps of a task: 40 bytes here, 20 more in the heap and the queues.
#pragma once

#include <cstdint>

#include "engine/clock.hpp"

namespace apimall::engine::schedule {

enum class Stage : std::uint8_t {
  absent,     ///< the slot is free
  waiting,    ///< in the heap only, until the time of its rung comes
  queued,     ///< in its rung's queue: may be polled; also in the heap, until it climbs
  in_flight,  ///< being polled: in neither
};

struct WatchedTask {
  Instant born{};
  /// In flight: when the poll was sent. Otherwise: no poll before this.
  Instant moment{};
  Instant poll_by = never;
  float seen_pending = 0;  ///< the position at which it was last known not to have ended
  float began_s = -1;      ///< its age when its processing began; negative as long as that is not known
  std::uint16_t model = 0;
  std::uint8_t rung = 0;   ///< waiting: to be reached next; queued: the queue it is in
  std::uint8_t epoch = 0;  ///< of the model, when its time in the heap was worked out
  Stage stage = Stage::absent;
  bool interactive = true;
};

static_assert(sizeof(WatchedTask) <= 40);

}  // namespace apimall::engine::schedule
