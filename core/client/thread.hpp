// Threads of the library's own.
#pragma once

#include <thread>
#include <utility>

#if !defined(_WIN32)
#include <csignal>
#endif

namespace apimall {

/// Starts a thread that takes no signals: they belong to the program's own threads.
template <typename Body>
std::thread start_thread(Body&& body) {
#if defined(_WIN32)
  return std::thread(std::forward<Body>(body));
#else
  sigset_t all;
  sigset_t before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  struct Restore {
    const sigset_t& mask;
    ~Restore() { pthread_sigmask(SIG_SETMASK, &mask, nullptr); }
  } restore{before};
  return std::thread(std::forward<Body>(body));
#endif
}

}  // namespace apimall
