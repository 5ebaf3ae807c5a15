#include "values.hpp"

#include <datetime.h>

namespace apimall_python {
namespace {

constexpr std::int64_t ms_per_day = 86'400'000;

bool have_datetime() {
  if (PyDateTimeAPI == nullptr) PyDateTime_IMPORT;
  return PyDateTimeAPI != nullptr;
}

struct Date {
  std::int64_t year;
  int month;
  int day;
};

/// The civil date of a day counted from 1970-01-01. Years begin in March here, so that the leap day comes last.
Date civil_date(std::int64_t day) {
  day += 719'468;  // from 0000-03-01
  const std::int64_t era = (day >= 0 ? day : day - 146'096) / 146'097;
  const std::int64_t of_era = day - era * 146'097;
  const std::int64_t year_of_era = (of_era - of_era / 1'460 + of_era / 36'524 - of_era / 146'096) / 365;
  const std::int64_t of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const std::int64_t march_month = (5 * of_year + 2) / 153;
  const int month = static_cast<int>(march_month < 10 ? march_month + 3 : march_month - 9);
  return {year_of_era + era * 400 + (month <= 2 ? 1 : 0), month,
          static_cast<int>(of_year - (153 * march_month + 2) / 5 + 1)};
}

}  // namespace

PyObject* datetime_or_none(std::int64_t unix_ms) {
  if (unix_ms == APIMALL_ABSENT) Py_RETURN_NONE;
  if (!have_datetime()) return nullptr;
  std::int64_t day = unix_ms / ms_per_day;
  std::int64_t ms = unix_ms % ms_per_day;
  if (ms < 0) {
    ms += ms_per_day;
    --day;
  }
  if (day < -719'162 || day > 2'932'896) Py_RETURN_NONE;  // years 1 to 9999
  const Date date = civil_date(day);
  const int second = static_cast<int>(ms / 1000);
  return PyDateTimeAPI->DateTime_FromDateAndTime(static_cast<int>(date.year), date.month, date.day, second / 3600,
                                                 second / 60 % 60, second % 60, static_cast<int>(ms % 1000) * 1000,
                                                 PyDateTime_TimeZone_UTC, PyDateTimeAPI->DateTimeType);
}

PyObject* timedelta_or_none(std::int64_t from_ms, std::int64_t to_ms) {
  if (from_ms == APIMALL_ABSENT || to_ms == APIMALL_ABSENT) Py_RETURN_NONE;
  if (!have_datetime()) return nullptr;
  constexpr std::int64_t furthest =
      999'999'999 / 2 * ms_per_day;  // from 1970, so that a timedelta can tell any distance
  if (from_ms < -furthest || from_ms > furthest || to_ms < -furthest || to_ms > furthest) Py_RETURN_NONE;
  const std::int64_t ms = to_ms - from_ms;
  return PyDateTimeAPI->Delta_FromDelta(static_cast<int>(ms / ms_per_day), static_cast<int>(ms % ms_per_day / 1000),
                                        static_cast<int>(ms % 1000) * 1000, 1, PyDateTimeAPI->DeltaType);
}

}  // namespace apimall_python
