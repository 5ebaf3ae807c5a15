// JSON's grammar (RFC 8259), checked to the last byte. For what goes out; what comes in is read as best can be.
#pragma once

#include <cstddef>
#include <string_view>

namespace apimall::wire {

/// The first place where a text is not JSON in UTF-8; an empty reason if there is none.
struct JsonFault {
  std::size_t offset = 0;
  std::string_view reason;
};

/// Numbers may have any size, and objects and arrays may be nested 500 deep.
JsonFault find_json_fault(std::string_view json);

}  // namespace apimall::wire
