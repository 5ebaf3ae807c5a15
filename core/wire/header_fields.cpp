#include "wire/header_fields.hpp"

#include "wire/decimal.hpp"

namespace apimall::wire {
namespace {

// The first of `mark` outside quotes, or the end.
std::size_t find_unquoted(std::string_view text, char mark) {
  bool quoted = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '"') quoted = !quoted;
    if (quoted && text[i] == '\\')
      ++i;
    else if (!quoted && text[i] == mark)
      return i;
  }
  return text.size();
}

// Cuts off what stands before `mark`.
std::string_view take_until(std::string_view& rest, char mark) {
  const std::size_t end = find_unquoted(rest, mark);
  const std::string_view part = rest.substr(0, end);
  rest.remove_prefix(end == rest.size() ? end : end + 1);
  return trim(part);
}

}  // namespace

std::string_view trim(std::string_view text) {
  constexpr std::string_view blank = " \t\r\n";
  const std::size_t first = text.find_first_not_of(blank);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(blank) - first + 1);
}

bool equals_ignoring_case(std::string_view text, std::string_view lower) {
  if (text.size() != lower.size()) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i] >= 'A' && text[i] <= 'Z' ? static_cast<char>(text[i] | 0x20) : text[i];
    if (c != lower[i]) return false;
  }
  return true;
}

std::string_view ListItem::head() const {
  std::string_view rest = text;
  return take_until(rest, ';');
}

std::optional<double> ListItem::parameter(std::string_view name) const {
  std::string_view rest = text;
  take_until(rest, ';');
  while (!rest.empty()) {
    std::string_view value = take_until(rest, ';');
    if (equals_ignoring_case(take_until(value, '='), name)) return parse_decimal(trim(value));
  }
  return std::nullopt;
}

std::optional<ListItem> ListReader::next() {
  while (!rest_.empty()) {
    const std::string_view item = take_until(rest_, ',');
    if (!item.empty()) return ListItem{item};
  }
  return std::nullopt;
}

}  // namespace apimall::wire
