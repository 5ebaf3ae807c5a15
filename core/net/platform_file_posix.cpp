#if !defined(_WIN32)

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <utility>

#include "net/platform_file.hpp"

namespace apimall::net {
namespace {

std::error_code last_error() { return {errno, std::generic_category()}; }

/// Whether the open file is what `path` names now: its last owner may have renamed it before we had the lock.
bool still_named(int descriptor, const std::filesystem::path& path) {
  struct stat opened{};
  struct stat named{};
  return fstat(descriptor, &opened) == 0 && lstat(path.c_str(), &named) == 0 && opened.st_ino == named.st_ino &&
         opened.st_dev == named.st_dev;
}

}  // namespace

OwnedFile::OwnedFile(OwnedFile&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
OwnedFile& OwnedFile::operator=(OwnedFile&& other) noexcept {
  std::swap(descriptor_, other.descriptor_);
  return *this;
}

OwnedFile OwnedFile::create(const std::filesystem::path& path, std::error_code& error) {
  error.clear();
  OwnedFile file;
  file.descriptor_ = ::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_APPEND | O_NOFOLLOW | O_CLOEXEC, 0666);
  if (file.descriptor_ < 0) {
    error = last_error();
  } else if (flock(file.descriptor_, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK) {
    // Somebody opened it between our two calls. File systems without locks are let pass.
    error = std::make_error_code(std::errc::device_or_resource_busy);
    file.close();
  }
  return file;
}

OwnedFile OwnedFile::open(const std::filesystem::path& path, std::error_code& error) {
  error.clear();
  OwnedFile file;
  // O_NONBLOCK: a pipe that lies in wait under this name must not hold us up.
  file.descriptor_ = ::open(path.c_str(), O_RDWR | O_APPEND | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
  if (file.descriptor_ < 0) {
    error = last_error();
    return file;
  }
  struct stat opened{};
  if (fstat(file.descriptor_, &opened) != 0) {
    error = last_error();
  } else if (!S_ISREG(opened.st_mode) || opened.st_nlink > 1) {
    error = std::make_error_code(std::errc::too_many_symbolic_link_levels);
  } else if ((flock(file.descriptor_, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK) ||
             !still_named(file.descriptor_, path)) {
    error = std::make_error_code(std::errc::device_or_resource_busy);
  }
  if (error) file.close();
  return file;
}

bool OwnedFile::is_open() const { return descriptor_ >= 0; }

std::uint64_t OwnedFile::size(std::error_code& error) const {
  error.clear();
  struct stat state{};
  if (fstat(descriptor_, &state) != 0) error = last_error();
  return static_cast<std::uint64_t>(state.st_size);
}

void OwnedFile::clear(std::error_code& error) {
  error.clear();
  if (ftruncate(descriptor_, 0) != 0) error = last_error();
}

void OwnedFile::append(std::string_view bytes, std::error_code& error) {
  error.clear();
  while (!bytes.empty()) {
    const ssize_t written = ::write(descriptor_, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) {
      error = last_error();
      return;
    }
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
}

std::string OwnedFile::first_bytes(std::size_t count, std::error_code& error) const {
  error.clear();
  std::string bytes(count, '\0');
  ssize_t got = -1;
  do {
    got = ::pread(descriptor_, bytes.data(), bytes.size(), 0);
  } while (got < 0 && errno == EINTR);
  if (got < 0) error = last_error();
  bytes.resize(got < 0 ? 0 : static_cast<std::size_t>(got));
  return bytes;
}

void OwnedFile::start_sync([[maybe_unused]] std::uint64_t from) noexcept {
#if defined(__linux__)
  static_cast<void>(sync_file_range(descriptor_, static_cast<off_t>(from), 0, SYNC_FILE_RANGE_WRITE));
#endif
}

void OwnedFile::sync(std::error_code& error) {
  error.clear();
#if defined(__linux__)
  const int result = fdatasync(descriptor_);  // with the length, and without the times
#else
  const int result = fsync(descriptor_);
#endif
  if (result != 0) error = last_error();
}

void OwnedFile::close() noexcept {
  if (descriptor_ >= 0) ::close(std::exchange(descriptor_, -1));
}

void rename_over(const std::filesystem::path& from, const std::filesystem::path& to, std::error_code& error) {
  error.clear();
  if (std::rename(from.c_str(), to.c_str()) != 0) error = last_error();
}

void sync_folder(const std::filesystem::path& path) noexcept {
  const int folder = ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (folder < 0) return;  // a folder that may be written but not read; the file is there all the same
  static_cast<void>(fsync(folder));
  ::close(folder);
}

bool must_close_before_rename() { return false; }

}  // namespace apimall::net

#endif
