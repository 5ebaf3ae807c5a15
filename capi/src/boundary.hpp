// What every entry point does alike: nothing thrown crosses the border, text and structs are taken and given by size.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <exception>
#include <new>
#include <string>
#include <string_view>
#include <utility>

#include "apimall/apimall.h"
#include "model/error.hpp"

namespace apimall::capi {

constexpr std::int32_t number(Code code) { return static_cast<std::int32_t>(code); }

/// Hands an error over to the caller, if it wants one. Out of memory is told by the code alone.
inline std::int32_t fail(apimall_error** out_error, Error error) noexcept {
  const std::int32_t code = number(error.code);
  if (out_error == nullptr) return code;
  *out_error = reinterpret_cast<apimall_error*>(new (std::nothrow) Error(std::move(error)));
  return *out_error != nullptr ? code : APIMALL_ERROR_OUT_OF_MEMORY;
}

inline std::int32_t fail(apimall_error** out_error, Code code, std::string message) {
  Error error;
  error.code = code;
  error.message = std::move(message);
  return fail(out_error, std::move(error));
}

/// What an out-pointer holds until there is something better, whatever becomes of the call.
template <typename T>
void preset(T* out, T value = T{}) noexcept {
  if (out != nullptr) *out = value;
}

inline std::int32_t is_null(apimall_error** out_error, const char* parameter) {
  return fail(out_error, Code::invalid_argument, std::string(parameter) + " is NULL; it must point to something.");
}

/// Runs the body of an entry point; what it throws becomes a code.
template <typename Body>
std::int32_t guarded(apimall_error** out_error, Body&& body) noexcept {
  if (out_error != nullptr) *out_error = nullptr;
  try {
    return body();
  } catch (const std::bad_alloc&) {
    return APIMALL_ERROR_OUT_OF_MEMORY;
  } catch (const std::exception& problem) {
    try {
      return fail(out_error, Code::internal, problem.what());
    } catch (...) {
      return APIMALL_ERROR_OUT_OF_MEMORY;
    }
  } catch (...) {
    return APIMALL_ERROR_INTERNAL;
  }
}

/// Text as callers give it: pointer and length, or `APIMALL_STRLEN` for NUL-terminated text.
inline std::string_view text(const char* bytes, std::size_t size) {
  if (bytes == nullptr) return {};
  return size == APIMALL_STRLEN ? std::string_view(bytes) : std::string_view(bytes, size);
}

/// Text as callers get it: NULL when absent, otherwise NUL-terminated by its owner.
inline void give(std::string_view from, const char*& bytes, std::size_t& size) {
  bytes = from.data();
  size = from.size();
}

/// No struct of any version comes near this size. What claims to be longer was never initialised, and its tail must not
/// be touched.
constexpr std::size_t longest_struct = 4096;

/// Reads a struct that begins with its size: what a shorter, older one lacks is zero; a longer, newer one is taken only
/// if what this library does not know is zero. False when it is not.
template <typename Struct>
bool read_struct(const Struct& from, Struct& to) {
  const std::size_t size = from.size;
  if (size < sizeof from.size || size > longest_struct) return false;
  const auto* bytes = reinterpret_cast<const unsigned char*>(&from);
  if (size > sizeof(Struct) &&
      std::any_of(bytes + sizeof(Struct), bytes + size, [](unsigned char b) { return b != 0; })) {
    return false;
  }
  to = Struct{};
  std::memcpy(&to, bytes, std::min(size, sizeof(Struct)));
  to.size = static_cast<std::uint32_t>(sizeof(Struct));
  return true;
}

/// Writes a struct that begins with its size: as much as the caller has room for, and zeros beyond what this library
/// knows. The size stays the caller's.
template <typename Struct>
std::int32_t write_struct(Struct from, Struct* to) {
  const std::uint32_t size = to->size;
  if (size < sizeof size || size > longest_struct) return APIMALL_ERROR_INVALID_ARGUMENT;
  from.size = size;
  auto* bytes = reinterpret_cast<unsigned char*>(to);
  std::memcpy(bytes, &from, std::min<std::size_t>(size, sizeof(Struct)));
  if (size > sizeof(Struct)) std::memset(bytes + sizeof(Struct), 0, size - sizeof(Struct));
  return APIMALL_OK;
}

}  // namespace apimall::capi
