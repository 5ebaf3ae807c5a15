// The few things about files that the standard library does not offer: exclusive owners, no following of symbolic
// links, getting bytes onto the disk.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <system_error>

namespace apimall::net {

/// A file open for reading and appending, locked against other owners in this and other processes.
class OwnedFile {
 public:
  OwnedFile() = default;
  OwnedFile(OwnedFile&& other) noexcept;
  OwnedFile& operator=(OwnedFile&& other) noexcept;
  ~OwnedFile() { close(); }

  /// Makes a new file; `file_exists` when there is anything of that name, a symbolic link included.
  static OwnedFile create(const std::filesystem::path& path, std::error_code& error);
  /// Opens what an earlier owner left. Refuses symbolic links, what is no regular file and what has other names too
  /// (`too_many_symbolic_link_levels`), and files whose owner is still there (`device_or_resource_busy`).
  static OwnedFile open(const std::filesystem::path& path, std::error_code& error);

  bool is_open() const;
  std::uint64_t size(std::error_code& error) const;
  /// Forgets all bytes; what is appended next starts the file.
  void clear(std::error_code& error);
  void append(std::string_view bytes, std::error_code& error);
  /// The first bytes, at most `count`.
  std::string first_bytes(std::size_t count, std::error_code& error) const;
  /// Has the system begin to write what `sync` will wait for, from this byte on, where it can be told so.
  void start_sync(std::uint64_t from = 0) noexcept;
  /// Waits until the bytes and what it takes to read them are on the disk.
  void sync(std::error_code& error);
  void close() noexcept;

 private:
#if defined(_WIN32)
  void* handle_ = nullptr;
#else
  int descriptor_ = -1;
#endif
};

/// Gives a file its final name at once, replacing what had it. The name is on the disk after `sync_folder`.
void rename_over(const std::filesystem::path& from, const std::filesystem::path& to, std::error_code& error);
void sync_folder(const std::filesystem::path& folder) noexcept;

/// Whether the system needs a file closed before it can be renamed.
bool must_close_before_rename();

}  // namespace apimall::net
