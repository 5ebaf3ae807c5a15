#include "client/learned_file.hpp"

#include <filesystem>
#include <system_error>

#include "net/platform_file.hpp"
#include "net/utf8_path.hpp"

namespace apimall {
namespace {

namespace fs = std::filesystem;

constexpr std::uintmax_t longest = 16u << 20;  // a thousand models take less than two

}  // namespace

std::optional<std::string> LearnedFile::read() const {
  const fs::path path = net::path_of(path_);
  std::error_code error;
  net::OwnedFile file = net::OwnedFile::open(path, error);
  if (error == std::errc::no_such_file_or_directory) return std::nullopt;
  const std::uint64_t size = error ? 0 : file.size(error);
  if (!error && size > longest) error = std::make_error_code(std::errc::file_too_large);
  std::string bytes = error ? std::string() : file.first_bytes(static_cast<std::size_t>(size), error);
  if (error) {
    complain("read", error.message());
    return std::nullopt;
  }
  return bytes;
}

void LearnedFile::write(std::string_view bytes) const {
  const fs::path path = net::path_of(path_);
  fs::path part = path;
  part += ".part";
  std::error_code error;
  net::OwnedFile file = net::OwnedFile::create(part, error);
  if (error == std::errc::file_exists) file = net::OwnedFile::open(part, error);  // of a process that was killed
  if (error == std::errc::device_or_resource_busy) return;                        // another process is writing it now
  if (!error) file.clear(error);
  if (!error) file.append(bytes, error);
  if (net::must_close_before_rename()) file.close();
  if (!error) fs::rename(part, path, error);
  if (error) complain("write", error.message());
}

void LearnedFile::refuse() const { complain("use", "it is not what this library writes; it will be replaced"); }

void LearnedFile::complain(std::string_view doing, std::string_view why) const {
  log_.line(LogLevel::warning, "learned_file: could not " + std::string(doing) + " " + path_ + ": " + std::string(why));
}

}  // namespace apimall
