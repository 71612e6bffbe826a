"""Days as offices write them: always day before month, deadlines by day, quarter or year."""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.translation import gettext as _

from cadres.text import clean, fold

FIRST_YEAR, LAST_YEAR = 1900, 2100
YOUNGEST_MEMBER = 18  # Điều lệ Đảng: from eighteen years of age
EXCEL_DAY_ZERO = date(1899, 12, 30)
LAST_SERIAL = (date(LAST_YEAR, 12, 31) - EXCEL_DAY_ZERO).days
SHOWN = 40  # characters of an unreadable cell that a message repeats

DAY_MONTH_YEAR = re.compile(r"([0-9]{1,2})([/.-])([0-9]{1,2})\2([0-9]{4})")
IN_WORDS = re.compile(r"(?:ngay )?([0-9]{1,2}) thang ([0-9]{1,2}) nam ([0-9]{4})")
ISO = re.compile(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})(?:[ T]00:00(?::00(?:\.0+)?)?)?")
MONTH_YEAR = re.compile(r"(?:thang )?([0-9]{1,2})/([0-9]{4})")
YEAR = re.compile(r"(?:nam )?([0-9]{4})")
DAY_MONTH = re.compile(r"([0-9]{1,2})[/.-]([0-9]{1,2})")
QUARTER = re.compile(r"(?:het )?(?:quy|q) ?(iv|i{1,3}|[1-4])(?:(?: ?[/-] ?| nam | )([0-9]{4}))?")
WHOLE_YEAR = re.compile(r"(?:(?:ca|trong|het) )?nam(?: ([0-9]{4}))?")
QUARTERS = {"i": 1, "ii": 2, "iii": 3, "iv": 4}
ROMAN = ("I", "II", "III", "IV")


class DateError(ValueError):
    """A day that does not exist or cannot be read; the message is for people."""


@dataclass(frozen=True)
class Due:
    """A deadline (thời hạn hoàn thành): how it was stated and its last day."""

    kind: str  # day, quarter or year
    due_on: date


def parse_day(value: object) -> date:
    """A day from a cell or a field: a date, a serial of Excel, or text with the day first.

    Raises DateError in words: a day that the month does not have, a month that is none, text that is no date.
    """
    if isinstance(value, date):
        return _existing_day(value.day, value.month, value.year)
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return _from_serial(value)
    text = "" if value is None else clean(str(value))
    parts = _day_month_year(text)
    if parts is None:
        raise _unreadable(text)
    return _existing_day(*parts)


def _from_serial(serial: float) -> date:
    """An unformatted date cell is a count of days. What looks like a bare year is no day."""
    if not LAST_YEAR < serial <= LAST_SERIAL:  # refuses not-a-number too
        raise _unreadable(f"{serial:g}")
    return EXCEL_DAY_ZERO + timedelta(days=int(serial))


def _day_month_year(text: str) -> tuple[int, int, int] | None:
    if match := DAY_MONTH_YEAR.fullmatch(text):
        return int(match[1]), int(match[3]), int(match[4])
    if match := ISO.fullmatch(text):
        return int(match[3]), int(match[2]), int(match[1])
    if match := IN_WORDS.fullmatch(fold(text)):
        return int(match[1]), int(match[2]), int(match[3])
    return None


def _existing_day(day: int, month: int, year: int) -> date:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise DateError(_("Invalid date: the year %(year)s is not plausible") % {"year": year})
    if not 1 <= month <= 12:
        raise DateError(
            _("Invalid date: there is no month %(month)s (the day comes first)") % {"month": month}
        )
    days = monthrange(year, month)[1]
    if day > days:
        raise DateError(
            _("Invalid date: month %(month)s/%(year)s has only %(days)s days")
            % {"month": month, "year": year, "days": days}
        )
    if day == 0:
        raise DateError(_("Invalid date: there is no day 0"))
    return date(year, month, day)


def _unreadable(text: str) -> DateError:
    if not text:
        return DateError(_("The date is missing"))
    return DateError(
        _("“%(text)s” is not a date; write day/month/year, for example 26/03/2024") % {"text": text[:SHOWN]}
    )


def parse_birth_year(value: object, *, on: date | None = None) -> int | None:
    """The year of birth from a whole date, a month and year, or a bare year; None for an empty cell.

    `on` is the day the list speaks of: nobody on it is younger than eighteen. Raises DateError.
    """
    text = clean(str(value)) if isinstance(value, str) else value
    if text is None or text == "":
        return None
    year = _bare_year(text) or parse_day(text).year
    latest = on.year - YOUNGEST_MEMBER if on else LAST_YEAR
    if not FIRST_YEAR <= year <= latest:
        raise DateError(_("Invalid date: %(year)s is not a plausible year of birth") % {"year": year})
    return year


def _bare_year(value: object) -> int | None:
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return int(value) if FIRST_YEAR <= value <= LAST_YEAR else None
    if not isinstance(value, str):
        return None
    if match := YEAR.fullmatch(fold(value)):
        return int(match[1])
    if match := MONTH_YEAR.fullmatch(fold(value)):
        return _existing_day(1, int(match[1]), int(match[2])).year
    return None


def parse_due(text: object, year: int) -> Due:
    """A deadline within `year`: "30/9/2024", "30/9", "Quý III/2024", "Q3", "tháng 9/2024", "Cả năm 2024".

    A day or quarter that does not name its year means `year`. Raises DateError, also for another year.
    """
    due = _stated_period(fold(text), year) if isinstance(text, str) else None
    due = due or Due("day", parse_day(text))
    if due.due_on.year != year:
        raise DateError(
            _("The due date %(due)s is outside the year %(year)s")
            % {"due": due_label(due.kind, due.due_on), "year": year}
        )
    return due


def _stated_period(folded: str, year: int) -> Due | None:
    if match := QUARTER.fullmatch(folded):
        quarter = QUARTERS.get(match[1]) or int(match[1])
        return Due("quarter", _month_end(quarter * 3, int(match[2] or year)))
    if match := WHOLE_YEAR.fullmatch(folded):
        return Due("year", _month_end(12, int(match[1] or year)))
    if match := MONTH_YEAR.fullmatch(folded):
        return Due("day", _month_end(int(match[1]), int(match[2])))
    if match := DAY_MONTH.fullmatch(folded):
        return Due("day", _existing_day(int(match[1]), int(match[2]), year))
    return None


def _month_end(month: int, year: int) -> date:
    first = _existing_day(1, month, year)
    return first.replace(day=monthrange(year, month)[1])


def due_label(kind: str, due_on: date) -> str:
    """The deadline as it was stated: quý III/2024, cả năm 2024, 30/09/2024."""
    if kind == "quarter":
        return _("quarter %(quarter)s/%(year)s") % {
            "quarter": ROMAN[(due_on.month - 1) // 3],
            "year": due_on.year,
        }
    if kind == "year":
        return _("the whole of %(year)s") % {"year": due_on.year}
    return f"{due_on:%d/%m/%Y}"


def document_date(day: date, place: str) -> str:
    """Địa danh và ngày tháng of a Party document, which is Vietnamese whatever the language of the page.

    Days 1–9 and months 1–2 take a leading zero, other months do not.
    """
    month = f"{day.month:02d}" if day.month < 3 else str(day.month)
    return f"{place}, ngày {day.day:02d} tháng {month} năm {day.year}"
