// The files that a download wrote.
#pragma once

#include "handle.hpp"

namespace apimall {

/// One file. Its text is borrowed from the `Download`.
struct DownloadedFile {
  std::string_view path;    ///< Where it is, beginning with the folder as given.
  std::string_view url;     ///< Where it came from.
  OptionalText media_type;  ///< Its Content-Type.
  std::uint64_t bytes = 0;  ///< Its length.
};

/// What one download wrote. Immutable. Destroying it leaves the files.
class Download : public Handle<apimall_download, apimall_download_free> {
 public:
  using Handle::Handle;

  /// What it says of itself, as C has it.
  apimall_download_fields fields() const noexcept {
    return detail::view(get(), +apimall_download_view, apimall_download_fields APIMALL_DOWNLOAD_FIELDS_INIT);
  }
  /// The task that the files belong to.
  std::string_view task_id() const noexcept {
    const auto f = fields();
    return detail::text(f.task_id, f.task_id_len);
  }
  /// The sum of the files' lengths.
  std::uint64_t total_bytes() const noexcept { return fields().total_bytes; }
  /// How many files there are.
  std::size_t size() const noexcept { return fields().file_count; }
  /// One file, in the order of the result URLs; `index` is less than `size()`, else it is empty.
  DownloadedFile operator[](std::size_t index) const noexcept {
    apimall_download_file_fields file APIMALL_DOWNLOAD_FILE_FIELDS_INIT;
    if (get() != nullptr) apimall_download_file(get(), index, &file);
    return {detail::text(file.path, file.path_len), detail::text(file.url, file.url_len),
            detail::optional_text(file.media_type, file.media_type_len), file.bytes};
  }
};

}  // namespace apimall
