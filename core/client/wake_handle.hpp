// Something an event loop can watch: readable while there is news. Level-triggered, never blocks.
#pragma once

#include <cstdint>

namespace apimall {

class WakeHandle {
 public:
  /// Throws `std::system_error` when the system has none to give.
  WakeHandle();
  ~WakeHandle();
  WakeHandle(const WakeHandle&) = delete;
  WakeHandle& operator=(const WakeHandle&) = delete;

  void raise() noexcept;
  void clear() noexcept;

  /// A file descriptor to watch for reading; on Windows, an event object's HANDLE.
  std::intptr_t native() const { return read_end_; }

 private:
  std::intptr_t read_end_ = -1;
  std::intptr_t write_end_ = -1;  // the same as `read_end_` but where a pipe is all there is
  bool raised_ = false;
};

}  // namespace apimall
