#include "model/timestamp.hpp"

#include <algorithm>
#include <array>

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
  const std::int64_t y = static_cast<std::int64_t>(year) - (month <= 2);
  const std::int64_t era = (y >= 0 ? y : y - 399) / 400;
  const std::int64_t year_of_era = y - era * 400;
  const std::int64_t day_of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
  return era * 146'097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719'468;
}

struct Date {
  unsigned year, month, day;
};

constexpr Date date_of(std::int64_t days) {
  const std::int64_t shifted = days + 719'468;
  const std::int64_t era = (shifted >= 0 ? shifted : shifted - 146'096) / 146'097;
  const std::int64_t day_of_era = shifted - era * 146'097;
  const std::int64_t year_of_era =
      (day_of_era - day_of_era / 1460 + day_of_era / 36'524 - day_of_era / 146'096) / 365;
  const std::int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const std::int64_t month_from_march = (5 * day_of_year + 2) / 153;
  const std::int64_t month = month_from_march < 10 ? month_from_march + 3 : month_from_march - 9;
  return {static_cast<unsigned>(year_of_era + era * 400 + (month <= 2)), static_cast<unsigned>(month),
          static_cast<unsigned>(day_of_year - (153 * month_from_march + 2) / 5 + 1)};
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
  constexpr std::size_t up_to_seconds = 19;  // 2026-03-12T09:31:06
  if (text.size() <= up_to_seconds) return std::nullopt;
  const char* t = text.data();
  if (t[4] != '-' || t[7] != '-' || t[10] != 'T' || t[13] != ':' || t[16] != ':') return std::nullopt;
  const unsigned century = two_digits(t);
  const unsigned of_century = two_digits(t + 2);
  const unsigned month = two_digits(t + 5);
  const unsigned day = two_digits(t + 8);
  const unsigned hour = two_digits(t + 11);
  const unsigned minute = two_digits(t + 14);
  const unsigned second = two_digits(t + 17);
  if (century > 99 || of_century > 99 || month - 1 > 11 || hour > 23 || minute > 59 || second > 59) return std::nullopt;
  const unsigned year = century * 100 + of_century;
  if (day == 0 || day > days_in_month(year, month)) return std::nullopt;
  const std::optional<std::int64_t> tail = read_tail(text.substr(up_to_seconds));
  if (!tail) return std::nullopt;
  return days_since_epoch(year, month, day) * ms_per_day + hour * ms_per_hour + minute * ms_per_minute +
         second * ms_per_second + *tail;
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
