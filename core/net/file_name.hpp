// File names made from text that others chose.
#pragma once

#include <string>
#include <string_view>

namespace apimall::net {

/// A name without a folder in it that every common file system takes: only `A-Z a-z 0-9 . _ -`, no leading or trailing
/// dot, at most 100 bytes, none of the names that Windows keeps for devices. Never empty.
std::string safe_stem(std::string_view wanted);

}  // namespace apimall::net
