"""How numbers and dates stand in a Party document, which is Vietnamese whatever the language of the page."""

import re
from datetime import date

# What XML 1.0 cannot hold: control characters, lone surrogates and two non-characters.
# A pasted form feed would otherwise make the whole file unreadable.
UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")

NO_DATA = "–"


def printable(text: str) -> str:
    """The text without the characters that a Word or Excel file cannot hold; one kind of line end."""
    return UNPRINTABLE.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def grouped(number: int | None) -> str:
    """7126 as "7.126"; no data is a dash, never 0."""
    return NO_DATA if number is None else f"{number:,}".replace(",", ".")


def party_date(day: date | None) -> str:
    """Days 1 to 9 and months 1 and 2 take a leading zero; an unknown date stays open for the pen."""
    if day is None:
        return "ngày      tháng      năm         "
    month = f"{day.month:02d}" if day.month < 3 else str(day.month)
    return f"ngày {day.day:02d} tháng {month} năm {day.year}"
