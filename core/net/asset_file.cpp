#include "net/asset_file.hpp"

#include <charconv>
#include <utility>

#include "net/file_name.hpp"
#include "net/media_type.hpp"
#include "net/origin.hpp"
#include "net/utf8_path.hpp"

namespace apimall::net {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view sidecar_title = "apimall-part 1";
constexpr int most_downloads_of_one_name = 100;
/// From this size on a download can be gone on with after a crash too.
constexpr std::uint64_t worth_remembering = 1u << 20;
/// A long file goes to the disk while it comes, so that the end is not to be waited for so long.
constexpr std::uint64_t most_unwritten = 8u << 20;

std::string_view take_line(std::string_view& text) {
  const std::size_t end = text.find('\n');
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(end == text.npos ? text.size() : end + 1);
  return line;
}

void remove_quietly(const fs::path& path) {
  std::error_code ignored;
  fs::remove(path, ignored);
}

Failure not_an_image(const std::string& url, const std::string& got) {
  return {Code::download_failed, shown_url(url) + " gave " + got + " in place of an image. Trying again may help.",
          true, true};
}

}  // namespace

Failure file_failure(const char* doing, const fs::path& path, const std::error_code& error) {
  return {Code::file_error,
          std::string("could not ") + doing + " " + text_of(path) + ": " + error.message() +
              ". Check the folder, its permissions and the free space.",
          true, false};
}

AssetFile::AssetFile(const std::string& folder, const std::string& stem, std::string source)
    : folder_(folder.empty() ? fs::path(".") : path_of(folder)), stem_(safe_stem(stem)), source_(std::move(source)) {}

AssetFile& AssetFile::operator=(AssetFile&& other) noexcept {
  if (this == &other) return *this;
  let_go();
  folder_ = std::move(other.folder_);
  stem_ = std::move(other.stem_);
  source_ = std::move(other.source_);
  file_ = std::move(other.file_);
  path_ = std::move(other.path_);
  size_ = other.size_;
  begun_ = other.begun_;
  validator_ = std::move(other.validator_);
  remembered_ = other.remembered_;
  fresh_ = other.fresh_;
  return *this;
}

fs::path AssetFile::part(int number) const {
  return folder_ / (number == 0 ? stem_ + ".part" : stem_ + "." + std::to_string(number) + ".part");
}

fs::path AssetFile::sidecar() const {
  fs::path path = path_;
  path += ".resume";
  return path;
}

std::optional<Validator> AssetFile::resume() {
  std::error_code error;
  path_ = part(0);
  fresh_ = false;
  file_ = OwnedFile::open(path_, error);
  if (error) return std::nullopt;
  size_ = file_.size(error);
  begun_ = size_;
  const OwnedFile notes = OwnedFile::open(sidecar(), error);
  const std::string text = error ? std::string() : notes.first_bytes(8192, error);
  std::string_view rest = text;
  Validator validator;
  const bool ours = take_line(rest) == sidecar_title && take_line(rest) == source_;
  validator.if_range = take_line(rest);
  const std::string_view total = take_line(rest);
  std::uint64_t number = 0;
  if (std::from_chars(total.data(), total.data() + total.size(), number).ec == std::errc()) validator.total = number;
  if (!ours || validator.if_range.empty() || size_ == 0 || (validator.total && size_ >= *validator.total)) {
    size_ = begun_ = 0;  // the lock is kept, and `begin` clears what is there
    return std::nullopt;
  }
  validator_ = validator;
  remembered_ = true;
  return validator;
}

std::optional<Failure> AssetFile::open_fresh() {
  std::error_code error;
  fs::create_directories(folder_, error);
  if (error) return file_failure("make the folder", folder_, error);
  for (int number = 0; number < most_downloads_of_one_name; ++number) {
    path_ = part(number);
    file_ = OwnedFile::create(path_, error);
    fresh_ = !error;
    if (!error) return std::nullopt;
    if (error == std::errc::file_exists) file_ = OwnedFile::open(path_, error);
    if (!error) return std::nullopt;
    // Somebody else's: another download, or something put there that is not to be followed.
    const bool try_next = error == std::errc::device_or_resource_busy ||
                          error == std::errc::too_many_symbolic_link_levels ||
                          error == std::errc::no_such_file_or_directory || error == std::errc::is_a_directory;
    if (!try_next) break;
  }
  return file_failure("create", path_, error);
}

std::optional<Failure> AssetFile::begin(const Validator& validator) {
  if (!file_.is_open()) {
    if (auto failure = open_fresh()) return failure;
  }
  // One that is there speaks of other bytes, and would of these when they are.
  forget();
  std::error_code error;
  if (!fresh_) file_.clear(error);
  if (error) return file_failure("empty", path_, error);
  fresh_ = false;
  size_ = 0;
  begun_ = 0;
  validator_ = validator;
  return std::nullopt;
}

/// Makes the sidecar; none is there. Without it, the next attempt starts from the beginning: no error here is worth
/// reporting.
void AssetFile::remember() {
  if (validator_.if_range.empty() || path_ != part(0)) return;
  std::error_code error;
  OwnedFile notes = OwnedFile::create(sidecar(), error);
  if (error) return;
  std::string text(sidecar_title);
  text += "\n" + source_ + "\n" + validator_.if_range + "\n";
  if (validator_.total) text += std::to_string(*validator_.total);
  text += "\n";
  notes.append(text, error);
  remembered_ = !error;
}

void AssetFile::forget() {
  remove_quietly(sidecar());
  remembered_ = false;
}

std::optional<Failure> AssetFile::append(std::string_view bytes) {
  std::error_code error;
  file_.append(bytes, error);
  if (error) return file_failure("write to", path_, error);
  const bool was_short = size_ < worth_remembering;
  size_ += bytes.size();
  if (was_short && size_ >= worth_remembering && !remembered_) remember();
  if (size_ - begun_ >= most_unwritten) {
    file_.start_sync(begun_);
    begun_ = size_;
  }
  return std::nullopt;
}

void AssetFile::discard() {
  if (!file_.is_open()) return;
  // By name before by lock: afterwards the name could be somebody else's.
  forget();
  if (must_close_before_rename()) file_.close();
  remove_quietly(path_);
  file_.close();
  size_ = 0;
}

void AssetFile::let_go() {
  if (!file_.is_open()) return;
  if (size_ != 0 && !remembered_) remember();
  if (size_ == 0 || !remembered_) {
    discard();
  } else {
    file_.close();
  }
}

std::variant<Fetched, Failure> AssetFile::finish(const std::string& url, std::string_view content_type) {
  std::error_code error;
  const std::string first = file_.first_bytes(sniffed_bytes, error);
  if (error) return file_failure("read", path_, error);
  MediaType type = sniff(first);
  const bool says_text = content_type.starts_with("text/html") || content_type.starts_with("application/json");
  if (first.empty() || type.is_text_answer || (type.name.empty() && says_text)) {
    discard();
    return not_an_image(url, first.empty() ? "nothing" : type.name.empty() ? "a text" : std::string(type.name));
  }
  if (type.name.empty()) {
    const auto origin = parse_origin(url);
    type = by_url_extension(origin ? origin->path : std::string());
  }
  if (type.name.empty()) type = {"application/octet-stream", ".bin", false};
  file_.sync(error);
  if (error) return file_failure("write to", path_, error);
  const fs::path target = folder_ / (stem_ + std::string(type.extension));
  if (remembered_) forget();
  validator_ = Validator();
  if (must_close_before_rename()) file_.close();
  rename_over(path_, target, error);
  if (error) {
    if (!file_.is_open()) remove_quietly(path_);
    return file_failure("name", target, error);
  }
  file_.close();
  Fetched fetched;
  fetched.status = 200;
  fetched.file = DownloadedFile{text_of(target), url, std::string(type.name), size_};
  return fetched;
}

}  // namespace apimall::net
