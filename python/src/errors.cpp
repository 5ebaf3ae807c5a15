#include "errors.hpp"

#include <cstddef>

#include "package.hpp"
#include "values.hpp"

namespace apimall_python {

PyObject* make_exception(std::int32_t code, OwnedError error, PyObject* last_task) {
  static PackageName factory("apimall._errors", "from_code");
  PyObject* make = factory.get();
  if (make == nullptr) return nullptr;
  apimall_error_fields fields = APIMALL_ERROR_FIELDS_INIT;
  fields.retry_after_ms = APIMALL_ABSENT;
  if (error != nullptr) apimall_error_view(error.get(), &fields);
  PyObject* retry_after = fields.retry_after_ms == APIMALL_ABSENT
                              ? (Py_INCREF(Py_None), Py_None)
                              : PyFloat_FromDouble(static_cast<double>(fields.retry_after_ms) / 1000);
  return PyObject_CallFunction(
      make, "siNiNNNNNO", apimall_code_name(code), static_cast<int>(code),
      text_or_none(fields.message, fields.message_len), static_cast<int>(fields.http_status),
      PyBool_FromLong(fields.retryable), retry_after, text_or_none(fields.gateway_code, fields.gateway_code_len),
      text_or_none(fields.request_id, fields.request_id_len), text_or_none(fields.task_id, fields.task_id_len),
      last_task != nullptr ? last_task : Py_None);
}

void raise_error(std::int32_t code, OwnedError error) {
  PyObject* exception = make_exception(code, std::move(error));
  if (exception == nullptr) return;
  PyErr_SetObject(reinterpret_cast<PyObject*>(Py_TYPE(exception)), exception);
  Py_DECREF(exception);
}

void check(std::int32_t code, OwnedError error) {
  if (code == APIMALL_OK) return;
  raise_error(code, std::move(error));
  throw py::error_already_set();
}

}  // namespace apimall_python
