#include "wire/body_kind.hpp"

namespace apimall::wire {

BodyKind kind_of_body(std::string_view body) {
  if (body.starts_with("\xFF\xFE") || body.starts_with("\xFE\xFF")) return BodyKind::utf16;
  if (body.starts_with("\x1F\x8B")) return BodyKind::compressed;
  if (body.starts_with("\xEF\xBB\xBF")) body.remove_prefix(3);
  const std::size_t first = body.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos) return BodyKind::empty;
  body.remove_prefix(first);
  if (body.size() >= 2 && (body[0] == '\0') != (body[1] == '\0')) return BodyKind::utf16;
  switch (body[0]) {
    case '<':
      return BodyKind::html;
    case '{':
      return BodyKind::object;
    case '[':
    case '"':
    case '-':
      return BodyKind::other_json;
    default:
      break;
  }
  const bool digit = body[0] >= '0' && body[0] <= '9';
  const bool word = body.starts_with("null") || body.starts_with("true") || body.starts_with("false");
  return digit || word ? BodyKind::other_json : BodyKind::other;
}

std::string_view describe(BodyKind kind) {
  switch (kind) {
    case BodyKind::empty:
      return "the body is empty";
    case BodyKind::html:
      return "the body is HTML or XML: a proxy or a captive portal (a network's sign-in page) may have answered in the "
             "gateway's "
             "place; check the proxy settings and the base URL, or open the address in a browser";
    case BodyKind::utf16:
      return "the body is UTF-16, where JSON in UTF-8 was expected";
    case BodyKind::compressed:
      return "the body is compressed, which was not asked for; a proxy may have altered it";
    case BodyKind::object:
      return "the body is a JSON object of another shape";
    case BodyKind::other_json:
      return "the body is JSON, but not an object";
    case BodyKind::other:
      break;
  }
  return "the body is not JSON";
}

}  // namespace apimall::wire
