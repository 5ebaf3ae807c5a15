// What a file is, by its first bytes; what it is called, by that.
#pragma once

#include <string>
#include <string_view>

namespace apimall::net {

/// How many first bytes are worth looking at.
inline constexpr std::size_t sniffed_bytes = 1024;

struct MediaType {
  std::string_view name;        ///< `image/png`; empty when unknown
  std::string_view extension;   ///< `.png`; empty when unknown
  bool is_text_answer = false;  ///< HTML, JSON or an XML message where an image should be
};

MediaType sniff(std::string_view first_bytes);

/// The type that goes with the extension at the end of a URL's path, if it is one of an image or video.
MediaType by_url_extension(std::string_view path);

}  // namespace apimall::net
