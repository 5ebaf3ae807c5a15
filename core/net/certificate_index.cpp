#include "net/certificate_index.hpp"

#include <array>

#include "net/name_key.hpp"

namespace apimall::net {
namespace {

constexpr std::string_view begin_line = "-----BEGIN CERTIFICATE-----";
constexpr std::string_view end_line = "-----END CERTIFICATE-----";
/// OpenSSL reads longer lines in pieces, and would take a piece for a line.
constexpr std::size_t longest_line = 250;

constexpr std::uint32_t no_digit = 1u << 31;

constexpr std::array<std::uint32_t, 256> make_digits() {
  std::array<std::uint32_t, 256> digits{};
  digits.fill(no_digit);
  std::uint32_t value = 0;
  for (const char c : std::string_view("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")) {
    digits[static_cast<unsigned char>(c)] = value++;
  }
  return digits;
}
constexpr std::array<std::uint32_t, 256> digits = make_digits();

/// Four digits of base 64 as 24 bits; has the bit `no_digit` when one of them is none.
std::uint32_t quad(const char* at) {
  const auto digit = [at](std::size_t i) { return digits[static_cast<unsigned char>(at[i])]; };
  const std::uint32_t bad = (digit(0) | digit(1) | digit(2) | digit(3)) & no_digit;
  return bad | ((digit(0) << 18 | digit(1) << 12 | digit(2) << 6 | digit(3)) & 0xffffff);
}

/// Where decoded bytes go; there is room for all of them.
class Output {
 public:
  explicit Output(std::string& bytes) : next_(bytes.data()), start_(next_) {}

  void add(std::uint32_t bits, int count = 3) {
    for (int i = 0; i < count; ++i) *next_++ = static_cast<char>(bits >> (16 - 8 * i));
  }
  std::size_t size() const { return static_cast<std::size_t>(next_ - start_); }

 private:
  char* next_;
  char* start_;
};

/// The lines of a text without what ends them: CR, LF and, as OpenSSL has it, blanks.
class Lines {
 public:
  explicit Lines(std::string_view text) : rest_(text) {}

  std::optional<std::string_view> next() {
    if (rest_.empty()) return std::nullopt;
    const std::size_t end = rest_.find('\n');
    std::string_view line = rest_.substr(0, end);
    rest_.remove_prefix(end == rest_.npos ? rest_.size() : end + 1);
    if (line.size() > longest_line) too_long_ = true;
    while (!line.empty() && (line.back() == '\r' || line.back() == ' ' || line.back() == '\t')) line.remove_suffix(1);
    return line;
  }
  bool met_a_long_one() const { return too_long_; }

 private:
  std::string_view rest_;
  bool too_long_ = false;
};

/// The end of a block's last line: one or two bytes and padding.
bool add_last_quad(Output& out, std::string_view line) {
  const std::size_t padding = line.ends_with("==") ? 2 : line.ends_with('=') ? 1 : 0;
  if (padding == 0) return false;
  std::array<char, 4> last{};
  const std::string_view digits_left = line.substr(line.size() - 4, 4 - padding);
  last.fill('A');
  digits_left.copy(last.data(), digits_left.size());
  const std::uint32_t bits = quad(last.data());
  const int count = padding == 2 ? 1 : 2;
  if ((bits & no_digit) != 0 || (bits & (padding == 2 ? 0xffffu : 0xffu)) != 0) return false;
  out.add(bits, count);
  return true;
}

/// Decodes up to the end of a block.
bool add_block(Output& out, Lines& lines) {
  bool last = false;
  while (const auto line = lines.next()) {
    if (*line == end_line) return true;
    if (last || line->empty() || line->size() % 4 != 0) return false;
    for (std::size_t at = 0; at < line->size(); at += 4) {
      const std::uint32_t bits = quad(line->data() + at);
      if ((bits & no_digit) == 0) {
        out.add(bits);
        continue;
      }
      if (at + 4 != line->size() || !add_last_quad(out, *line)) return false;
      last = true;
    }
  }
  return false;
}

}  // namespace

std::optional<CertificateIndex> index_bundle(std::string_view pem) {
  if (pem.find('\0') != pem.npos) return std::nullopt;
  CertificateIndex index;
  index.der.resize(pem.size() / 4 * 3);
  Output out(index.der);
  Lines lines(pem);
  while (const auto line = lines.next()) {
    if (*line != begin_line) {
      if (line->find("-----") != line->npos) return std::nullopt;  // some other block, or an attempt at one
      continue;
    }
    const std::size_t begin = out.size();
    if (!add_block(out, lines)) return std::nullopt;
    CertificateIndex::Entry entry{begin, out.size() - begin, std::nullopt};
    const auto subject = subject_of(index.at(entry));
    if (!subject) return std::nullopt;
    entry.key = name_key(*subject);
    index.entries.push_back(entry);
  }
  index.der.resize(out.size());
  if (lines.met_a_long_one() || index.entries.empty()) return std::nullopt;
  return index;
}

}  // namespace apimall::net
