// What every class here is made of: a handle that frees itself, and text as it crosses the C border.
#pragma once

#include <apimall/apimall.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>

namespace apimall {

/// Owns one object of the C interface, or nothing. Moves, and does not copy.
template <typename Raw, void (*Free)(Raw*)>
class Handle {
 public:
  Handle() noexcept = default;
  /// Takes over an object that belongs to the caller.
  explicit Handle(Raw* raw) noexcept : raw_(raw) {}

  /// Whether there is an object.
  explicit operator bool() const noexcept { return raw_ != nullptr; }
  /// Lends the raw handle. It stays this object's.
  Raw* get() const noexcept { return raw_.get(); }
  /// Gives the raw handle away: the caller frees it. This object is empty afterwards.
  [[nodiscard]] Raw* release() noexcept { return raw_.release(); }

 private:
  struct Deleter {
    void operator()(Raw* raw) const noexcept { Free(raw); }
  };
  std::unique_ptr<Raw, Deleter> raw_;
};

/// Text that may be absent, borrowed from the object that gave it.
using OptionalText = std::optional<std::string_view>;
/// A number that the gateway may leave out.
using OptionalNumber = std::optional<std::int64_t>;
/// A moment, to the millisecond, that the gateway may leave out.
using OptionalTime = std::optional<std::chrono::time_point<std::chrono::system_clock, std::chrono::milliseconds>>;

namespace detail {

inline std::string_view text(const char* bytes, std::size_t size) noexcept {
  return bytes != nullptr ? std::string_view(bytes, size) : std::string_view();
}

inline OptionalText optional_text(const char* bytes, std::size_t size) noexcept {
  return bytes != nullptr ? OptionalText(std::string_view(bytes, size)) : std::nullopt;
}

inline OptionalNumber optional_number(std::int64_t number) noexcept {
  return number != APIMALL_ABSENT ? OptionalNumber(number) : std::nullopt;
}

inline OptionalTime optional_time(std::int64_t unix_ms) noexcept {
  if (unix_ms == APIMALL_ABSENT) return std::nullopt;
  return OptionalTime::value_type(std::chrono::milliseconds(unix_ms));
}

/// A view of `raw`, which may be NULL: then every field is absent.
template <typename Fields, typename Raw>
Fields view(const Raw* raw, std::int32_t (*viewer)(const Raw*, Fields*), Fields fields) noexcept {
  if (raw != nullptr) viewer(raw, &fields);
  return fields;
}

/// The JSON of `raw`, which may be NULL.
template <typename Raw>
std::string_view json(const Raw* raw, std::int32_t (*reader)(const Raw*, const char**, std::size_t*)) noexcept {
  const char* bytes = nullptr;
  std::size_t size = 0;
  if (raw != nullptr) reader(raw, &bytes, &size);
  return text(bytes, size);
}

}  // namespace detail
}  // namespace apimall
