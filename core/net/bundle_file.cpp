#include "net/bundle_file.hpp"

#if !defined(_WIN32)
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#endif

namespace apimall::net {

#if defined(_WIN32)

std::optional<BundleFile> read_bundle_file(const std::string&, std::size_t) { return std::nullopt; }
std::optional<FileState> bundle_file_state(const std::string&) { return std::nullopt; }

#else

namespace {

/// The time of the last change, which unlike that of the last writing nobody sets.
FileState state_of(const struct stat& status) {
#if defined(__APPLE__)
  const timespec& changed = status.st_ctimespec;
#else
  const timespec& changed = status.st_ctim;
#endif
  return {static_cast<std::uint64_t>(status.st_dev), static_cast<std::uint64_t>(status.st_ino),
          static_cast<std::uint64_t>(status.st_size), static_cast<std::uint64_t>(changed.tv_sec),
          static_cast<std::uint64_t>(changed.tv_nsec)};
}

/// All that there is to be read, unless it is more than `bytes` has room for.
bool read_all(int descriptor, std::string& bytes) {
  std::size_t size = 0;
  for (;;) {
    const ssize_t got = ::read(descriptor, bytes.data() + size, bytes.size() - size);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return false;
    if (got == 0) break;
    size += static_cast<std::size_t>(got);
    if (size == bytes.size()) return false;
  }
  bytes.resize(size);
  return true;
}

}  // namespace

std::optional<BundleFile> read_bundle_file(const std::string& path, std::size_t most) {
  // O_NONBLOCK: what is no regular file is not to hold us up.
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
  if (descriptor < 0) return std::nullopt;
  std::optional<BundleFile> file;
  struct stat status{};
  if (fstat(descriptor, &status) == 0 && S_ISREG(status.st_mode) &&
      static_cast<std::uint64_t>(status.st_size) <= most) {
    file.emplace();
    file->state = state_of(status);
    file->bytes.resize(static_cast<std::size_t>(status.st_size) + 1);  // one more, to see its end
    if (!read_all(descriptor, file->bytes)) file.reset();
  }
  ::close(descriptor);
  return file;
}

std::optional<FileState> bundle_file_state(const std::string& path) {
  struct stat status{};
  if (stat(path.c_str(), &status) != 0) return std::nullopt;
  return state_of(status);
}

#endif

}  // namespace apimall::net
