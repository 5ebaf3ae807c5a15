// The type is written against CPython itself: parsing an answer and reading a few fields must cost less than decoding
// it into a ready-made struct, so a field becomes a Python object only when it is read, and then stays.
#include "image_task.hpp"

#include <array>
#include <cstring>
#include <string_view>

#include "errors.hpp"
#include "name_table.hpp"
#include "package.hpp"
#include "values.hpp"

namespace apimall_python {
namespace {

enum Attribute : std::size_t {
  task_id,
  model,
  status,
  result_urls,
  primary_url,
  image_url,
  error_message,
  credits_used,
  credits_refunded,
  created_at,
  updated_at,
  completed_at,
  duration,
  request_id,
  raw,
  attribute_count,
};

struct ImageTask {
  PyObject_HEAD apimall_image_task* task;
  std::uint32_t have_read;           // a bit for each of `read` that is set; the others are garbage
  apimall_image_task_fields fields;  // its text lives as long as `task`
  std::array<PyObject*, attribute_count> read;
};
static_assert(attribute_count <= 32);

PyTypeObject* type = nullptr;

/// Objects that were freed, for the next ones: programs often look at one task after the other. Guarded by the GIL.
class Spare {
 public:
  ImageTask* take() { return count_ > 0 ? kept_[--count_] : nullptr; }
  bool keep(ImageTask* object) {
    if (count_ == kept_.size()) return false;
    kept_[count_++] = object;
    return true;
  }

 private:
  std::array<ImageTask*, 32> kept_{};
  std::size_t count_ = 0;
};

Spare spare;

ImageTask* self_of(PyObject* object) { return reinterpret_cast<ImageTask*>(object); }

std::string_view view(const char* bytes, std::size_t size) { return {bytes == nullptr ? "" : bytes, size}; }

/// The members of `ImageStatus` in the order of the C ABI's numbers; borrowed.
PyObject* known_status(std::int32_t number) {
  static std::array<PyObject*, APIMALL_STATUS_FAILED + 1> members{};
  if (members[0] == nullptr) {
    static PackageName by_number("apimall._status", "BY_NUMBER");
    PyObject* all = by_number.get();
    if (all == nullptr) return nullptr;
    for (std::size_t i = members.size(); i-- > 0;) members[i] = PyTuple_GetItem(all, static_cast<Py_ssize_t>(i));
    if (members[0] == nullptr) return nullptr;
  }
  const bool known = number >= 0 && number <= APIMALL_STATUS_FAILED;
  return members[static_cast<std::size_t>(known ? number : APIMALL_STATUS_UNKNOWN)];
}

PyObject* make_status(const apimall_image_task_fields& fields) {
  const std::string_view word = view(fields.status_text, fields.status_text_len);
  if (fields.status != APIMALL_STATUS_UNKNOWN || word.empty() || word == "unknown") {
    PyObject* member = known_status(fields.status);
    Py_XINCREF(member);
    return member;
  }
  static PackageName of_raw("apimall._status", "status_of");
  PyObject* text = text_or_none(fields.status_text, fields.status_text_len);
  if (text == nullptr) return nullptr;
  PyObject* made = of_raw.get() == nullptr ? nullptr : PyObject_CallFunctionObjArgs(of_raw.get(), text, nullptr);
  Py_DECREF(text);
  return made;
}

PyObject* make_result_urls(const ImageTask* self) {
  const auto count = static_cast<Py_ssize_t>(self->fields.result_url_count);
  PyObject* urls = PyTuple_New(count);
  for (Py_ssize_t i = 0; urls != nullptr && i < count; ++i) {
    const char* bytes = nullptr;
    std::size_t size = 0;
    apimall_image_task_result_url(self->task, static_cast<std::size_t>(i), &bytes, &size);
    PyObject* url = text_or_none(bytes, size);
    if (url == nullptr) {
      Py_CLEAR(urls);
    } else {
      PyTuple_SET_ITEM(urls, i, url);
    }
  }
  return urls;
}

PyObject* make_raw(const ImageTask* self) {
  const char* bytes = nullptr;
  std::size_t size = 0;
  apimall_image_task_json(self->task, &bytes, &size);
  return PyBytes_FromStringAndSize(bytes, static_cast<Py_ssize_t>(size));
}

PyObject* make(const ImageTask* self, Attribute which) {
  const apimall_image_task_fields& f = self->fields;
  switch (which) {
    case task_id:
      return text_or_none(f.task_id, f.task_id_len);
    case model:
      return text_or_none(f.model, f.model_len);
    case status:
      return make_status(f);
    case result_urls:
      return make_result_urls(self);
    case primary_url:
      return text_or_none(f.primary_url, f.primary_url_len);
    case image_url:
      return text_or_none(f.image_url, f.image_url_len);
    case error_message:
      return text_or_none(f.error_message, f.error_message_len);
    case credits_used:
      return number_or_none(f.credits_used);
    case credits_refunded:
      return number_or_none(f.credits_refunded);
    case created_at:
      return datetime_or_none(f.created_at_ms);
    case updated_at:
      return datetime_or_none(f.updated_at_ms);
    case completed_at:
      return datetime_or_none(f.completed_at_ms);
    case duration:
      return timedelta_or_none(f.created_at_ms, f.completed_at_ms);
    case request_id:
      return text_or_none(f.request_id, f.request_id_len);
    case raw:
      return make_raw(self);
    case attribute_count:
      break;
  }
  PyErr_SetString(PyExc_SystemError, "no such field");
  return nullptr;
}

/// New reference.
PyObject* get(ImageTask* self, Attribute which) {
  if ((self->have_read & 1U << which) == 0) {
    PyObject* made = make(self, which);
    if (made == nullptr) return nullptr;
    if ((self->have_read & 1U << which) != 0) return made;  // making it ran Python code, which read it too
    self->read[which] = made;
    self->have_read |= 1U << which;
  }
  Py_INCREF(self->read[which]);
  return self->read[which];
}

/// For whoever goes through the type's descriptors: documentation, `getattr` with a name of its own.
template <Attribute which>
PyObject* getter(PyObject* self, void*) {
  return get(self_of(self), which);
}

NameTable names;

PyObject* get_attribute(PyObject* self, PyObject* name) {
  const std::size_t which = names.find(name);
  return which != NameTable::none ? get(self_of(self), static_cast<Attribute>(which))
                                  : PyObject_GenericGetAttr(self, name);
}

void deallocate(PyObject* object) {
  ImageTask* self = self_of(object);
  for (std::size_t which = 0; self->have_read >> which != 0; ++which) {
    if ((self->have_read >> which & 1) != 0) Py_DECREF(self->read[which]);
  }
  apimall_image_task_free(self->task);
  PyTypeObject* of = Py_TYPE(object);
  if (!spare.keep(self)) PyObject_Free(object);
  Py_DECREF(of);
}

bool same_text(const char* a, std::size_t a_len, const char* b, std::size_t b_len) {
  return (a == nullptr) == (b == nullptr) && view(a, a_len) == view(b, b_len);
}

/// Two answers are equal if they say the same of the same task; under which request id they said it does not matter.
bool equal(const ImageTask* a, const ImageTask* b) {
  const apimall_image_task_fields& x = a->fields;
  const apimall_image_task_fields& y = b->fields;
  if (x.credits_used != y.credits_used || x.credits_refunded != y.credits_refunded ||
      x.result_url_count != y.result_url_count) {
    return false;
  }
#define SAME(field) same_text(x.field, x.field##_len, y.field, y.field##_len)
  if (!SAME(task_id) || !SAME(status_text) || !SAME(model) || !SAME(primary_url) || !SAME(image_url) ||
      !SAME(error_message) || !SAME(created_at) || !SAME(updated_at) || !SAME(completed_at)) {
    return false;
  }
#undef SAME
  for (std::size_t i = 0; i < x.result_url_count; ++i) {
    const char *a_url = nullptr, *b_url = nullptr;
    std::size_t a_len = 0, b_len = 0;
    apimall_image_task_result_url(a->task, i, &a_url, &a_len);
    apimall_image_task_result_url(b->task, i, &b_url, &b_len);
    if (!same_text(a_url, a_len, b_url, b_len)) return false;
  }
  return true;
}

PyObject* compare(PyObject* a, PyObject* b, int operation) {
  if ((operation != Py_EQ && operation != Py_NE) || Py_TYPE(a) != type || Py_TYPE(b) != type) Py_RETURN_NOTIMPLEMENTED;
  const bool same = a == b || equal(self_of(a), self_of(b));
  return PyBool_FromLong(same == (operation == Py_EQ));
}

Py_hash_t hash(PyObject* object) {
  const apimall_image_task_fields& f = self_of(object)->fields;
  const std::hash<std::string_view> of;
  const std::size_t mixed = of(view(f.task_id, f.task_id_len)) ^ of(view(f.status_text, f.status_text_len)) * 31 ^
                            of(view(f.updated_at, f.updated_at_len)) * 131;
  const auto number = static_cast<Py_hash_t>(mixed);
  return number == -1 ? -2 : number;
}

/// Calls a function of the package's Python files with the task alone.
PyObject* call_with_self(PackageName& function, PyObject* self) {
  PyObject* callable = function.get();
  return callable == nullptr ? nullptr : PyObject_CallFunctionObjArgs(callable, self, nullptr);
}

PyObject* repr(PyObject* self) {
  static PackageName function("apimall._display", "task_repr");
  return call_with_self(function, self);
}

PyObject* to_dict(PyObject* self, PyObject*) {
  static PackageName function("apimall._display", "task_dict");
  return call_with_self(function, self);
}

PyObject* raise_for_status(PyObject* self, PyObject*) {
  if (self_of(self)->fields.status != APIMALL_STATUS_FAILED) {
    Py_INCREF(self);
    return self;
  }
  static PackageName function("apimall._errors", "raise_task_failed");
  return call_with_self(function, self);
}

PyObject* mimebundle(PyObject* self, PyObject* args, PyObject* kwargs) {
  (void)args, (void)kwargs;  // Jupyter says which kinds it wants; offering them all is allowed
  static PackageName function("apimall._display", "task_mimebundle");
  return call_with_self(function, self);
}

PyObject* reduce(PyObject* self, PyObject*) {
  static PackageName parse("apimall._native", "parse_image_task");
  PyObject* json = get(self_of(self), raw);
  if (json == nullptr || parse.get() == nullptr) {
    Py_XDECREF(json);
    return nullptr;
  }
  return Py_BuildValue("O(N)", parse.get(), json);
}

PyObject* itself(PyObject* self, PyObject*) {
  Py_INCREF(self);
  return self;
}

/// The times as the gateway wrote them, for `to_dict`.
PyObject* times_as_written(PyObject* self, PyObject*) {
  const apimall_image_task_fields& f = self_of(self)->fields;
  return Py_BuildValue("NNN", text_or_none(f.created_at, f.created_at_len),
                       text_or_none(f.updated_at, f.updated_at_len), text_or_none(f.completed_at, f.completed_at_len));
}

// In the order of `Attribute`.
PyGetSetDef attributes[] = {
    {"task_id", getter<task_id>, nullptr, "The task's id, or None if the gateway left it out.", nullptr},
    {"model", getter<model>, nullptr, "The model that makes it, or None.", nullptr},
    {"status", getter<status>, nullptr, "The state, as an ImageStatus; `status.raw` is the gateway's own word.",
     nullptr},
    {"result_urls", getter<result_urls>, nullptr, "Where the pictures are: a tuple in order, each URL once.", nullptr},
    {"primary_url", getter<primary_url>, nullptr, "The field as it came, or None.", nullptr},
    {"image_url", getter<image_url>, nullptr, "The field as it came, or None.", nullptr},
    {"error_message", getter<error_message>, nullptr, "Why the task failed, or None.", nullptr},
    {"credits_used", getter<credits_used>, nullptr, "What the task cost in credits, or None.", nullptr},
    {"credits_refunded", getter<credits_refunded>, nullptr,
     "What came back; it can be less than the cost. None if not said.", nullptr},
    {"created_at", getter<created_at>, nullptr, "When the task was accepted: an aware datetime in UTC, or None.",
     nullptr},
    {"updated_at", getter<updated_at>, nullptr, "When it last changed: an aware datetime in UTC, or None.", nullptr},
    {"completed_at", getter<completed_at>, nullptr, "When it ended: an aware datetime in UTC, or None.", nullptr},
    {"duration", getter<duration>, nullptr, "From `created_at` to `completed_at`: a timedelta, or None.", nullptr},
    {"request_id", getter<request_id>, nullptr, "The gateway's id of the request that gave this answer, or None.",
     nullptr},
    {"raw", getter<raw>, nullptr, "The gateway's whole answer as it came: JSON, as bytes.", nullptr},
    {nullptr, nullptr, nullptr, nullptr, nullptr},
};

PyMethodDef methods[] = {
    {"to_dict", to_dict, METH_NOARGS,
     "to_dict($self, /)\n--\n\nReturn the fields as plain values that `json.dumps` takes."},
    {"raise_for_status", raise_for_status, METH_NOARGS,
     "raise_for_status($self, /)\n--\n\nRaise TaskFailed if the task failed; return the task otherwise."},
    {"_repr_mimebundle_", reinterpret_cast<PyCFunction>(reinterpret_cast<void (*)()>(mimebundle)),
     METH_VARARGS | METH_KEYWORDS, "Show the task in a notebook."},
    {"_times_as_written", times_as_written, METH_NOARGS, "The three times as the gateway wrote them."},
    {"__reduce__", reduce, METH_NOARGS, "Pickle by the JSON."},
    {"__copy__", itself, METH_NOARGS, "It is immutable."},
    {"__deepcopy__", itself, METH_O, "It is immutable."},
    {nullptr, nullptr, 0, nullptr},
};

constexpr const char* type_doc =
    "One answer about one image task: an immutable snapshot.\n\n"
    "Equal if they say the same of the same task, hashable, picklable, and usable in `match`.\n\n"
    "    >>> task = client.images.wait(\"img_01HQ9M7XJQ7PZ3GQ9F6C5W3N2M\")\n"
    "    >>> task.status\n"
    "    <ImageStatus.COMPLETED: 'completed'>\n"
    "    >>> task.result_urls[0]\n"
    "    'https://cdn.apimall.ai/generated/image-01.webp'\n";

PyType_Slot slots[] = {
    {Py_tp_dealloc, reinterpret_cast<void*>(deallocate)},
    {Py_tp_repr, reinterpret_cast<void*>(repr)},
    {Py_tp_hash, reinterpret_cast<void*>(hash)},
    {Py_tp_richcompare, reinterpret_cast<void*>(compare)},
    {Py_tp_getattro, reinterpret_cast<void*>(get_attribute)},
    {Py_tp_getset, attributes},
    {Py_tp_methods, methods},
    {Py_tp_doc, const_cast<char*>(type_doc)},
    {0, nullptr},
};

#ifndef Py_TPFLAGS_DISALLOW_INSTANTIATION  // before Python 3.10
#define Py_TPFLAGS_DISALLOW_INSTANTIATION 0
#endif
#ifndef Py_TPFLAGS_IMMUTABLETYPE
#define Py_TPFLAGS_IMMUTABLETYPE 0
#endif

PyType_Spec spec = {
    "apimall.ImageTask",
    static_cast<int>(sizeof(ImageTask)),
    0,
    static_cast<unsigned int>(Py_TPFLAGS_DEFAULT | Py_TPFLAGS_DISALLOW_INSTANTIATION),
    slots,
};

PyObject* parse(PyObject*, PyObject* json) {
  const char* bytes = nullptr;
  Py_ssize_t size = 0;
  Py_buffer buffer{};
  if (PyBytes_CheckExact(json)) {
    bytes = PyBytes_AS_STRING(json);
    size = PyBytes_GET_SIZE(json);
  } else if (PyUnicode_Check(json)) {
    bytes = PyUnicode_AsUTF8AndSize(json, &size);
    if (bytes == nullptr) return nullptr;
  } else {
    if (PyObject_GetBuffer(json, &buffer, PyBUF_SIMPLE) != 0) return nullptr;
    bytes = size_t(buffer.len) == 0 ? "" : static_cast<const char*>(buffer.buf);
    size = buffer.len;
  }
  apimall_image_task* task = nullptr;
  apimall_error* error = nullptr;
  const std::int32_t code = apimall_parse_image_task(bytes, static_cast<std::size_t>(size), &task, &error);
  if (buffer.obj != nullptr) PyBuffer_Release(&buffer);
  if (code == APIMALL_OK) return make_image_task(OwnedTask(task));
  raise_error(code, OwnedError(error));
  return nullptr;
}

PyMethodDef parse_method = {
    "parse_image_task", parse, METH_O,
    "parse_image_task(json, /)\n--\n\n"
    "Read the gateway's whole answer about a task: JSON as bytes, str or any buffer.\n\n"
    "Needs no client and sends nothing. Raises ProtocolError if it is not the documented shape, and the error\n"
    "of its kind if it is the gateway's refusal.\n\n"
    "    >>> apimall.parse_image_task(task.raw) == task\n"
    "    True\n"};

}  // namespace

PyObject* make_image_task(OwnedTask task) {
  // Not zeroed as tp_alloc would: each member is written below.
  ImageTask* self = spare.take();
  if (self != nullptr) {
    PyObject_Init(reinterpret_cast<PyObject*>(self), type);
  } else {
    self = PyObject_New(ImageTask, type);
    if (self == nullptr) return nullptr;
  }
  self->fields.size = static_cast<std::uint32_t>(sizeof self->fields);
  apimall_image_task_view(task.get(), &self->fields);
  self->task = task.release();
  self->have_read = 0;
  return reinterpret_cast<PyObject*>(self);
}

apimall_image_task* image_task_of(PyObject* object) {
  return Py_TYPE(object) == type ? self_of(object)->task : nullptr;
}

void add_image_task(py::module_& module) {
  type = reinterpret_cast<PyTypeObject*>(PyType_FromSpec(&spec));
  if (type == nullptr) throw py::error_already_set();
#if PY_VERSION_HEX < 0x030A0000
  type->tp_new = nullptr;  // or it would be object's, and make a task of nothing
  PyType_Modified(type);
#endif
  for (std::size_t which = 0; which < attribute_count; ++which) {
    if (!names.add(attributes[which].name, which)) throw py::error_already_set();
  }
  const py::object of = py::reinterpret_borrow<py::object>(reinterpret_cast<PyObject*>(type));
  of.attr("__match_args__") = py::make_tuple("task_id", "status", "result_urls");
#if PY_VERSION_HEX >= 0x030A0000
  type->tp_flags |= Py_TPFLAGS_IMMUTABLETYPE;
  PyType_Modified(type);
#endif
  module.attr("ImageTask") = of;
  const py::str name("apimall");
  module.attr("parse_image_task") =
      py::reinterpret_steal<py::object>(PyCFunction_NewEx(&parse_method, nullptr, name.ptr()));
}

}  // namespace apimall_python
