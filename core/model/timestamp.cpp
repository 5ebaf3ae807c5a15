#include "model/timestamp.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>

namespace apimall {
namespace {

constexpr std::int64_t ms_per_second = 1000;
constexpr std::int64_t ms_per_minute = 60 * ms_per_second;
constexpr std::int64_t ms_per_hour = 60 * ms_per_minute;
constexpr std::int64_t ms_per_day = 24 * ms_per_hour;
constexpr UnixMillis year_0000 = -719'528 * ms_per_day;
constexpr UnixMillis year_10000 = 2'932'897 * ms_per_day;

// Two digits, or something above 99 when either is none.
constexpr unsigned two_digits(const char* at) {
  const unsigned tens = static_cast<unsigned char>(at[0]) - unsigned{'0'};
  const unsigned ones = static_cast<unsigned char>(at[1]) - unsigned{'0'};
  return tens < 10 && ones < 10 ? tens * 10 + ones : 1000;
}

constexpr bool is_leap(unsigned year) { return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0); }

constexpr unsigned days_in_month(unsigned year, unsigned month) {
  constexpr std::array<unsigned char, 13> days = {0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  return month == 2 && is_leap(year) ? 29 : days[month];
}

// The year is thought to begin in March, so that the leap day is its last: the months' lengths then follow one formula.
constexpr std::int64_t days_since_epoch(unsigned year, unsigned month, unsigned day) {
  const unsigned y = year + 400 - (month <= 2);  // 400 years on, so that nothing is negative
  const unsigned day_of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
  return std::int64_t{y * 365 + y / 4 - y / 100 + y / 400 + day_of_year} - 719'468 - 146'097;
}

struct Date {
  unsigned year, month, day;
};

constexpr Date date_of(std::int64_t days) {
  const std::int64_t shifted = days + 719'468;
  const std::int64_t era = (shifted >= 0 ? shifted : shifted - 146'096) / 146'097;
  const std::int64_t day_of_era = shifted - era * 146'097;
  const std::int64_t year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36'524 - day_of_era / 146'096) / 365;
  const std::int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const std::int64_t month_from_march = (5 * day_of_year + 2) / 153;
  const std::int64_t month = month_from_march < 10 ? month_from_march + 3 : month_from_march - 9;
  return {static_cast<unsigned>(year_of_era + era * 400 + (month <= 2)), static_cast<unsigned>(month),
          static_cast<unsigned>(day_of_year - (153 * month_from_march + 2) / 5 + 1)};
}

struct Clock {
  unsigned hour, minute, second;
};

// Left to itself the compiler calls this one, for it is used twice; inline, a whole answer is parsed a tenth sooner.
inline std::optional<UnixMillis> unix_millis(Date date, Clock clock, std::int64_t millis) {
  if (date.month - 1 > 11 || clock.hour > 23 || clock.minute > 59 || clock.second > 59) return std::nullopt;
  if (date.day == 0 || date.day > days_in_month(date.year, date.month)) return std::nullopt;
  const unsigned seconds = (clock.hour * 60 + clock.minute) * 60 + clock.second;
  return days_since_epoch(date.year, date.month, date.day) * ms_per_day + std::int64_t{seconds} * ms_per_second +
         millis;
}

// The gateway's own form is recognised by three words: what differs from `own_form` must be digits where it has a 0 and
// nothing elsewhere.
constexpr std::string_view own_form = "0000-00-00T00:00:00.000Z";

constexpr std::uint64_t bytes_of(std::string_view text, std::size_t at) {
  std::array<char, 8> bytes{};
  for (std::size_t i = 0; i < 8; ++i) bytes[i] = text[at + i];
  return std::bit_cast<std::uint64_t>(bytes);
}

// What must be added to a byte for its high bit to show that it is out of range: above 9 for a digit, above 0
// elsewhere.
constexpr std::uint64_t range_at(std::string_view form, std::size_t at) {
  std::array<char, 8> bytes{};
  for (std::size_t i = 0; i < 8; ++i) bytes[i] = form[at + i] == '0' ? 0x76 : 0x7F;
  return std::bit_cast<std::uint64_t>(bytes);
}

template <std::size_t At>
std::uint64_t out_of_range(std::string_view text) {
  static constexpr std::uint64_t form = bytes_of(own_form, At);
  static constexpr std::uint64_t range = range_at(own_form, At);
  std::uint64_t differing;
  std::memcpy(&differing, text.data() + At, sizeof differing);
  differing ^= form;
  return (differing | (differing + range)) & 0x8080808080808080u;
}

bool has_own_form(std::string_view text) {
  return text.size() == own_form.size() &&
         (out_of_range<0>(text) | out_of_range<8>(text) | out_of_range<16>(text)) == 0;
}

// What follows the seconds: a fraction, if any, and the zone. Gives the milliseconds to add.
std::optional<std::int64_t> read_tail(std::string_view tail) {
  std::int64_t millis = 0;
  if (!tail.empty() && tail[0] == '.') {
    std::size_t digits = 0;
    std::int64_t weight = 100;
    for (tail.remove_prefix(1); digits < tail.size() && tail[digits] >= '0' && tail[digits] <= '9'; ++digits) {
      millis += (tail[digits] - '0') * weight;
      weight /= 10;
    }
    if (digits == 0 || digits > 9) return std::nullopt;
    tail.remove_prefix(digits);
  }
  if (tail == "Z") return millis;
  if (tail.size() != 6 || (tail[0] != '+' && tail[0] != '-') || tail[3] != ':') return std::nullopt;
  const unsigned hours = two_digits(&tail[1]);
  const unsigned minutes = two_digits(&tail[4]);
  if (hours > 23 || minutes > 59) return std::nullopt;
  const std::int64_t offset = hours * ms_per_hour + minutes * ms_per_minute;
  return tail[0] == '+' ? millis - offset : millis + offset;
}

char* write_digits(char* out, std::uint64_t value, int count) {
  for (int i = count - 1; i >= 0; --i, value /= 10) out[i] = static_cast<char>('0' + value % 10);
  return out + count;
}

}  // namespace

std::optional<UnixMillis> parse_timestamp(std::string_view text) {
  const char* t = text.data();
  if (has_own_form(text)) {
    const auto digit = [t](std::size_t i) { return static_cast<unsigned char>(t[i]) - unsigned{'0'}; };
    const auto pair = [digit](std::size_t i) { return digit(i) * 10 + digit(i + 1); };
    const Date date = {pair(0) * 100 + pair(2), pair(5), pair(8)};
    return unix_millis(date, {pair(11), pair(14), pair(17)}, digit(20) * 100 + pair(21));
  }
  constexpr std::size_t up_to_seconds = 19;  // 2026-03-12T09:31:06
  if (text.size() <= up_to_seconds) return std::nullopt;
  if (t[4] != '-' || t[7] != '-' || t[10] != 'T' || t[13] != ':' || t[16] != ':') return std::nullopt;
  const unsigned century = two_digits(t);
  const unsigned of_century = two_digits(t + 2);
  if (century > 99 || of_century > 99) return std::nullopt;
  const std::optional<std::int64_t> tail = read_tail(text.substr(up_to_seconds));
  if (!tail) return std::nullopt;
  const Date date = {century * 100 + of_century, two_digits(t + 5), two_digits(t + 8)};
  return unix_millis(date, {two_digits(t + 11), two_digits(t + 14), two_digits(t + 17)}, *tail);
}

std::string format_timestamp(UnixMillis time) {
  const UnixMillis bounded = std::clamp(time, year_0000, year_10000 - 1);
  const std::int64_t of_day = (bounded % ms_per_day + ms_per_day) % ms_per_day;
  const Date date = date_of((bounded - of_day) / ms_per_day);
  std::array<char, 24> text;
  char* out = write_digits(text.data(), date.year, 4);
  const auto part = [&out](char before, std::uint64_t value, int digits) {
    *out++ = before;
    out = write_digits(out, value, digits);
  };
  const auto rest = static_cast<std::uint64_t>(of_day);
  part('-', date.month, 2);
  part('-', date.day, 2);
  part('T', rest / ms_per_hour, 2);
  part(':', rest / ms_per_minute % 60, 2);
  part(':', rest / ms_per_second % 60, 2);
  part('.', rest % 1000, 3);
  *out = 'Z';
  return std::string(text.data(), text.size());
}

}  // namespace apimall
