// A task's id, kept in place: of a million waits none allocates for it, and no step of the engine follows a pointer to
// it. Ids longer than any that the gateway is known to give are kept on the heap.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <utility>

namespace apimall::engine {

class TaskId {
 public:
  TaskId() = default;
  /// At most 65,535 bytes.
  template <std::convertible_to<std::string_view> Text>
    requires(!std::same_as<Text, TaskId>)
  TaskId(const Text& text) {  // NOLINT(google-explicit-constructor): it is the same text
    const std::string_view view = text;
    size_ = static_cast<std::uint16_t>(view.size());
    char* place = bytes_;
    if (size_ > in_place) {
      place = new char[size_];
      std::memcpy(bytes_, static_cast<const void*>(&place), sizeof place);
    }
    view.copy(place, size_);
  }
  TaskId(const TaskId& other) : TaskId(other.view()) {}
  TaskId(TaskId&& other) noexcept { take(other); }
  TaskId& operator=(const TaskId& other) { return *this = TaskId(other); }
  TaskId& operator=(TaskId&& other) noexcept {
    if (this == &other) return *this;
    let_go();
    take(other);
    return *this;
  }
  ~TaskId() { let_go(); }

  bool empty() const { return size_ == 0; }
  std::string_view view() const { return {size_ > in_place ? on_heap() : bytes_, size_}; }
  operator std::string_view() const { return view(); }  // NOLINT(google-explicit-constructor): it is the same text
  friend bool operator==(const TaskId& a, std::string_view b) { return a.view() == b; }

 private:
  static constexpr std::size_t in_place = 40;

  /// Kept as bytes, so that a record with an id in it is not padded to a pointer's alignment.
  char* on_heap() const {
    char* place = nullptr;
    std::memcpy(static_cast<void*>(&place), bytes_, sizeof place);
    return place;
  }
  void let_go() noexcept {
    if (size_ > in_place) delete[] on_heap();
  }
  void take(TaskId& other) noexcept {
    std::memcpy(bytes_, other.bytes_, in_place);
    size_ = std::exchange(other.size_, std::uint16_t{0});
  }

  char bytes_[in_place] = {};
  std::uint16_t size_ = 0;
};

}  // namespace apimall::engine
