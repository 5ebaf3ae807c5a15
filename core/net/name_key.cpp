#include "net/name_key.hpp"

namespace apimall::net {
namespace {

constexpr unsigned char tag_integer = 0x02;
constexpr unsigned char tag_object_identifier = 0x06;
constexpr unsigned char tag_utf8 = 0x0c;
constexpr unsigned char tag_printable = 0x13;
constexpr unsigned char tag_t61 = 0x14;
constexpr unsigned char tag_ia5 = 0x16;
constexpr unsigned char tag_visible = 0x1a;
constexpr unsigned char tag_sequence = 0x30;
constexpr unsigned char tag_set = 0x31;
constexpr unsigned char tag_version = 0xa0;

/// One element of DER: definite lengths and short tags only, which is all that certificates have.
struct Element {
  unsigned char tag = 0;
  std::string_view whole;
  std::string_view content;
};

std::optional<Element> take_element(std::string_view& rest) {
  const auto byte = [&](std::size_t at) { return static_cast<unsigned char>(rest[at]); };
  if (rest.size() < 2 || (byte(0) & 0x1f) == 0x1f) return std::nullopt;
  std::size_t head = 2;
  std::size_t length = byte(1);
  if (length >= 0x80) {
    const std::size_t count = length - 0x80;
    if (count == 0 || count > 4 || rest.size() < 2 + count) return std::nullopt;
    length = 0;
    for (; head < 2 + count; ++head) length = length << 8 | byte(head);
  }
  if (rest.size() - head < length) return std::nullopt;
  const Element element{byte(0), rest.substr(0, head + length), rest.substr(head, length)};
  rest.remove_prefix(head + length);
  return element;
}

std::optional<Element> take_element(std::string_view& rest, unsigned char tag) {
  const auto element = take_element(rest);
  return element && element->tag == tag ? element : std::nullopt;
}

class Hash {
 public:
  void add(unsigned char byte) { value_ = (value_ ^ byte) * 0x100000001b3; }
  std::uint64_t value() const { return value_; }

 private:
  std::uint64_t value_ = 0xcbf29ce484222325;
};

bool is_space(unsigned char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

/// The key of one `AttributeTypeAndValue`.
std::optional<std::uint64_t> attribute_key(std::string_view attribute) {
  const auto type = take_element(attribute, tag_object_identifier);
  const auto value = take_element(attribute);
  if (!type || !value || !attribute.empty()) return std::nullopt;
  const bool utf8 = value->tag == tag_utf8;
  if (!utf8 && value->tag != tag_printable && value->tag != tag_t61 && value->tag != tag_ia5 &&
      value->tag != tag_visible) {
    return std::nullopt;
  }
  Hash hash;
  for (const char c : type->whole) hash.add(static_cast<unsigned char>(c));
  for (const char signed_char : value->content) {
    const auto c = static_cast<unsigned char>(signed_char);
    if (c >= 0x80 && !utf8) return std::nullopt;
    if (is_space(c)) continue;
    hash.add(c >= 'A' && c <= 'Z' ? static_cast<unsigned char>(c + 32) : c);
  }
  return hash.value();
}

}  // namespace

std::optional<std::uint64_t> name_key(std::string_view name) {
  auto parts = take_element(name, tag_sequence);
  if (!parts || !name.empty()) return std::nullopt;
  std::uint64_t sum = 0;  // in no order, as the attributes of one part have none
  while (!parts->content.empty()) {
    auto part = take_element(parts->content, tag_set);
    if (!part) return std::nullopt;
    while (!part->content.empty()) {
      const auto attribute = take_element(part->content, tag_sequence);
      const auto key = attribute ? attribute_key(attribute->content) : std::nullopt;
      if (!key) return std::nullopt;
      sum += *key;
    }
  }
  return sum;
}

std::optional<std::string_view> subject_of(std::string_view certificate) {
  auto outer = take_element(certificate, tag_sequence);
  if (!outer || !certificate.empty()) return std::nullopt;
  auto signed_part = take_element(outer->content, tag_sequence);
  if (!signed_part) return std::nullopt;
  std::string_view rest = signed_part->content;
  if (!rest.empty() && static_cast<unsigned char>(rest[0]) == tag_version && !take_element(rest)) return std::nullopt;
  if (!take_element(rest, tag_integer)) return std::nullopt;  // serial number
  for (int before = 0; before < 3; ++before) {                // algorithm, issuer, validity
    if (!take_element(rest, tag_sequence)) return std::nullopt;
  }
  const auto subject = take_element(rest, tag_sequence);
  if (!subject) return std::nullopt;
  return subject->whole;
}

}  // namespace apimall::net
