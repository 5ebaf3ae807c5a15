// The lists of HTTP's structured fields, as far as rate limits need them: `"default";r=50;t=30, "burst";r=5;t=1`, but
// also the older `limit=100, remaining=50, reset=30` and `100, 100;w=60`.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace apimall::wire {

std::string_view trim(std::string_view text);
bool equals_ignoring_case(std::string_view text, std::string_view lower);

/// One item of a list, its parameters included.
struct ListItem {
  std::string_view text;

  /// What stands before the first parameter.
  std::string_view head() const;
  /// The number that the parameter `name` gives.
  std::optional<double> parameter(std::string_view name) const;
};

/// Splits at commas outside quotes; `next` gives nothing at the end.
class ListReader {
 public:
  explicit ListReader(std::string_view value) : rest_(value) {}
  std::optional<ListItem> next();

 private:
  std::string_view rest_;
};

}  // namespace apimall::wire
