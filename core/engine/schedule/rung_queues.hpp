// The tasks that may be polled now: one first-in-first-out queue per rung and priority.
//
// The queues are doubly linked through one array, so that a task can leave from the middle (it climbed, or was
// cancelled), and a mask of the occupied ones finds the highest in one instruction.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace apimall::engine::schedule {

class RungQueues {
 public:
  static constexpr std::uint32_t kNone = UINT32_MAX;
  static constexpr int kQueues = 64;

  bool empty() const { return occupied_ == 0; }

  /// The highest queue that holds a task. Not to be asked when all are empty.
  int highest() const { return 63 - std::countl_zero(occupied_); }
  std::uint32_t head(int queue) const { return ends_[static_cast<std::size_t>(queue)].head; }

  void push(int queue, std::uint32_t task) {
    if (task >= links_.size()) links_.resize(task + std::size_t{1});
    Ends& ends = ends_[static_cast<std::size_t>(queue)];
    links_[task] = {ends.tail, kNone};
    (ends.tail == kNone ? ends.head : links_[ends.tail].next) = task;
    ends.tail = task;
    occupied_ |= std::uint64_t{1} << queue;
  }

  /// Takes a task out of the queue that it is in.
  void erase(int queue, std::uint32_t task) {
    Ends& ends = ends_[static_cast<std::size_t>(queue)];
    const Link link = links_[task];
    (link.previous == kNone ? ends.head : links_[link.previous].next) = link.next;
    (link.next == kNone ? ends.tail : links_[link.next].previous) = link.previous;
    if (ends.head == kNone) occupied_ &= ~(std::uint64_t{1} << queue);
  }

 private:
  struct Link {
    std::uint32_t previous = kNone;
    std::uint32_t next = kNone;
  };
  struct Ends {
    std::uint32_t head = kNone;
    std::uint32_t tail = kNone;
  };

  std::array<Ends, kQueues> ends_{};
  std::vector<Link> links_;
  std::uint64_t occupied_ = 0;
};

}  // namespace apimall::engine::schedule
