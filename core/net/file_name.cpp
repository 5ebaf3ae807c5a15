#include "net/file_name.hpp"

#include <algorithm>

namespace apimall::net {
namespace {

constexpr std::size_t longest = 100;

bool is_plain(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-';
}

/// `CON`, `COM1` and their like, also with any extension.
bool is_device_name(std::string_view stem) {
  std::string name(stem.substr(0, stem.find('.')));
  std::transform(name.begin(), name.end(), name.begin(),
                 [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; });
  for (const std::string_view device : {"CON", "PRN", "AUX", "NUL"}) {
    if (name == device) return true;
  }
  return name.size() == 4 && (name.starts_with("COM") || name.starts_with("LPT")) && name[3] >= '0' && name[3] <= '9';
}

}  // namespace

std::string safe_stem(std::string_view wanted) {
  std::string stem(wanted.substr(0, longest));
  std::replace_if(stem.begin(), stem.end(), [](char c) { return !is_plain(c); }, '_');
  if (!stem.empty() && stem.front() == '.') stem.front() = '_';
  while (!stem.empty() && stem.back() == '.') stem.pop_back();
  if (stem.empty()) return "result";
  if (is_device_name(stem)) stem.insert(stem.begin(), '_');
  return stem;
}

}  // namespace apimall::net
