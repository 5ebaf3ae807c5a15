// What the native module uses of the Python files beside it, imported when first needed.
#pragma once

#include "python.hpp"

namespace apimall_python {

/// `getattr(import_module(module), name)`, remembered by the caller's static. Borrowed; null with a Python error set.
class PackageName {
 public:
  constexpr PackageName(const char* module, const char* name) : module_(module), name_(name) {}

  PyObject* get() {
    if (object_ == nullptr) {
      PyObject* module = PyImport_ImportModule(module_);
      if (module == nullptr) return nullptr;
      object_ = PyObject_GetAttrString(module, name_);
      Py_DECREF(module);
    }
    return object_;
  }

 private:
  const char* module_;
  const char* name_;
  PyObject* object_ = nullptr;  // kept until the process ends: it may be needed while the interpreter goes down
};

}  // namespace apimall_python
