#include "wire/http_date.hpp"

#include <array>
#include <charconv>
#include <string>

namespace apimall::wire {
namespace {

constexpr std::size_t longest = 64;
constexpr std::string_view months = "janfebmaraprmayjunjulaugsepoctnovdec";

int number(std::string_view word) {
  int value = -1;
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), value);
  return error == std::errc() && end == word.data() + word.size() && word[0] != '-' ? value : -1;
}

int month_number(std::string_view word) {
  if (word.size() != 3) return -1;
  const std::size_t at = months.find(word);
  return at == std::string_view::npos || at % 3 != 0 ? -1 : static_cast<int>(at / 3) + 1;
}

bool is_day_name(std::string_view word) {
  constexpr std::array<std::string_view, 7> days = {"monday", "tuesday",  "wednesday", "thursday",
                                                    "friday", "saturday", "sunday"};
  for (const std::string_view day : days) {
    if (word == day || word == day.substr(0, 3)) return true;
  }
  return false;
}

std::string two_digits(int value) { return {static_cast<char>('0' + value / 10), static_cast<char>('0' + value % 10)}; }

int year_near(int of_century, UnixMillis now_ms) {
  const int now = number(format_timestamp(now_ms).substr(0, 4));
  const int year = now - now % 100 + of_century;
  if (year > now + 50) return year - 100;
  return year < now - 49 ? year + 100 : year;
}

/// The form that servers write today, `Sun, 06 Nov 1994 08:49:37 GMT`; nothing if it is another. It comes with every
/// answer, so it is read without making words of it.
std::optional<UnixMillis> parse_fixed_form(std::string_view text) {
  constexpr std::string_view days = "SunMonTueWedThuFriSat";
  constexpr std::string_view fixed_months = "JanFebMarAprMayJunJulAugSepOctNovDec";
  if (text.size() != 29 || text.substr(3, 2) != ", " || text[7] != ' ' || text[11] != ' ' || text[16] != ' ' ||
      text.substr(25) != " GMT") {
    return std::nullopt;
  }
  const std::size_t day = days.find(text.substr(0, 3));
  const std::size_t month = fixed_months.find(text.substr(8, 3));
  if (day == text.npos || day % 3 != 0 || month == text.npos || month % 3 != 0) return std::nullopt;
  std::array<char, 20> iso = {'y', 'y', 'y', 'y', '-', '0', '0', '-', 'd', 'd', 'T'};
  text.copy(iso.data(), 4, 12);
  iso[5] = static_cast<char>('0' + (month / 3 + 1) / 10);
  iso[6] = static_cast<char>('0' + (month / 3 + 1) % 10);
  text.copy(iso.data() + 8, 2, 5);
  text.copy(iso.data() + 11, 8, 17);
  iso[19] = 'Z';
  return parse_timestamp(std::string_view(iso.data(), iso.size()));
}

}  // namespace

std::optional<UnixMillis> parse_http_date(std::string_view text, UnixMillis now_ms) {
  if (const auto fixed = parse_fixed_form(text)) return fixed;
  if (text.size() > longest) return std::nullopt;
  // Words in lower case; `-` parts them as blanks do.
  std::string lower(text);
  std::array<std::string_view, 7> words;
  std::size_t count = 0;
  std::size_t start = std::string::npos;
  for (std::size_t i = 0; i <= lower.size(); ++i) {
    if (i < lower.size() && lower[i] >= 'A' && lower[i] <= 'Z') lower[i] = static_cast<char>(lower[i] | 0x20);
    const bool parts = i == lower.size() || lower[i] == ' ' || lower[i] == ',' || lower[i] == '-';
    if (!parts && start == std::string::npos) start = i;
    if (!parts || start == std::string::npos) continue;
    if (count == words.size()) return std::nullopt;
    words[count++] = std::string_view(lower).substr(start, i - start);
    start = std::string::npos;
  }
  if (count < 5 || !is_day_name(words[0])) return std::nullopt;
  const bool asctime = month_number(words[1]) > 0;
  if (asctime ? count != 5 : count != 6 || (words[5] != "gmt" && words[5] != "utc")) return std::nullopt;
  const int month = month_number(asctime ? words[1] : words[2]);
  const int day = number(asctime ? words[2] : words[1]);
  const std::string_view time = asctime ? words[3] : words[4];
  const std::string_view year_word = asctime ? words[4] : words[3];
  int year = number(year_word);
  if (month < 1 || day < 1 || day > 31 || year < 0 || time.size() != 8) return std::nullopt;
  if (year_word.size() == 2) year = year_near(year, now_ms);
  if (year_word.size() != 2 && year_word.size() != 4) return std::nullopt;
  return parse_timestamp(two_digits(year / 100) + two_digits(year % 100) + '-' + two_digits(month) + '-' +
                         two_digits(day) + 'T' + std::string(time) + 'Z');
}

}  // namespace apimall::wire
