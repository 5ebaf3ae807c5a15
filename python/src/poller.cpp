// The path of ten thousand waits: no Python code runs for an event but what the future itself does when it is resolved.
// Submitting and draining never block, so they keep the GIL; the library's threads never take it.
#include "poller.hpp"

#include <array>
#include <new>

#include "answers.hpp"
#include "errors.hpp"
#include "image_task.hpp"
#include "owned.hpp"
#include "pending.hpp"
#include "readable.hpp"

namespace apimall_python {
namespace {

constexpr std::size_t batch_size = 64;
constexpr int most_batches = 64;  // then the loop's other work gets its turn; the handle stays readable

struct Poller {
  PyObject_HEAD apimall_poller* poller;
  std::intptr_t handle;  // -1 until somebody asked for it
  PyObject* on_closed;
  bool closed;  // nothing more can come
  PendingTable pending;
};

PyTypeObject* type = nullptr;

struct Names {
  PyObject* done = PyUnicode_InternFromString("done");
  PyObject* set_result = PyUnicode_InternFromString("set_result");
  PyObject* set_exception = PyUnicode_InternFromString("set_exception");
};

const Names& names() {
  static const Names interned;
  return interned;
}

Poller* self_of(PyObject* object) { return reinterpret_cast<Poller*>(object); }

int traverse(PyObject* object, visitproc visit, void* arg) {
  Py_VISIT(self_of(object)->on_closed);
#if PY_VERSION_HEX >= 0x03090000
  Py_VISIT(Py_TYPE(object));
#endif
  return self_of(object)->pending.traverse(visit, arg);
}

int clear(PyObject* object) {
  Py_CLEAR(self_of(object)->on_closed);
  self_of(object)->pending.clear();
  return 0;
}

void deallocate(PyObject* object) {
  PyObject_GC_UnTrack(object);
  Poller* self = self_of(object);
  clear(object);
  {
    // May wait for the I/O thread.
    const py::gil_scoped_release without_gil;
    apimall_poller_free(self->poller);
  }
  self->pending.~PendingTable();
  PyTypeObject* of = Py_TYPE(object);
  PyObject_GC_Del(object);
  Py_DECREF(of);
}

/// What a final event gives: the answer, or the exception. New reference; null with a Python error set.
PyObject* outcome(const apimall_event& event, OwnedEvent& owned, bool& failed) {
  failed = event.code != APIMALL_OK;
  if (failed) {
    PyObject* last = owned.task != nullptr ? make_image_task(std::move(owned.task)) : nullptr;
    if (last == nullptr) PyErr_Clear();
    PyObject* exception = make_exception(event.code, std::move(owned.error), last);
    Py_XDECREF(last);
    return exception;
  }
  if (owned.generation != nullptr) return make_generation(owned.generation.get());
  if (owned.download != nullptr) return make_download(owned.download.get());
  if (owned.history != nullptr) return make_history(owned.history.get());
  if (owned.balances != nullptr) return make_balances(owned.balances.get());
  if (owned.task != nullptr) return make_image_task(std::move(owned.task));  // last: a download may bring one too
  return make_exception(APIMALL_ERROR_INTERNAL, nullptr);
}

/// Takes the Python error that is set. New reference.
PyObject* take_error() {
  PyObject *kind = nullptr, *value = nullptr, *traceback = nullptr;
  PyErr_Fetch(&kind, &value, &traceback);
  PyErr_NormalizeException(&kind, &value, &traceback);
  if (traceback != nullptr) PyException_SetTraceback(value, traceback);
  Py_XDECREF(kind);
  Py_XDECREF(traceback);
  return value;
}

/// Adds `(index, value)` to the list of a sink `(list, index, wake)`, and calls `wake` if the list was empty: one
/// wake-up for as many events as come before it is looked at.
void collect(PyObject* sink, PyObject* value) {
  PyObject* list = PyTuple_GET_ITEM(sink, 0);
  const bool first = PyList_GET_SIZE(list) == 0;
  PyObject* item = PyTuple_Pack(2, PyTuple_GET_ITEM(sink, 1), value);
  PyObject* result = nullptr;
  if (item != nullptr && PyList_Append(list, item) == 0) {
    result = first ? PyObject_CallFunctionObjArgs(PyTuple_GET_ITEM(sink, 2), nullptr) : (Py_INCREF(Py_None), Py_None);
  }
  if (result == nullptr) PyErr_WriteUnraisable(sink);
  Py_XDECREF(item);
  Py_XDECREF(result);
}

/// Ends a future, unless somebody has already.
void resolve(PyObject* sink, PyObject* name, PyObject* value) {
  if (PyTuple_CheckExact(sink)) return collect(sink, value);
  PyObject* done = PyObject_CallMethodNoArgs(sink, names().done);
  const bool is_done = done != Py_False;
  if (done == nullptr) PyErr_WriteUnraisable(sink);
  Py_XDECREF(done);
  if (is_done) return;
  PyObject* result = PyObject_CallMethodOneArg(sink, name, value);
  if (result == nullptr) PyErr_WriteUnraisable(sink);
  Py_XDECREF(result);
}

void deliver_progress(Poller* self, const apimall_event& event, OwnedEvent& owned) {
  Pending* pending = self->pending.find(event.token);
  if (pending == nullptr || pending->on_status == nullptr || owned.task == nullptr) return;
  PyObject* task = make_image_task(std::move(owned.task));
  PyObject* callback = pending->on_status;
  Py_INCREF(callback);
  PyObject* result = task == nullptr ? nullptr : PyObject_CallFunctionObjArgs(callback, task, nullptr);
  Py_DECREF(callback);
  Py_XDECREF(task);
  if (result != nullptr) return Py_DECREF(result);
  // The caller's own function failed: its wait ends with that.
  PyObject* error = take_error();
  pending = self->pending.find(event.token);
  if (pending != nullptr && pending->sink != nullptr) {
    const Pending told = std::exchange(*pending, {});
    resolve(told.sink, names().set_exception, error);
    Py_DECREF(told.sink);
    Py_XDECREF(told.on_status);
    apimall_poller_cancel(self->poller, event.token);
  }
  Py_XDECREF(error);
}

void deliver_final(Poller* self, const apimall_event& event, OwnedEvent& owned) {
  const Pending pending = self->pending.remove(event.token);
  if (pending.sink != nullptr) {
    bool failed = false;
    PyObject* value = outcome(event, owned, failed);
    if (value == nullptr) {
      failed = true;
      value = take_error();
    }
    resolve(pending.sink, failed ? names().set_exception : names().set_result, value);
    Py_XDECREF(value);
    Py_DECREF(pending.sink);
  }
  Py_XDECREF(pending.on_status);
}

PyObject* drain(PyObject* object, PyObject*) {
  Poller* self = self_of(object);
  std::array<apimall_event, batch_size> events;
  stay_if_going_down();
  std::int32_t code = APIMALL_OK;
  for (int batch = 0; batch < most_batches && code == APIMALL_OK; ++batch) {
    std::size_t count = 0;
    code = apimall_poller_next(self->poller, events.data(), sizeof(apimall_event), events.size(), 0, &count);
    for (std::size_t i = 0; i < count; ++i) {
      OwnedEvent owned(events[i]);
      if (events[i].type == APIMALL_EVENT_FINAL) {
        deliver_final(self, events[i], owned);
      } else {
        deliver_progress(self, events[i], owned);
      }
    }
    if (count < events.size()) break;
  }
  if (code != APIMALL_OK) self->closed = true;
  if (self->closed && self->on_closed != nullptr) {
    PyObject* on_closed = std::exchange(self->on_closed, nullptr);
    PyObject* result = PyObject_CallFunction(on_closed, "n", static_cast<Py_ssize_t>(self->handle));
    Py_DECREF(on_closed);
    if (result == nullptr) return nullptr;
    Py_DECREF(result);
  }
  Py_RETURN_NONE;
}

/// `(sink, final, value)` of an event. New reference; null with a Python error set; None for what nobody waits for.
PyObject* as_tuple(Poller* self, const apimall_event& event) {
  OwnedEvent owned(event);
  bool failed = false;
  if (event.type == APIMALL_EVENT_FINAL) {
    const Pending pending = self->pending.remove(event.token);
    Py_XDECREF(pending.on_status);
    if (pending.sink == nullptr) Py_RETURN_NONE;
    PyObject* value = outcome(event, owned, failed);
    return Py_BuildValue("NON", pending.sink, Py_True, value);
  }
  const Pending* pending = self->pending.find(event.token);
  if (pending == nullptr || pending->sink == nullptr || owned.task == nullptr) Py_RETURN_NONE;
  return Py_BuildValue("OON", pending->sink, Py_False, make_image_task(std::move(owned.task)));
}

bool have_handle(Poller* self) {
  if (self->handle != -1) return true;
  const std::int32_t code = apimall_poller_handle(self->poller, &self->handle);
  if (code != APIMALL_OK) raise_error(code, nullptr);
  return code == APIMALL_OK;
}

PyObject* take(PyObject* object, PyObject* signals) {
  Poller* self = self_of(object);
  const int with_signals = PyObject_IsTrue(signals);
  if (with_signals < 0) return nullptr;
  std::array<apimall_event, batch_size> events;
  for (;;) {
    std::size_t count = 0;
    const std::int32_t code =
        apimall_poller_next(self->poller, events.data(), sizeof(apimall_event), events.size(), 0, &count);
    if (code != APIMALL_OK) return raise_error(code, nullptr), nullptr;
    if (count > 0) {
      PyObject* list = PyList_New(0);
      for (std::size_t i = 0; i < count; ++i) {
        PyObject* item = as_tuple(self, events[i]);
        if (item == nullptr || list == nullptr || (item != Py_None && PyList_Append(list, item) != 0)) Py_CLEAR(list);
        Py_XDECREF(item);
      }
      return list;
    }
    if (!have_handle(self) || !await_readable(self->handle, with_signals == 1)) return nullptr;
  }
}

/// Registers whom to tell, and submits. New reference: the token.
PyObject* send(Poller* self, apimall_submission& submission, PyObject* sink, PyObject* on_status) {
  if (on_status == Py_None) on_status = nullptr;
  if (on_status != nullptr) submission.flags |= APIMALL_FLAG_PROGRESS;
  submission.token = self->pending.add(sink, on_status);
  apimall_error* error = nullptr;
  const std::int32_t code = apimall_poller_submit(self->poller, &submission, &error);
  if (code == APIMALL_OK) return PyLong_FromUnsignedLongLong(submission.token);
  const Pending pending = self->pending.remove(submission.token);
  raise_error(code, OwnedError(error));
  Py_XDECREF(pending.sink);
  Py_XDECREF(pending.on_status);
  return nullptr;
}

bool read_text(PyObject* text, const char*& bytes, std::size_t& size) {
  Py_ssize_t length = 0;
  bytes = PyUnicode_AsUTF8AndSize(text, &length);
  size = static_cast<std::size_t>(length);
  return bytes != nullptr;
}

PyObject* wait(PyObject* object, PyObject* const* args, Py_ssize_t count) {
  if (count != 5) {
    PyErr_SetString(PyExc_TypeError, "wait() takes sink, task_id, timeout_ms, priority and on_status");
    return nullptr;
  }
  apimall_submission submission = APIMALL_SUBMISSION_INIT;
  submission.kind = APIMALL_WORK_WAIT;
  if (!read_text(args[1], submission.task_id, submission.task_id_len)) return nullptr;
  submission.timeout_ms = PyLong_AsLongLong(args[2]);
  submission.priority = static_cast<std::int32_t>(PyLong_AsLong(args[3]));
  if (PyErr_Occurred() != nullptr) return nullptr;
  return send(self_of(object), submission, args[0], args[4]);
}

PyObject* submit(PyObject* object, PyObject* args, PyObject* kwargs) {
  static const char* const keywords[] = {"kind", "sink",      "task_id",    "body",     "folder",    "task",
                                         "page", "page_size", "timeout_ms", "priority", "on_status", nullptr};
  apimall_submission submission = APIMALL_SUBMISSION_INIT;
  PyObject *sink = nullptr, *on_status = Py_None, *task = Py_None;
  const char *task_id = nullptr, *body = nullptr, *folder = nullptr;
  Py_ssize_t task_id_len = 0, body_len = 0, folder_len = 0;
  int kind = 0, page = 0, page_size = 0, priority = 0;
  long long timeout_ms = 0;
  if (PyArg_ParseTupleAndKeywords(args, kwargs, "iO|z#z#z#OiiLiO", const_cast<char**>(keywords), &kind, &sink, &task_id,
                                  &task_id_len, &body, &body_len, &folder, &folder_len, &task, &page, &page_size,
                                  &timeout_ms, &priority, &on_status) == 0) {
    return nullptr;
  }
  submission.kind = kind;
  submission.task_id = task_id;
  submission.task_id_len = static_cast<std::size_t>(task_id_len);
  submission.body = body;
  submission.body_len = static_cast<std::size_t>(body_len);
  submission.folder = folder;
  submission.folder_len = static_cast<std::size_t>(folder_len);
  submission.task = image_task_of(task);
  submission.page = page;
  submission.page_size = page_size;
  submission.timeout_ms = timeout_ms;
  submission.priority = priority;
  return send(self_of(object), submission, sink, on_status);
}

PyObject* cancel(PyObject* object, PyObject* token) {
  Poller* self = self_of(object);
  const std::uint64_t number = PyLong_AsUnsignedLongLong(token);
  if (PyErr_Occurred() != nullptr) return nullptr;
  Pending* pending = self->pending.find(number);
  if (pending == nullptr) Py_RETURN_NONE;  // it has ended
  const Pending told = std::exchange(*pending, {});
  apimall_poller_cancel(self->poller, number);
  Py_XDECREF(told.sink);
  Py_XDECREF(told.on_status);
  Py_RETURN_NONE;
}

PyObject* sinks(PyObject* object, PyObject*) {
  PyObject* list = PyList_New(0);
  if (list != nullptr && !self_of(object)->pending.list_sinks(list)) Py_CLEAR(list);
  return list;
}

PyObject* close(PyObject* object, PyObject*) {
  {
    const py::gil_scoped_release without_gil;
    apimall_poller_close(self_of(object)->poller);
  }
  Py_RETURN_NONE;
}

PyObject* fileno(PyObject* object, PyObject*) {
  return have_handle(self_of(object)) ? PyLong_FromSsize_t(self_of(object)->handle) : nullptr;
}

PyObject* await_events(PyObject* object, PyObject*) {
  if (!have_handle(self_of(object)) || !await_readable(self_of(object)->handle, false)) return nullptr;
  Py_RETURN_NONE;
}

PyObject* closed(PyObject* object, void*) { return PyBool_FromLong(self_of(object)->closed); }

PyObject* outstanding(PyObject* object, void*) { return PyLong_FromSize_t(self_of(object)->pending.size()); }

template <typename Function>
PyCFunction function(Function* of) {
  return reinterpret_cast<PyCFunction>(reinterpret_cast<void (*)()>(of));
}

PyMethodDef methods[] = {
    {"wait", function(wait), METH_FASTCALL,
     "wait($self, sink, task_id, timeout_ms, priority, on_status, /)\n--\n\nSubmit a wait; return its token."},
    {"submit", function(submit), METH_VARARGS | METH_KEYWORDS,
     "Submit any work; return its token. Its end is told to `sink`."},
    {"cancel", cancel, METH_O, "cancel($self, token, /)\n--\n\nEnd a submission; its sink is not told."},
    {"sinks", sinks, METH_NOARGS, "sinks($self, /)\n--\n\nReturn whom it has yet to tell."},
    {"drain", drain, METH_NOARGS, "drain($self, /)\n--\n\nTell all sinks of what has happened. Never blocks."},
    {"take", take, METH_O,
     "take($self, signals, /)\n--\n\nBlock until something happened; return a list of (sink, final, value)."},
    {"await_events", await_events, METH_NOARGS,
     "await_events($self, /)\n--\n\nBlock until there is something to drain."},
    {"close", close, METH_NOARGS, "close($self, /)\n--\n\nEnd everything outstanding."},
    {"fileno", fileno, METH_NOARGS, "fileno($self, /)\n--\n\nReturn what an event loop can watch."},
    {nullptr, nullptr, 0, nullptr},
};

PyGetSetDef attributes[] = {
    {"closed", closed, nullptr, "True once all has been read and nothing more can come.", nullptr},
    {"outstanding", outstanding, nullptr, "How many submissions have not ended.", nullptr},
    {nullptr, nullptr, nullptr, nullptr, nullptr},
};

PyType_Slot slots[] = {
    {Py_tp_dealloc, reinterpret_cast<void*>(deallocate)},
    {Py_tp_traverse, reinterpret_cast<void*>(traverse)},
    {Py_tp_clear, reinterpret_cast<void*>(clear)},
    {Py_tp_methods, methods},
    {Py_tp_getset, attributes},
    {Py_tp_doc, const_cast<char*>("A queue of work and of its events, for one thread or event loop.")},
    {0, nullptr},
};

PyType_Spec spec = {
    "apimall._native.Poller",
    static_cast<int>(sizeof(Poller)),
    0,
    static_cast<unsigned int>(Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC),
    slots,
};

}  // namespace

void add_poller(py::module_& module) {
  type = reinterpret_cast<PyTypeObject*>(PyType_FromSpec(&spec));
  if (type == nullptr) throw py::error_already_set();
  type->tp_new = nullptr;  // only a client makes them
  PyType_Modified(type);
  module.attr("Poller") = py::reinterpret_borrow<py::object>(reinterpret_cast<PyObject*>(type));
}

py::object make_poller(apimall_poller* poller, const py::object& on_closed) {
  Poller* self = PyObject_GC_New(Poller, type);
  if (self == nullptr) {
    apimall_poller_free(poller);
    throw py::error_already_set();
  }
  self->poller = poller;
  self->handle = -1;
  self->closed = false;
  self->on_closed = on_closed.is_none() ? nullptr : on_closed.inc_ref().ptr();
  new (&self->pending) PendingTable();
  PyObject_GC_Track(reinterpret_cast<PyObject*>(self));
  return py::reinterpret_steal<py::object>(reinterpret_cast<PyObject*>(self));
}

}  // namespace apimall_python
