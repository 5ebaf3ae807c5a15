// From an attribute's name to its number, by the address of the interned name: a few instructions, where the general
// look-up goes through type, method cache and descriptor.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "python.hpp"

namespace apimall_python {

class NameTable {
 public:
  static constexpr std::size_t none = SIZE_MAX;

  /// False with a Python error set.
  bool add(const char* name, std::size_t number) {
    PyObject* interned = PyUnicode_InternFromString(name);  // kept for ever, so that no other name gets its address
    if (interned == nullptr) return false;
    std::size_t at = place(interned);
    while (entries_[at].name != nullptr) at = (at + 1) % entries_.size();
    entries_[at] = {interned, number};
    return true;
  }

  /// `none` for a name that was not added, or is not interned.
  std::size_t find(const PyObject* name) const {
    for (std::size_t at = place(name); entries_[at].name != nullptr; at = (at + 1) % entries_.size()) {
      if (entries_[at].name == name) return entries_[at].number;
    }
    return none;
  }

 private:
  struct Entry {
    const PyObject* name = nullptr;
    std::size_t number = 0;
  };

  std::size_t place(const PyObject* name) const {
    const auto address = reinterpret_cast<std::uintptr_t>(name);
    return (address >> 4 ^ address >> 12) % entries_.size();
  }

  std::array<Entry, 64> entries_{};  // more than half stays free
};

}  // namespace apimall_python
