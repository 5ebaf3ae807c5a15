#if defined(_WIN32)

#define WIN32_LEAN_AND_MEAN
#define NOMINMAX
#include <windows.h>

#include <algorithm>
#include <utility>

#include "net/platform_file.hpp"

namespace apimall::net {
namespace {

std::error_code last_error() {
  const DWORD code = GetLastError();
  if (code == ERROR_SHARING_VIOLATION) return std::make_error_code(std::errc::device_or_resource_busy);
  if (code == ERROR_FILE_EXISTS) return std::make_error_code(std::errc::file_exists);
  if (code == ERROR_FILE_NOT_FOUND || code == ERROR_PATH_NOT_FOUND) {
    return std::make_error_code(std::errc::no_such_file_or_directory);
  }
  return {static_cast<int>(code), std::system_category()};
}

/// Sharing nothing is the lock: a second owner gets a sharing violation.
HANDLE open_file(const std::filesystem::path& path, DWORD disposition, std::error_code& error) {
  error.clear();
  const HANDLE handle = CreateFileW(path.c_str(), GENERIC_READ | GENERIC_WRITE, 0, nullptr, disposition,
                                    FILE_ATTRIBUTE_NORMAL | FILE_FLAG_OPEN_REPARSE_POINT, nullptr);
  if (handle != INVALID_HANDLE_VALUE) return handle;
  error = last_error();
  return nullptr;
}

}  // namespace

OwnedFile::OwnedFile(OwnedFile&& other) noexcept : handle_(std::exchange(other.handle_, nullptr)) {}
OwnedFile& OwnedFile::operator=(OwnedFile&& other) noexcept {
  std::swap(handle_, other.handle_);
  return *this;
}

OwnedFile OwnedFile::create(const std::filesystem::path& path, std::error_code& error) {
  OwnedFile file;
  file.handle_ = open_file(path, CREATE_NEW, error);
  return file;
}

OwnedFile OwnedFile::open(const std::filesystem::path& path, std::error_code& error) {
  OwnedFile file;
  file.handle_ = open_file(path, OPEN_EXISTING, error);
  if (file.handle_ == nullptr) return file;
  BY_HANDLE_FILE_INFORMATION information{};
  constexpr DWORD unwanted = FILE_ATTRIBUTE_REPARSE_POINT | FILE_ATTRIBUTE_DIRECTORY | FILE_ATTRIBUTE_DEVICE;
  if (!GetFileInformationByHandle(file.handle_, &information)) {
    error = last_error();
  } else if ((information.dwFileAttributes & unwanted) != 0 || information.nNumberOfLinks > 1) {
    error = std::make_error_code(std::errc::too_many_symbolic_link_levels);
  }
  if (error) file.close();
  return file;
}

bool OwnedFile::is_open() const { return handle_ != nullptr; }

std::uint64_t OwnedFile::size(std::error_code& error) const {
  error.clear();
  LARGE_INTEGER size{};
  if (!GetFileSizeEx(handle_, &size)) error = last_error();
  return static_cast<std::uint64_t>(size.QuadPart);
}

void OwnedFile::clear(std::error_code& error) {
  error.clear();
  if (!SetFilePointerEx(handle_, LARGE_INTEGER{}, nullptr, FILE_BEGIN) || !SetEndOfFile(handle_)) error = last_error();
}

void OwnedFile::append(std::string_view bytes, std::error_code& error) {
  error.clear();
  if (!SetFilePointerEx(handle_, LARGE_INTEGER{}, nullptr, FILE_END)) error = last_error();
  while (!error && !bytes.empty()) {
    DWORD written = 0;
    const auto wanted = static_cast<DWORD>(std::min<std::size_t>(bytes.size(), 1u << 30));
    if (!WriteFile(handle_, bytes.data(), wanted, &written, nullptr)) error = last_error();
    bytes.remove_prefix(written);
  }
}

std::string OwnedFile::first_bytes(std::size_t count, std::error_code& error) const {
  error.clear();
  std::string bytes(count, '\0');
  DWORD got = 0;
  if (!SetFilePointerEx(handle_, LARGE_INTEGER{}, nullptr, FILE_BEGIN) ||
      !ReadFile(handle_, bytes.data(), static_cast<DWORD>(count), &got, nullptr)) {
    error = last_error();
  }
  bytes.resize(got);
  return bytes;
}

void OwnedFile::start_sync(std::uint64_t) noexcept {}

void OwnedFile::sync(std::error_code& error) {
  error.clear();
  if (!FlushFileBuffers(handle_)) error = last_error();
}

void OwnedFile::close() noexcept {
  if (handle_ != nullptr) CloseHandle(std::exchange(handle_, nullptr));
}

void rename_over(const std::filesystem::path& from, const std::filesystem::path& to, std::error_code& error) {
  error.clear();
  if (!MoveFileExW(from.c_str(), to.c_str(), MOVEFILE_REPLACE_EXISTING | MOVEFILE_WRITE_THROUGH)) error = last_error();
}

void sync_folder(const std::filesystem::path&) noexcept {}  // the renaming has written through

bool must_close_before_rename() { return true; }

}  // namespace apimall::net

#endif
