#include "wire/json_rules.hpp"

#include <vector>

#include "wire/json_text.hpp"

namespace apimall::wire {
namespace {

constexpr std::size_t deepest = 500;

class Grammar {
 public:
  explicit Grammar(std::string_view json) : json_(json) {}

  JsonFault check() {
    if (!value_and_rest()) return {at_, reason_};
    blanks();
    return at_ == json_.size() ? JsonFault{} : JsonFault{at_, "something follows the end of the document"};
  }

 private:
  bool fail(std::string_view reason) {
    reason_ = reason;
    return false;
  }
  char here() const { return at_ < json_.size() ? json_[at_] : '\0'; }
  bool take(char c) {
    if (at_ == json_.size() || json_[at_] != c) return false;
    ++at_;
    return true;
  }
  bool take(std::string_view word) {
    if (!json_.substr(at_).starts_with(word)) return false;
    at_ += word.size();
    return true;
  }
  void blanks() {
    while (at_ < json_.size() && (json_[at_] == ' ' || json_[at_] == '\t' || json_[at_] == '\r' || json_[at_] == '\n'))
      ++at_;
  }
  bool digits() {
    const std::size_t first = at_;
    while (here() >= '0' && here() <= '9') ++at_;
    return at_ > first || fail("a digit is missing");
  }

  bool number() {
    take('-');
    if (!take('0') && !digits()) return false;
    if (take('.') && !digits()) return false;
    if (!take('e') && !take('E')) return true;
    if (!take('+')) take('-');
    return digits();
  }

  bool escape() {
    const char c = here();
    if (c == '\0' || std::string_view("\"\\/bfnrtu").find(c) == std::string_view::npos)
      return fail("an escape is unknown");
    ++at_;
    if (c != 'u') return true;
    for (int i = 0; i < 4; ++i, ++at_) {
      const char digit = here();
      const bool hex =
          (digit >= '0' && digit <= '9') || (digit >= 'a' && digit <= 'f') || (digit >= 'A' && digit <= 'F');
      if (!hex) return fail("an escape lacks four hexadecimal digits");
    }
    return true;
  }

  bool text() {
    if (!take('"')) return fail("a text in double quotes is missing");
    while (!take('"')) {
      if (at_ == json_.size()) return fail("a text does not end");
      if (static_cast<unsigned char>(json_[at_]) < 0x20) return fail("a control character in a text is not escaped");
      if (take('\\')) {
        if (!escape()) return false;
        continue;
      }
      const std::size_t length = utf8_length(json_.substr(at_));
      if (length == 0) return fail("a byte is not UTF-8");
      at_ += length;
    }
    return true;
  }

  bool scalar() {
    if (here() == '"') return text();
    if (here() == '-' || (here() >= '0' && here() <= '9')) return number();
    return take("true") || take("false") || take("null") || fail("a value is missing");
  }

  bool key() {
    blanks();
    if (!text()) return false;
    blanks();
    return take(':') || fail("a colon is missing");
  }

  // A value with all that is in it. Open brackets wait in `open_`, so that depth costs no stack.
  bool value_and_rest() {
    for (;;) {
      blanks();
      const char bracket = here();
      if (bracket == '{' || bracket == '[') {
        if (open_.size() == deepest) return fail("objects and arrays are nested too deep");
        ++at_;
        open_.push_back(bracket);
        blanks();
        const bool is_empty = here() == (bracket == '{' ? '}' : ']');
        if (!is_empty) {
          if (bracket == '{' && !key()) return false;
          continue;
        }
      } else if (!scalar()) {
        return false;
      }
      if (!close_and_go_on()) return reason_.empty();
    }
  }

  // After a value: true if another one follows.
  bool close_and_go_on() {
    while (!open_.empty()) {
      blanks();
      const bool in_object = open_.back() == '{';
      if (take(',')) return !in_object || key();
      if (!take(in_object ? '}' : ']')) return fail(in_object ? "a comma or } is missing" : "a comma or ] is missing");
      open_.pop_back();
    }
    return false;
  }

  std::string_view json_;
  std::size_t at_ = 0;
  std::vector<char> open_;
  std::string_view reason_;
};

}  // namespace

JsonFault find_json_fault(std::string_view json) { return Grammar(json).check(); }

}  // namespace apimall::wire
