// What signals may do to our threads. SIGPIPE: writing to a connection that the peer has closed must be an error code,
// and not the end of the process.
//
// libcurl is told to leave signals alone (its own way costs system calls per transfer and races between threads). Its
// plain sockets never raise SIGPIPE, but a TLS library below it may.
#pragma once

#if !defined(_WIN32)
#include <csignal>
#endif

namespace apimall::net {

/// Blocks SIGPIPE in the calling thread for good. Cheap when it is blocked already.
void block_broken_pipe_signal() noexcept;

/// Blocks SIGPIPE in the calling thread for a while and swallows the one that was raised meanwhile.
class BrokenPipeGuard {
 public:
  BrokenPipeGuard() noexcept;
  ~BrokenPipeGuard();
  BrokenPipeGuard(const BrokenPipeGuard&) = delete;
  BrokenPipeGuard& operator=(const BrokenPipeGuard&) = delete;

#if !defined(_WIN32)
 private:
  sigset_t before_{};
  bool was_pending_ = false;
#endif
};

/// Blocks every signal in the calling thread for a while: a thread started meanwhile inherits that and never runs a
/// handler.
class AllSignalsBlocked {
 public:
  AllSignalsBlocked() noexcept;
  ~AllSignalsBlocked();
  AllSignalsBlocked(const AllSignalsBlocked&) = delete;
  AllSignalsBlocked& operator=(const AllSignalsBlocked&) = delete;

#if !defined(_WIN32)
 private:
  sigset_t before_{};
#endif
};

}  // namespace apimall::net
