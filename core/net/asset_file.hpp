// A download on its way to the disk: `stem.part`, and beside it `stem.part.resume` with what it takes to go on later.
// The latter comes with the first megabyte, or when the download breaks off: most pictures are there before it is worth
// one more file.
//
// The part is locked by its owner. A second download of the same name takes `stem.1.part` and so on, so that two of
// them never write into one file; the last one to finish gives the final name its content, whole.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "net/platform_file.hpp"
#include "net/transport.hpp"

namespace apimall::net {

/// What lets a server say whether its file is still the one that a part is of.
struct Validator {
  std::string if_range;                ///< a strong ETag or a date; empty: cannot be resumed
  std::optional<std::uint64_t> total;  ///< the whole file's length
};

class AssetFile {
 public:
  AssetFile() = default;
  /// `source` is the URL without what changes from signature to signature.
  AssetFile(const std::string& folder, const std::string& stem, std::string source);
  AssetFile(AssetFile&&) = default;
  AssetFile& operator=(AssetFile&& other) noexcept;
  ~AssetFile() { let_go(); }

  /// Takes up what an earlier attempt left of the same source. Gives what to ask the server with, if there is
  /// something.
  std::optional<Validator> resume();
  /// How many bytes are there already.
  std::uint64_t size() const { return size_; }

  /// Starts the file from its beginning; makes the folder when it is missing.
  std::optional<Failure> begin(const Validator& validator);
  std::optional<Failure> append(std::string_view bytes);
  /// Leaves nothing behind.
  void discard();
  /// Has the bytes begin their way to the disk, so that of many files the first `finish` waits for all.
  void start_sync() noexcept { file_.start_sync(begun_); }
  const std::filesystem::path& folder() const { return folder_; }
  /// Gets the bytes onto the disk and gives the file its name, which lasts once the folder is synced as well. Slow: not
  /// for the I/O thread.
  std::variant<Fetched, Failure> finish(const std::string& url, std::string_view content_type);

 private:
  std::filesystem::path part(int number) const;
  std::filesystem::path sidecar() const;
  std::optional<Failure> open_fresh();
  void remember();
  void forget();
  void let_go();

  std::filesystem::path folder_;
  std::string stem_;
  std::string source_;
  OwnedFile file_;
  std::filesystem::path path_;
  std::uint64_t size_ = 0;
  std::uint64_t begun_ = 0;  ///< as far as the disk has been told to begin
  Validator validator_;      ///< of the file that the part is of
  bool remembered_ = false;  ///< the sidecar is there, and speaks of this part
  bool fresh_ = false;       ///< the part was made just now, and is empty
};

/// For what the disk refuses: never retryable, names the path.
Failure file_failure(const char* doing, const std::filesystem::path& path, const std::error_code& error);

}  // namespace apimall::net
