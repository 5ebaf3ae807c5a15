// What a body that is not the documented JSON seems to be.
#pragma once

#include <cstdint>
#include <string_view>

namespace apimall::wire {

enum class BodyKind : std::uint8_t { empty, html, utf16, compressed, object, other_json, other };

BodyKind kind_of_body(std::string_view body);

/// A clause that says so and, where there is a likely cause, names it.
std::string_view describe(BodyKind kind);

}  // namespace apimall::wire
