// From the C ABI's answers, other than image tasks, to the package's tuples.
#pragma once

#include "owned.hpp"
#include "python.hpp"

namespace apimall_python {

/// Each gives a new reference, or null with a Python error set.
PyObject* make_generation(const apimall_generation* generation);
PyObject* make_history(const apimall_image_history* history);
PyObject* make_balances(const apimall_account_balances* balances);
PyObject* make_download(const apimall_download* download);

}  // namespace apimall_python
