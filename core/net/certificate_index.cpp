#include "net/certificate_index.hpp"

#include <array>
#include <utility>

#include "net/name_key.hpp"

namespace apimall::net {
namespace {

constexpr std::string_view begin_line = "-----BEGIN CERTIFICATE-----";
constexpr std::string_view end_line = "-----END CERTIFICATE-----";
/// OpenSSL reads longer lines in pieces, and would take a piece for a line.
constexpr std::size_t longest_line = 250;

constexpr std::uint32_t no_digit = 1u << 31;

using Digits = std::array<std::uint32_t, 256>;

/// The digits of base 64 where they stand as one of four.
constexpr Digits digits_at(int shift) {
  Digits digits{};
  digits.fill(no_digit);
  std::uint32_t value = 0;
  for (const char c : std::string_view("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")) {
    digits[static_cast<unsigned char>(c)] = value++ << shift;
  }
  return digits;
}
constexpr std::array<Digits, 4> digits{digits_at(18), digits_at(12), digits_at(6), digits_at(0)};

/// Four digits of base 64 as 24 bits; has the bit `no_digit` when one of them is none.
inline std::uint32_t quad(const char* at) {
  const auto digit = [at](std::size_t i) { return digits[i][static_cast<unsigned char>(at[i])]; };
  return digit(0) | digit(1) | digit(2) | digit(3);
}

/// Where decoded bytes go: over the text itself, of which four have been read for each three.
class Output {
 public:
  explicit Output(std::string& text) : next_(text.data()), start_(next_) {}

  void add(std::uint32_t bits) {
    next_[0] = static_cast<char>(bits >> 16);
    next_[1] = static_cast<char>(bits >> 8);
    next_[2] = static_cast<char>(bits);
    next_ += 3;
  }
  /// Takes back the last of what was added.
  void drop(std::ptrdiff_t count) { next_ -= count; }
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
  const int padding = line.ends_with("==") ? 2 : line.ends_with('=') ? 1 : 0;
  if (padding == 0) return false;
  std::array<char, 4> last{};
  last.fill('A');
  line.copy(last.data(), static_cast<std::size_t>(4 - padding), line.size() - 4);
  const std::uint32_t bits = quad(last.data());
  if ((bits & no_digit) != 0 || (bits & (padding == 2 ? 0xffffu : 0xffu)) != 0) return false;
  out.add(bits);
  out.drop(padding);
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

std::optional<CertificateIndex> index_bundle(std::string pem) {
  if (pem.find('\0') != pem.npos) return std::nullopt;
  CertificateIndex index;
  Output out(pem);
  Lines lines(pem);
  while (const auto line = lines.next()) {
    if (*line != begin_line) {
      if (line->find("-----") != line->npos) return std::nullopt;  // some other block, or an attempt at one
      continue;
    }
    const std::size_t begin = out.size();
    if (!add_block(out, lines)) return std::nullopt;
    CertificateIndex::Entry entry{begin, out.size() - begin, std::nullopt};
    const auto subject = subject_of(std::string_view(pem).substr(entry.begin, entry.size));
    if (!subject) return std::nullopt;
    entry.key = name_key(*subject);
    index.entries.push_back(entry);
  }
  if (lines.met_a_long_one() || index.entries.empty()) return std::nullopt;
  pem.resize(out.size());
  index.der = std::move(pem);
  return index;
}

}  // namespace apimall::net
