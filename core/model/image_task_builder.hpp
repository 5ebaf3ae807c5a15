// Makes image tasks: one piece of memory for the object, its URL list, the JSON and the texts, in this order.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

#include "model/image_task.hpp"

namespace apimall {

class ImageTaskBuilder {
 public:
  /// How many readable bytes must follow every text given to `build`: short texts are copied in steps of this size.
  static constexpr std::size_t stride = 32;

  /// Copies everything. A text whose `data()` is that of one of `result_urls` shares that one's copy.
  /// Nothing when memory is out.
  static ImageTaskRef build(const ImageTaskFields& fields, std::span<const std::string_view> result_urls,
                            std::string_view json) noexcept;
};

}  // namespace apimall
