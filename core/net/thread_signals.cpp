#include "net/thread_signals.hpp"

#if defined(_WIN32)

namespace apimall::net {
void block_broken_pipe_signal() noexcept {}
BrokenPipeGuard::BrokenPipeGuard() noexcept = default;
BrokenPipeGuard::~BrokenPipeGuard() = default;
AllSignalsBlocked::AllSignalsBlocked() noexcept = default;
AllSignalsBlocked::~AllSignalsBlocked() = default;
}  // namespace apimall::net

#else

#include <pthread.h>

namespace apimall::net {
namespace {

sigset_t only_broken_pipe() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGPIPE);
  return set;
}

bool broken_pipe_pending() {
  sigset_t pending;
  sigemptyset(&pending);
  return sigpending(&pending) == 0 && sigismember(&pending, SIGPIPE) == 1;
}

}  // namespace

void block_broken_pipe_signal() noexcept {
  thread_local bool blocked = false;
  if (blocked) return;
  const sigset_t set = only_broken_pipe();
  blocked = pthread_sigmask(SIG_BLOCK, &set, nullptr) == 0;
}

BrokenPipeGuard::BrokenPipeGuard() noexcept : was_pending_(broken_pipe_pending()) {
  const sigset_t set = only_broken_pipe();
  pthread_sigmask(SIG_BLOCK, &set, &before_);
}

BrokenPipeGuard::~BrokenPipeGuard() {
  // One that was pending before is somebody else's, and stays. SIGPIPE is sent to the writing thread, so that `sigwait`
  // here finds ours and cannot wait.
  if (!was_pending_ && broken_pipe_pending()) {
    const sigset_t set = only_broken_pipe();
    int taken = 0;
    sigwait(&set, &taken);
  }
  pthread_sigmask(SIG_SETMASK, &before_, nullptr);
}

AllSignalsBlocked::AllSignalsBlocked() noexcept {
  sigset_t all;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before_);
}

AllSignalsBlocked::~AllSignalsBlocked() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }

}  // namespace apimall::net

#endif
