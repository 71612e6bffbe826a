"""Products and results as offices print them: "62 nội dung", "12/12 hộ", "55/62 nội dung (8/8 kết luận)"."""

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from django.utils.translation import gettext as _

from cadres.text import clean, fold, parse_decimal_vn

NUMBER = r"[0-9]{1,3}(?:\.[0-9]{3})+(?:,[0-9]+)?|[0-9]+(?:,[0-9]+)?"
UNIT = r"[^\W\d][^();]*?"
MAX_UNIT = 100
MAX_NUMBER = Decimal(10) ** 12
MAX_COUNT = 2**31
SHOWN = 60  # characters of a cell that a message repeats

QUANTITY = re.compile(rf"({NUMBER})(?: ({UNIT}))?")
SHARE = re.compile(rf"({NUMBER}) ?/ ?({NUMBER})(?: ({UNIT}))?")
PERCENT = re.compile(rf"({NUMBER}) ?%(?: ({UNIT}))?")
RESULT = re.compile(rf"{SHARE.pattern}(?: ?\({SHARE.pattern}\))?(?: ?;.*)?")
RESULT_QUANTITY = re.compile(rf"{QUANTITY.pattern}(?: ?;.*)?")
RESULT_PERCENT = re.compile(rf"{PERCENT.pattern}(?: ?;.*)?")

YEAR = re.compile(r"(?:19|20)[0-9]{2}")
SAID_DONE = re.compile(
    r"(?:đã )?(?:hoàn thành|thực hiện|giải quyết|xử lý|đạt|xong)(?: (?=[0-9])|\b)", re.IGNORECASE
)

KINDS = {"su kien": "event", "co/khong": "yes_no", "co / khong": "yes_no"}
NOT_DONE = re.compile(
    r"\b(?:chua|khong) (?:hoan thanh|dat|thuc hien|xong)\b|\bdang (?:thuc hien|trien khai)\b"
)
CARRIED = re.compile(r"\bchuyen (?:tiep )?(?:sang )?nam (?:sau|[0-9]{4})\b|\bchuyen tiep\b")
MARKS = {"x", "co", "v", "✓", "✔"}


@dataclass(frozen=True)
class Product:
    """What will be there at the end (kết quả, sản phẩm), as far as it can be measured."""

    result_kind: str  # event, yes_no, ratio, quantity or description
    measure_unit: str = ""
    target: Decimal | None = None


@dataclass(frozen=True)
class Result:
    """What an office reports at the end of the year. None is "not told", never "no"."""

    outcome: str  # done, not_done or carried_over
    text: str
    value_num: Decimal | None = None
    value_den: Decimal | None = None
    measure_unit: str = ""
    sub_num: int | None = None
    sub_den: int | None = None
    sub_unit: str = ""
    on_time: bool | None = None
    beyond: bool | None = None


def parse_product(text: str) -> Product:
    """Read "12/12 hộ" as a ratio of 12, "2.024 thiết bị" as 2024 devices; other words are a description."""
    text = clean(text)
    if kind := KINDS.get(fold(text)):
        return Product(kind)
    if match := SHARE.fullmatch(text):
        return _measured("ratio", match[1], match[3], whole=match[2])
    if match := PERCENT.fullmatch(text):
        return _measured("ratio", match[1], f"% {match[2] or ''}".strip())
    if match := QUANTITY.fullmatch(text):
        return _measured("quantity", match[1], match[2])
    return Product("description")


def _measured(kind: str, number: str, unit: str | None, *, whole: str | None = None) -> Product:
    target = parse_decimal_vn(number)
    if _is_year(whole or number, unit) or target >= MAX_NUMBER or len(unit or "") > MAX_UNIT:
        return Product("description")
    return Product(kind, unit or "", target)


def parse_result(text: str, on_time: str, beyond: str, *, product: Product | None = None) -> Result | None:
    """The reported result with the columns "Đúng hạn" and "Vượt mức"; None where the office told nothing.

    A pledge is done when the office says so ("Hoàn thành"), when the whole of what was promised is reached
    (7/7, or the target of the `product` in the same unit), or when it is marked as on time or beyond its
    target, which only finished work is. A part (6/7, 55/62) is not done, however near.
    Raises ValueError for words that tell no outcome.
    """
    text = clean(text)
    marks = fold(on_time) in MARKS, fold(beyond) in MARKS
    if not text and not any(marks):
        return None
    figures = _figures(text)
    outcome = _outcome(text, _is_reached(figures, product), marked=any(marks))
    if any(marks) and outcome != "done":
        message = _("“%(text)s” is marked as on time or beyond target, yet says that the task is not done")
        raise ValueError(message % {"text": text[:SHOWN]})
    # An empty mark beside finished work says no; beside unfinished work it says nothing.
    told_on_time, told_beyond = (mark or (False if outcome == "done" else None) for mark in marks)
    return Result(outcome, text, *figures, on_time=told_on_time, beyond=told_beyond)


class Figures(NamedTuple):
    """The numbers of a result: 55 of 62 contents, and in brackets 8 of 8 conclusions."""

    value: Decimal | None = None
    whole: Decimal | None = None
    unit: str = ""
    sub_value: int | None = None
    sub_whole: int | None = None
    sub_unit: str = ""

    def fits(self) -> bool:
        """Whether a record can hold them."""
        numbers = (self.value or 0, self.whole or 0)
        return max(numbers) < MAX_NUMBER and max(len(self.unit), len(self.sub_unit)) <= MAX_UNIT


def _figures(text: str) -> Figures:
    """Figures of "7/7 hộ", "55/62 nội dung (8/8 kết luận)", "92% hồ sơ", "7 vụ việc"; else none."""
    said = SAID_DONE.match(text)
    text = text[said.end() :].lstrip() if said else text
    figures = Figures()
    if (match := RESULT.fullmatch(text)) and not _is_year(match[2], match[3]):
        value, whole, sub_value, sub_whole = _numbers(match, 1, 2, 4, 5)
        figures = Figures(value, whole, match[3] or "", _count(sub_value), _count(sub_whole), match[6] or "")
    elif match := RESULT_PERCENT.fullmatch(text):
        figures = Figures(parse_decimal_vn(match[1]), Decimal(100), f"% {match[2] or ''}".strip())
    elif (match := RESULT_QUANTITY.fullmatch(text)) and not _is_year(match[1], match[2]):
        figures = Figures(parse_decimal_vn(match[1]), None, match[2] or "")
    return figures if figures.fits() else Figures()


def _is_year(number: str, unit: str | None) -> bool:
    """Without a unit, "12/2024" is a month and "2024" a year."""
    return unit is None and YEAR.fullmatch(number) is not None


def _numbers(match: re.Match[str], *groups: int) -> list[Decimal | None]:
    return [parse_decimal_vn(match[group]) if match[group] else None for group in groups]


def _count(number: Decimal | None) -> int | None:
    return int(number) if number is not None and number == int(number) and number < MAX_COUNT else None


def _is_reached(figures: Figures, product: Product | None) -> bool | None:
    """Whether the whole is reached; None where no whole is known."""
    wholes = [figures.whole] if figures.whole else []
    if product and product.target and fold(product.measure_unit) == fold(figures.unit):
        wholes.append(product.target)
    return figures.value >= min(wholes) if figures.value is not None and wholes else None


def _outcome(text: str, reached: bool | None, *, marked: bool) -> str:
    folded = fold(text)
    said_done = SAID_DONE.match(text) is not None
    if CARRIED.search(folded):
        return "carried_over"
    if NOT_DONE.search(folded) and not said_done:
        return "not_done"
    if reached or marked or (said_done and reached is None):
        return "done"
    if reached is None:
        raise ValueError(_("“%(text)s” does not say whether the task is done") % {"text": text[:SHOWN]})
    return "not_done"
