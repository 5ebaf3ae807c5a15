// Tells a forked child from the process that made an object: threads and connections do not survive a fork.
#pragma once

#include <cstdint>

namespace apimall {

/// Remembers the process it was made in.
class ForkGuard {
 public:
  ForkGuard();
  /// True in a child that was forked since.
  bool crossed() const noexcept;

 private:
  std::uint32_t generation_;
};

}  // namespace apimall
