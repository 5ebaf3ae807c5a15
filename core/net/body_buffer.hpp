// Where a body lands: one growing piece of memory, reused from answer to answer, with room behind it for the parser.
#pragma once

#include <cstddef>
#include <cstdlib>
#include <memory>
#include <string_view>

namespace apimall::net {

class BodyBuffer {
 public:
  enum class Append { done, too_large, out_of_memory };

  /// Adds bytes, unless the body would then be longer than `limit`. Called from libcurl's callbacks, hence never
  /// throws.
  Append append(const char* bytes, std::size_t count, std::size_t limit) noexcept;
  /// The body, followed by `wire::body_padding` zero bytes; valid until the next call.
  std::string_view sealed() noexcept;
  /// Forgets the body, and gives memory back when an uncommonly long one took it.
  void clear() noexcept;

  std::size_t size() const noexcept { return size_; }

 private:
  struct Free {
    void operator()(char* memory) const noexcept { std::free(memory); }
  };
  bool reserve(std::size_t count) noexcept;

  std::unique_ptr<char, Free> memory_;
  std::size_t size_ = 0;
  std::size_t capacity_ = 0;  ///< without the padding
};

}  // namespace apimall::net
