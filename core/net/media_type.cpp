#include "net/media_type.hpp"

#include <algorithm>
#include <iterator>

namespace apimall::net {
namespace {

using namespace std::string_view_literals;

struct Named {
  std::string_view extension;
  std::string_view name;
};
constexpr Named known[] = {
    {".png", "image/png"},   {".jpg", "image/jpeg"},  {".jpeg", "image/jpeg"},   {".webp", "image/webp"},
    {".gif", "image/gif"},   {".avif", "image/avif"}, {".heic", "image/heic"},   {".bmp", "image/bmp"},
    {".tiff", "image/tiff"}, {".tif", "image/tiff"},  {".svg", "image/svg+xml"}, {".mp4", "video/mp4"},
};

MediaType type_of(std::string_view extension) {
  const auto* found = std::find_if(std::begin(known), std::end(known),
                                   [extension](const Named& one) { return one.extension == extension; });
  return found == std::end(known) ? MediaType{} : MediaType{found->name, found->extension, false};
}

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

bool contains_ignoring_case(std::string_view text, std::string_view word) {
  return std::search(text.begin(), text.end(), word.begin(), word.end(),
                     [](char a, char b) { return lower(a) == lower(b); }) != text.end();
}

/// AVIF, HEIC and MP4 share a container and differ in the brands that its first box names.
MediaType by_brand(std::string_view bytes) {
  const auto length = std::min<std::size_t>(static_cast<unsigned char>(bytes[3]), bytes.size());
  const std::string_view major = bytes.substr(8, 4);
  const std::string_view all = bytes.substr(8, std::max<std::size_t>(length, 12) - 8);
  if (major == "avif" || major == "avis") return type_of(".avif");
  for (const std::string_view brand : {"heic"sv, "heix"sv, "hevc"sv, "heim"sv, "heis"sv}) {
    if (major == brand) return type_of(".heic");
  }
  if (major == "mif1" || major == "msf1") return type_of(all.find("avif") != all.npos ? ".avif" : ".heic");
  return type_of(".mp4");
}

MediaType by_text(std::string_view bytes) {
  if (bytes.starts_with("\xEF\xBB\xBF")) bytes.remove_prefix(3);
  const std::size_t start = bytes.find_first_not_of(" \t\r\n");
  if (start == bytes.npos) return {};
  bytes.remove_prefix(start);
  if (bytes.front() == '{' || bytes.front() == '[') return {"application/json", ".json", true};
  if (bytes.front() != '<') return {};
  const bool svg = contains_ignoring_case(bytes, "<svg");
  if (contains_ignoring_case(bytes, "<html") || contains_ignoring_case(bytes, "<!doctype html") ||
      contains_ignoring_case(bytes, "<head") || contains_ignoring_case(bytes, "<body")) {
    return {"text/html", ".html", true};
  }
  if (svg) return type_of(".svg");
  return {"text/xml", ".xml", true};
}

}  // namespace

MediaType sniff(std::string_view bytes) {
  if (bytes.starts_with("\x89PNG\r\n\x1A\n"sv)) return type_of(".png");
  if (bytes.starts_with("\xFF\xD8\xFF"sv)) return type_of(".jpg");
  if (bytes.starts_with("GIF87a"sv) || bytes.starts_with("GIF89a"sv)) return type_of(".gif");
  if (bytes.size() >= 12 && bytes.starts_with("RIFF") && bytes.substr(8, 4) == "WEBP") return type_of(".webp");
  if (bytes.size() >= 12 && bytes.substr(4, 4) == "ftyp") return by_brand(bytes);
  if (bytes.size() >= 14 && bytes.starts_with("BM") && bytes.substr(6, 4) == "\0\0\0\0"sv) return type_of(".bmp");
  if (bytes.starts_with("II*\0"sv) || bytes.starts_with("MM\0*"sv)) return type_of(".tiff");
  return by_text(bytes);
}

MediaType by_url_extension(std::string_view path) {
  const std::size_t name = path.rfind('/');
  if (name != path.npos) path.remove_prefix(name + 1);
  const std::size_t dot = path.rfind('.');
  if (dot == path.npos || path.size() - dot > 5) return {};
  std::string extension(path.substr(dot));
  std::transform(extension.begin(), extension.end(), extension.begin(), lower);
  return type_of(extension);
}

}  // namespace apimall::net
