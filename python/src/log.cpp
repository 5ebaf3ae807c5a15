#include "log.hpp"

#include "package.hpp"
#include "readable.hpp"
#include "values.hpp"

namespace apimall_python {
namespace {

thread_local bool delivering = false;

}  // namespace

void forward_log_line(void*, std::int32_t level, const char* message, std::size_t message_len) {
  if (going_down()) return;  // nobody holds the GIL for us any more
  const PyGILState_STATE state = PyGILState_Ensure();
  delivering = true;
  static PackageName emit("apimall._logging", "emit");
  PyObject* function = emit.get();
  PyObject* result = function == nullptr ? nullptr
                                         : PyObject_CallFunction(function, "iN", static_cast<int>(level),
                                                                 text_or_none(message, message_len));
  if (result == nullptr) PyErr_WriteUnraisable(function);
  Py_XDECREF(result);
  delivering = false;
  PyGILState_Release(state);
}

bool in_log_callback() { return delivering; }

}  // namespace apimall_python
