// poll(2) returns as soon as a signal comes to the thread that blocks in it. Two cases are left over: the signal came
// just before, or it came to another thread. So the main thread also looks by itself now and then; other threads need
// not, because Python runs no signal handlers there.
#include "readable.hpp"

#include <atomic>
#include <cerrno>

#if defined(_WIN32)
#define WIN32_LEAN_AND_MEAN
#define NOMINMAX
#include <windows.h>
#else
#include <poll.h>
#include <unistd.h>
#endif

namespace apimall_python {
namespace {

constexpr int look_ms = 50;

std::atomic<bool> down{false};
std::atomic<unsigned long> last_thread{0};  // Python's number of the one that takes the interpreter down

enum class Found { readable, nothing, failed };

#if defined(_WIN32)

Found look(std::intptr_t handle, bool for_a_moment) {
  switch (WaitForSingleObject(reinterpret_cast<HANDLE>(handle), for_a_moment ? look_ms : INFINITE)) {
    case WAIT_OBJECT_0:
      return Found::readable;
    case WAIT_TIMEOUT:
      return Found::nothing;
    default:
      errno = EINVAL;
      return Found::failed;
  }
}

[[noreturn]] void park() {
  for (;;) Sleep(INFINITE);
}

#else

Found look(std::intptr_t handle, bool for_a_moment) {
  pollfd watched{static_cast<int>(handle), POLLIN, 0};
  const int count = poll(&watched, 1, for_a_moment ? look_ms : -1);
  if (count > 0) return Found::readable;
  return count == 0 || errno == EINTR ? Found::nothing : Found::failed;
}

[[noreturn]] void park() {
  for (;;) pause();
}

#endif

}  // namespace

bool await_readable(std::intptr_t handle, bool signals) {
  for (;;) {
    if (signals && PyErr_CheckSignals() != 0) return false;
    PyThreadState* thread = PyEval_SaveThread();
    const Found found = look(handle, signals);
    const int problem = errno;
    // Taking the GIL now would end this thread in the midst of C++, or crash it.
    if (going_down() && !signals) park();
    PyEval_RestoreThread(thread);
    if (found == Found::readable) return true;
    if (found == Found::failed) {
      errno = problem;
      PyErr_SetFromErrno(PyExc_OSError);
      return false;
    }
  }
}

void stay_blocked() {
  last_thread = PyThread_get_thread_ident();
  down.store(true, std::memory_order_release);
}

void stay_if_going_down() {
  if (!going_down() || PyThread_get_thread_ident() == last_thread) return;
  PyEval_SaveThread();
  park();
}

bool going_down() { return down.load(std::memory_order_acquire); }

}  // namespace apimall_python
