from contextlib import suppress
from datetime import date, datetime

import pytest
from django.test import override_settings
from django.utils import formats, translation
from hypothesis import given
from hypothesis import strategies as st

from cadres.dates import (
    FIRST_YEAR,
    LAST_YEAR,
    DateError,
    Due,
    document_date,
    due_label,
    parse_birth_year,
    parse_day,
    parse_due,
)

plausible_days = st.dates(date(1900, 1, 1), date(2100, 12, 31))


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


@pytest.mark.parametrize(
    "typed",
    [
        "03/04/2026",
        "3/4/2026",
        "03-04-2026",
        "3.4.2026",
        "2026-04-03",
        "2026-04-03 00:00:00",
        " 03/04/2026\u00a0",
        "ngày 03 tháng 4 năm 2026",
        date(2026, 4, 3),
        datetime(2026, 4, 3, 7, 30),  # noqa: DTZ001
        46115.0,
        46115.75,
    ],
)
def test_the_day_comes_before_the_month(typed):
    assert parse_day(typed) == date(2026, 4, 3)


@given(plausible_days, st.sampled_from(["%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y", "%Y-%m-%d"]))
def test_every_day_is_read_back(day, form):
    assert parse_day(day.strftime(form)) == day
    assert parse_day(f"{day.day}/{day.month}/{day.year}") == day


@given(st.dates(date(1905, 10, 1), date(2100, 12, 31)))
def test_unformatted_days_of_excel(day):
    assert parse_day(float((day - date(1899, 12, 30)).days)) == day


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ("31/02/2024", "Invalid date: month 2/2024 has only 29 days"),
        ("29/02/2023", "Invalid date: month 2/2023 has only 28 days"),
        ("31/4/2024", "Invalid date: month 4/2024 has only 30 days"),
        ("01/13/2024", "Invalid date: there is no month 13 (the day comes first)"),
        ("00/01/2024", "Invalid date: there is no day 0"),
        ("01/01/0202", "Invalid date: the year 202 is not plausible"),
        (datetime(2924, 1, 1), "Invalid date: the year 2924 is not plausible"),  # noqa: DTZ001
        ("", "The date is missing"),
        (None, "The date is missing"),
        ("1/2-2024", "“1/2-2024” is not a date; write day/month/year, for example 26/03/2024"),
        ("26/03/24", "“26/03/24” is not a date; write day/month/year, for example 26/03/2024"),
        (1980.0, "“1980” is not a date; write day/month/year, for example 26/03/2024"),
        (float("nan"), "“nan” is not a date; write day/month/year, for example 26/03/2024"),
        (True, "“True” is not a date; write day/month/year, for example 26/03/2024"),
        ("x" * 60_000, f"“{'x' * 40}” is not a date; write day/month/year, for example 26/03/2024"),
    ],
)
def test_impossible_days_are_told_in_words(typed, message):
    with pytest.raises(DateError) as told:
        parse_day(typed)
    assert str(told.value) == message


@given(st.text(alphabet="0123456789/-. ngày thámquýIV", max_size=20))
def test_any_text_is_a_day_or_a_told_error(typed):
    with suppress(DateError):
        assert FIRST_YEAR <= parse_day(typed).year <= LAST_YEAR
    with suppress(DateError):
        assert parse_due(typed, 2024).due_on.year == 2024


def test_the_office_reads_an_impossible_date_in_vietnamese():
    with translation.override("vi"), pytest.raises(DateError) as told:
        parse_day("31/02/2024")
    assert str(told.value) == "Ngày không hợp lệ: tháng 2/2024 chỉ có 29 ngày"


@pytest.mark.parametrize(
    ("typed", "year"),
    [
        (1953.0, 1953),
        ("1953", 1953),
        ("năm 1953", 1953),
        ("22/07/1972", 1972),
        ("7/1972", 1972),
        (26502.0, 1972),
        (datetime(1972, 7, 22), 1972),  # noqa: DTZ001
        ("", None),
        ("  ", None),
        (None, None),
    ],
)
def test_birth_years(typed, year):
    assert parse_birth_year(typed, on=date(2024, 1, 1)) == year


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ("31/02/1990", "Invalid date: month 2/1990 has only 28 days"),
        ("13/1990", "Invalid date: there is no month 13 (the day comes first)"),
        (2007.0, "Invalid date: 2007 is not a plausible year of birth"),
        ("01/01/2010", "Invalid date: 2010 is not a plausible year of birth"),
        (1850.0, "“1850” is not a date; write day/month/year, for example 26/03/2024"),
        ("không rõ", "“không rõ” is not a date; write day/month/year, for example 26/03/2024"),
    ],
)
def test_implausible_birth_years(typed, message):
    with pytest.raises(DateError) as told:
        parse_birth_year(typed, on=date(2024, 1, 1))
    assert str(told.value) == message


def test_a_member_may_be_just_eighteen():
    assert parse_birth_year("2006", on=date(2024, 1, 1)) == 2006


@pytest.mark.parametrize(
    ("typed", "due"),
    [
        ("Quý III/2024", Due("quarter", date(2024, 9, 30))),
        ("quý 3/2024", Due("quarter", date(2024, 9, 30))),
        ("QUÝ IV năm 2024", Due("quarter", date(2024, 12, 31))),
        ("Q1/2024", Due("quarter", date(2024, 3, 31))),
        ("Hết quý II", Due("quarter", date(2024, 6, 30))),
        ("Cả năm 2024", Due("year", date(2024, 12, 31))),
        ("trong năm", Due("year", date(2024, 12, 31))),
        ("30/9/2024", Due("day", date(2024, 9, 30))),
        ("30/9", Due("day", date(2024, 9, 30))),
        ("1.7", Due("day", date(2024, 7, 1))),
        ("tháng 2/2024", Due("day", date(2024, 2, 29))),
        (datetime(2024, 9, 30), Due("day", date(2024, 9, 30))),  # noqa: DTZ001
    ],
)
def test_deadlines(typed, due):
    assert parse_due(typed, 2024) == due


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ("30/9/2025", "The due date 30/09/2025 is outside the year 2024"),
        ("Quý I/2025", "The due date quarter I/2025 is outside the year 2024"),
        ("Cả năm 2023", "The due date the whole of 2023 is outside the year 2024"),
        ("31/9/2024", "Invalid date: month 9/2024 has only 30 days"),
        ("31/2", "Invalid date: month 2/2024 has only 29 days"),
        ("3/30", "Invalid date: there is no month 30 (the day comes first)"),
        ("Quý V/2024", "“Quý V/2024” is not a date; write day/month/year, for example 26/03/2024"),
        (2024.0, "“2024” is not a date; write day/month/year, for example 26/03/2024"),
        ("", "The date is missing"),
    ],
)
def test_deadlines_that_cannot_be(typed, message):
    with pytest.raises(DateError) as told:
        parse_due(typed, 2024)
    assert str(told.value) == message


@given(st.dates(date(2024, 1, 1), date(2024, 12, 31)), st.integers(1, 4))
def test_deadlines_are_read_back_from_their_label(day, quarter):
    assert parse_due(due_label("day", day), 2024) == Due("day", day)
    stated = parse_due(f"Q{quarter}/2024", 2024)
    assert due_label(stated.kind, stated.due_on) == f"quarter {['I', 'II', 'III', 'IV'][quarter - 1]}/2024"


@pytest.mark.parametrize(
    ("day", "written"),
    [
        (date(2024, 3, 26), "Tây Hồ, ngày 26 tháng 3 năm 2024"),
        (date(2018, 2, 20), "Tây Hồ, ngày 20 tháng 02 năm 2018"),
        (date(2018, 4, 3), "Tây Hồ, ngày 03 tháng 4 năm 2018"),
        (date(2024, 12, 1), "Tây Hồ, ngày 01 tháng 12 năm 2024"),
    ],
)
def test_place_and_date_of_a_document(day, written):
    assert document_date(day, "Tây Hồ") == written


@pytest.mark.parametrize("language", ["vi", "en"])
def test_fields_never_read_the_month_first(language):
    with override_settings(FORMAT_MODULE_PATH=["config.formats"]), translation.override(language):
        formats.reset_format_cache()
        first = formats.get_format("DATE_INPUT_FORMATS")[0]
        assert datetime.strptime("03/04/2026", first).date() == date(2026, 4, 3)  # noqa: DTZ007
        assert not any(form.startswith("%m") for form in formats.get_format("DATE_INPUT_FORMATS"))
        assert not any(form.startswith("%m") for form in formats.get_format("DATETIME_INPUT_FORMATS"))
        assert formats.date_format(date(2026, 4, 3), "SHORT_DATE_FORMAT") == "03/04/2026"


@pytest.mark.parametrize(
    ("language", "number", "long_date"),
    [("vi", "7.126,5", "Ngày 03 tháng 4 năm 2026"), ("en", "7,126.5", "3 April 2026")],
)
def test_numbers_and_long_dates_follow_the_language(language, number, long_date):
    with override_settings(FORMAT_MODULE_PATH=["config.formats"]), translation.override(language):
        formats.reset_format_cache()
        assert formats.number_format(7126.5, force_grouping=True) == number
        assert formats.date_format(date(2026, 4, 3), "DATE_FORMAT") == long_date
