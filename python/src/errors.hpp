// From the C ABI's codes and error objects to the package's exceptions.
#pragma once

#include <cstdint>

#include "owned.hpp"
#include "python.hpp"

namespace apimall_python {

/// Makes the exception that fits the code. `error` and `last_task` (borrowed) may be null. New reference; null with
/// another Python error set if even that failed.
PyObject* make_exception(std::int32_t code, OwnedError error, PyObject* last_task = nullptr);

/// Sets the exception as the thread's Python error.
void raise_error(std::int32_t code, OwnedError error);

/// For pybind11's functions: throws what `raise_error` sets, if the code is one.
void check(std::int32_t code, OwnedError error = nullptr);

}  // namespace apimall_python
