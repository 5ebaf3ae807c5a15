// What a caller asks of the engine, and what the engine tells in return.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>

#include "engine/clock.hpp"
#include "engine/scheduler.hpp"
#include "engine/task_id.hpp"
#include "model/answers.hpp"
#include "model/error.hpp"
#include "model/image_task.hpp"

namespace apimall::engine {

/// Numbers as in the C ABI.
enum class Kind : std::uint8_t { get = 1, wait = 2, generate = 3, download = 4, history = 5, balances = 6 };

/// Who takes the events of a submission: a poller, or the blocking calls.
using Recipient = std::uint32_t;

/// What only some kinds of work are told.
struct Particulars {
  std::string body;            ///< of `generate`
  std::int32_t page = 0;       ///< of `history`
  std::int32_t page_size = 0;  ///< of `history`
  std::string folder;          ///< of `download`
  ImageTaskRef task;           ///< for `download`: a snapshot to start from, if there is one
};

/// One piece of work. Ids, bodies and pages have passed wire/'s checks. Waits come by the hundred thousand at once, so
/// what they do not need lies elsewhere.
struct Submission {
  Kind kind = Kind::get;
  Priority priority = Priority::interactive;
  bool tell_changes = false;  ///< a progress event on each change of status
  bool tell_polls = false;    ///< a progress event on each answer
  Recipient recipient = 0;
  std::uint64_t token = 0;        ///< the caller's; need not be unique
  Duration timeout = no_timeout;  ///< until the deadline
  TaskId task_id;
  std::unique_ptr<Particulars> more;  ///< of `generate`, `history` and `download`

  static constexpr Duration no_timeout = Duration::max();
};

enum class EventType : std::uint8_t { progress = 1, final = 2 };

/// A submission ends in exactly one `final` event. Its code is `ok` exactly when `error` is null.
struct Event {
  Recipient recipient = 0;
  std::uint64_t token = 0;
  Kind kind = Kind::get;
  EventType type = EventType::final;
  ImageTaskRef task;  ///< also the last snapshot, beside an error
  std::variant<std::monostate, std::unique_ptr<Generation>, std::unique_ptr<ImageHistory>,
               std::unique_ptr<AccountBalances>, std::unique_ptr<Download>>
      answer;
  std::unique_ptr<Error> error;
};

}  // namespace apimall::engine
