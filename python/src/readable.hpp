// Waiting for a poller's handle as Python must: without the GIL, and with an ear for signals.
#pragma once

#include <cstdint>

#include "python.hpp"

namespace apimall_python {

/// Blocks until the handle is readable. Called with the GIL, which is released meanwhile. With `signals`, which only
/// Python's main thread needs, pending signals are handled at once. False with a Python error set when a signal's
/// handler raised, as that of Ctrl-C does.
bool await_readable(std::intptr_t handle, bool signals);

/// From now on the interpreter is going down: other threads that are blocked here stay so, until the process ends.
void stay_blocked();

/// Never returns on such a thread, so that it does not tell of clients that closed only because the process ends.
/// Called with the GIL, which it gives up in that case.
void stay_if_going_down();

/// True once `stay_blocked` was called.
bool going_down();

}  // namespace apimall_python
