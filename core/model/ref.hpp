// Shared ownership with the count inside the object: a handle that crosses the C border is then one plain pointer.
#pragma once

#include <atomic>
#include <cstdint>
#include <utility>

namespace apimall {

/// Base of immutable objects that several owners share. `T` gives `static void destroy(const T*)`.
template <typename T>
class Shared {
 public:
  Shared(const Shared&) = delete;
  Shared& operator=(const Shared&) = delete;

  void retain() const noexcept { count_.fetch_add(1, std::memory_order_relaxed); }
  void release() const noexcept {
    if (count_.fetch_sub(1, std::memory_order_acq_rel) == 1) T::destroy(static_cast<const T*>(this));
  }

 protected:
  Shared() = default;
  ~Shared() = default;

 private:
  mutable std::atomic<std::uint32_t> count_{1};
};

/// Owns one count of a `Shared` object, or nothing.
template <typename T>
class Ref {
 public:
  Ref() = default;
  /// Takes over a count that already belongs to the caller.
  static Ref adopt(T* object) noexcept { return Ref(object); }
  Ref(const Ref& other) noexcept : object_(other.object_) {
    if (object_ != nullptr) object_->retain();
  }
  Ref(Ref&& other) noexcept : object_(std::exchange(other.object_, nullptr)) {}
  Ref& operator=(Ref other) noexcept {
    std::swap(object_, other.object_);
    return *this;
  }
  ~Ref() {
    if (object_ != nullptr) object_->release();
  }

  explicit operator bool() const noexcept { return object_ != nullptr; }
  T& operator*() const noexcept { return *object_; }
  T* operator->() const noexcept { return object_; }
  T* get() const noexcept { return object_; }
  /// Hands the count over to the caller.
  [[nodiscard]] T* detach() noexcept { return std::exchange(object_, nullptr); }

 private:
  explicit Ref(T* object) noexcept : object_(object) {}
  T* object_ = nullptr;
};

}  // namespace apimall
