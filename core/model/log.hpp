// Where the floors write what an operator may want to know. Lines never hold the key or a signed URL.
#pragma once

#include <cstdint>
#include <string_view>

namespace apimall {

enum class LogLevel : std::int32_t { off = 0, error = 1, warning = 2, info = 3, debug = 4 };

class Log {
 public:
  virtual ~Log() = default;
  virtual bool wants(LogLevel level) const = 0;
  virtual void line(LogLevel level, std::string_view text) = 0;
};

}  // namespace apimall
