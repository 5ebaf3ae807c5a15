// `ImageTask`: one answer about one image task, as a Python object.
#pragma once

#include "owned.hpp"
#include "python.hpp"

namespace apimall_python {

/// Makes the type, adds it to the module, and `parse_image_task` with it. Throws on failure.
void add_image_task(py::module_& module);

/// New reference; null with a Python error set. Takes the task in either case.
PyObject* make_image_task(OwnedTask task);

/// The C ABI's task within an `ImageTask`, borrowed; null, without an error, if it is anything else.
apimall_image_task* image_task_of(PyObject* object);

}  // namespace apimall_python
