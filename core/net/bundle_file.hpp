// A small file's bytes, and a way to see whether it is still the same file.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

namespace apimall::net {

/// Which file it is, how long, and when it was last changed. Names are followed: certificate bundles are often links.
using FileState = std::array<std::uint64_t, 5>;

struct BundleFile {
  std::string bytes;
  FileState state{};  ///< as it was before the bytes were read
};

/// Nothing when there is no such regular file, when it is longer than `most`, or where the system cannot tell states.
std::optional<BundleFile> read_bundle_file(const std::string& path, std::size_t most);
std::optional<FileState> bundle_file_state(const std::string& path);

}  // namespace apimall::net
