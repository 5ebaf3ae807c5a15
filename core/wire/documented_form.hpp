// The fast path for the answer as the gateway documents it.
#pragma once

#include <string_view>

#include "wire/task_reader.hpp"

namespace apimall::wire {

/// Reads a body that has the documented form to the letter: the documented fields only, in the documented order (any
/// may be missing but `task_id` and `status`), ASCII without escapes, values of the documented types, any white space.
/// False for everything else, whatever it is: then `read_task`, which knows all of JSON, has to look. Where both can
/// read a body they find the same, which the tests check on mutated bodies.
///
/// `body` has `body_padding` readable bytes behind it.
bool read_documented_form(std::string_view body, TaskReading& reading);

}  // namespace apimall::wire
