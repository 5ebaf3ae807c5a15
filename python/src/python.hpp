// CPython and pybind11 in the order they need, and the C ABI.
#pragma once

#define PY_SSIZE_T_CLEAN  // lengths of parsed arguments are Py_ssize_t
#include <pybind11/pybind11.h>

#include <apimall/apimall.h>

namespace apimall_python {

namespace py = pybind11;

}  // namespace apimall_python
