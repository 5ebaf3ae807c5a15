// What is outstanding on one poller: for each token, who is to be told. Guarded by the GIL.
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "python.hpp"

namespace apimall_python {

/// Owned references, or null. A reference that is dropped may run foreign code: take it out of the table first.
struct Pending {
  PyObject* sink = nullptr;       // a future, a tuple `(list, index, wake)`, or whatever `take` is to give back
  PyObject* on_status = nullptr;  // called with each snapshot on the way
};

/// A token is a slot's number and how often the slot was used, so that one that has ended is never taken for another.
class PendingTable {
 public:
  std::uint64_t add(PyObject* sink, PyObject* on_status) {
    if (free_.empty()) {
      slots_.emplace_back();
      free_.push_back(static_cast<std::uint32_t>(slots_.size() - 1));
    }
    const std::uint32_t number = free_.back();
    free_.pop_back();
    Slot& slot = slots_[number];
    Py_INCREF(sink);
    Py_XINCREF(on_status);
    slot.pending = {sink, on_status};
    slot.used = true;
    return std::uint64_t{slot.generation} << 32 | number;
  }

  /// Null if the token is not outstanding.
  Pending* find(std::uint64_t token) {
    const auto number = static_cast<std::uint32_t>(token);
    if (number >= slots_.size()) return nullptr;
    Slot& slot = slots_[number];
    return slot.used && slot.generation == token >> 32 ? &slot.pending : nullptr;
  }

  /// Takes it out; the caller owns the references.
  Pending remove(std::uint64_t token) {
    Pending* pending = find(token);
    if (pending == nullptr) return {};
    const auto number = static_cast<std::uint32_t>(token);
    slots_[number].used = false;
    ++slots_[number].generation;
    free_.push_back(number);
    return std::exchange(*pending, {});
  }

  std::size_t size() const { return slots_.size() - free_.size(); }

  /// Appends whom it has yet to tell. False with a Python error set.
  bool list_sinks(PyObject* list) const {
    for (std::size_t i = 0; i < slots_.size(); ++i) {
      PyObject* sink = slots_[i].pending.sink;
      if (sink != nullptr && PyList_Append(list, sink) != 0) return false;
    }
    return true;
  }

  int traverse(visitproc visit, void* arg) const {
    for (const Slot& slot : slots_) {
      Py_VISIT(slot.pending.sink);
      Py_VISIT(slot.pending.on_status);
    }
    return 0;
  }

  /// Forgets whom to tell; the tokens stay outstanding.
  void clear() {
    for (std::size_t i = 0; i < slots_.size(); ++i) {
      const Pending pending = std::exchange(slots_[i].pending, {});
      Py_XDECREF(pending.sink);
      Py_XDECREF(pending.on_status);
    }
  }

 private:
  struct Slot {
    Pending pending;
    std::uint32_t generation = 0;
    bool used = false;
  };
  std::vector<Slot> slots_;
  std::vector<std::uint32_t> free_;
};

}  // namespace apimall_python
