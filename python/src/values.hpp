// From the C ABI's plain values to Python's. Each gives a new reference, or null with a Python error set.
#pragma once

#include <cstddef>
#include <cstdint>

#include "python.hpp"

namespace apimall_python {

/// Text, or None where it is absent. What is not UTF-8 is replaced and not refused: the rest of an answer still counts.
inline PyObject* text_or_none(const char* bytes, std::size_t size) {
  if (bytes == nullptr) Py_RETURN_NONE;
  return PyUnicode_DecodeUTF8(bytes, static_cast<Py_ssize_t>(size), "replace");
}

inline PyObject* number_or_none(std::int64_t number) {
  if (number == APIMALL_ABSENT) Py_RETURN_NONE;
  return PyLong_FromLongLong(number);
}

/// An aware datetime in UTC; None where it is absent, or beyond the years that Python can tell.
PyObject* datetime_or_none(std::int64_t unix_ms);

/// A timedelta; None if either end is absent.
PyObject* timedelta_or_none(std::int64_t from_ms, std::int64_t to_ms);

}  // namespace apimall_python
