#include "client/wake_handle.hpp"

#include <cerrno>
#include <system_error>

#if defined(_WIN32)
#ifndef WIN32_LEAN_AND_MEAN
#define WIN32_LEAN_AND_MEAN
#endif
#ifndef NOMINMAX
#define NOMINMAX  // some compilers have it already
#endif
#include <windows.h>
#elif defined(__linux__)
#include <sys/eventfd.h>
#include <unistd.h>
#else
#include <fcntl.h>
#include <unistd.h>
#endif

namespace apimall {

#if defined(_WIN32)

WakeHandle::WakeHandle() {
  const HANDLE event = CreateEventW(nullptr, TRUE, FALSE, nullptr);
  if (event == nullptr) {
    throw std::system_error(static_cast<int>(GetLastError()), std::system_category(), "creating an event object");
  }
  read_end_ = write_end_ = reinterpret_cast<std::intptr_t>(event);
}

WakeHandle::~WakeHandle() { CloseHandle(reinterpret_cast<HANDLE>(read_end_)); }

void WakeHandle::raise() noexcept { SetEvent(reinterpret_cast<HANDLE>(write_end_)); }
void WakeHandle::clear() noexcept { ResetEvent(reinterpret_cast<HANDLE>(read_end_)); }

#else

namespace {

int fd(std::intptr_t handle) { return static_cast<int>(handle); }

}  // namespace

#if defined(__linux__)

WakeHandle::WakeHandle() {
  read_end_ = write_end_ = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  if (read_end_ < 0) throw std::system_error(errno, std::generic_category(), "opening an eventfd");
}

WakeHandle::~WakeHandle() { close(fd(read_end_)); }

#else

WakeHandle::WakeHandle() {
  int ends[2];
  if (pipe(ends) != 0) throw std::system_error(errno, std::generic_category(), "opening a pipe");
  for (const int end : ends) {
    fcntl(end, F_SETFD, FD_CLOEXEC);
    fcntl(end, F_SETFL, O_NONBLOCK);
  }
  read_end_ = ends[0];
  write_end_ = ends[1];
}

WakeHandle::~WakeHandle() {
  close(fd(read_end_));
  close(fd(write_end_));
}

#endif

void WakeHandle::raise() noexcept {
  if (raised_) return;
  const std::uint64_t one = 1;
  raised_ = write(fd(write_end_), &one, sizeof one) > 0;
}

void WakeHandle::clear() noexcept {
  if (!raised_) return;
  raised_ = false;
  std::uint64_t taken = 0;
  // Nothing to read is as good as having read it.
  [[maybe_unused]] const auto size = read(fd(read_end_), &taken, sizeof taken);
}

#endif

}  // namespace apimall
