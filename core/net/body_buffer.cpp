#include "net/body_buffer.hpp"

#include <algorithm>
#include <cstring>

#include "wire/response.hpp"

namespace apimall::net {
namespace {

constexpr std::size_t least_capacity = 4096 - wire::body_padding;
/// What a pooled buffer may keep: sixty-four of them then cost at most 16 MiB.
constexpr std::size_t most_kept = 256u << 10;

}  // namespace

bool BodyBuffer::reserve(std::size_t count) noexcept {
  if (memory_ != nullptr && count <= capacity_) return true;
  const std::size_t capacity = std::max({count, capacity_ * 2, least_capacity});
  auto* grown = static_cast<char*>(std::realloc(memory_.get(), capacity + wire::body_padding));
  if (grown == nullptr) return false;
  static_cast<void>(memory_.release());
  memory_.reset(grown);
  capacity_ = capacity;
  return true;
}

BodyBuffer::Append BodyBuffer::append(const char* bytes, std::size_t count, std::size_t limit) noexcept {
  if (count > limit || size_ > limit - count) return Append::too_large;
  if (!reserve(size_ + count)) return Append::out_of_memory;
  std::memcpy(memory_.get() + size_, bytes, count);
  size_ += count;
  return Append::done;
}

std::string_view BodyBuffer::sealed() noexcept {
  static constexpr char nothing[wire::body_padding + 1] = {};
  if (memory_ == nullptr) return {nothing, 0};
  std::memset(memory_.get() + size_, 0, wire::body_padding);
  return {memory_.get(), size_};
}

void BodyBuffer::clear() noexcept {
  size_ = 0;
  if (capacity_ <= most_kept) return;
  memory_.reset();
  capacity_ = 0;
}

}  // namespace apimall::net
