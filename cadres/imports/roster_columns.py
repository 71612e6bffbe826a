"""The words of rosters: headings of columns, ranks, standings, card numbers, and what is left unread."""

from django.utils.translation import gettext as _

from cadres.imports.workbook import Header, as_text
from cadres.text import fold

COLUMNS = {
    "number": ("Stt", "TT", "Số TT", "Số thứ tự"),
    "name": ("Họ và tên", "Họ tên", "Họ và tên đảng viên", "Họ, đệm và tên"),
    "birth_men": ("Ngày sinh Nam", "Năm sinh Nam", "Ngày, tháng, năm sinh Nam"),
    "birth_women": ("Ngày sinh Nữ", "Năm sinh Nữ", "Ngày, tháng, năm sinh Nữ"),
    "birth": ("Ngày sinh", "Năm sinh", "Ngày, tháng, năm sinh"),
    "card": ("Số thẻ đảng viên", "Số thẻ ĐV", "Số thẻ Đảng", "Số thẻ"),
    "rank": ("Đảng viên", "Loại đảng viên", "Chính thức, dự bị", "Chính thức/dự bị"),
    "post": ("Chức vụ trong Đảng", "Chức vụ Đảng", "Chức vụ"),
    "note": ("Ghi chú",),
}
REQUIRED = ("name", "card", "rank")
BIRTH = ("birth_men", "birth_women", "birth")

RANKS = {
    "chinh thuc": "official",
    "dang vien chinh thuc": "official",
    "du bi": "probationary",
    "dang vien du bi": "probationary",
}
STANDINGS = {
    "mien": "exempt",  # miễn công tác và sinh hoạt đảng
    "sinh hoat tam thoi": "away",
    "sinh hoat dang tam thoi": "away",
    "dang chuyen sinh hoat": "in_transfer",
    "chuyen sinh hoat": "in_transfer",
}
CITIZEN_NUMBER = ("cccd", "cmnd", "can cuoc", "dinh danh")

CARD_DIGITS = 8
MAX_CARD = 20


def parse_card(value: object) -> str | None:
    """The number of a Party card (số thẻ đảng viên) as text; None for an empty cell.

    Raises ValueError for a number cell that has lost its leading zeros: they are not guessed back.
    """
    text = as_text(value).replace(" ", "")
    if not isinstance(value, str) and text and len(text) < CARD_DIGITS:
        raise ValueError(
            _(
                "The card number is stored as a number and has lost its leading zeros; "
                "type it as text with %(digits)s digits"
            )
            % {"digits": CARD_DIGITS}
        )
    if len(text) > MAX_CARD:
        raise ValueError(_("The card number is too long"))
    return text or None


def columns_left_out(header: Header) -> list[tuple[str, str]]:
    """Columns that are not read at all, each with the reason."""
    return [(header.labels[index], _reason(header.labels[index])) for index in header.unread()]


def rank_of(text: str) -> str:
    """official (chính thức) or probationary (dự bị); "" for other words."""
    return RANKS.get(fold(text), "")


def standing_of(note: str) -> str:
    """How a member stands by the note of the list; active without a note, "" for a note that is not known."""
    folded = fold(note)
    if not folded:
        return "active"
    return next((standing for words, standing in STANDINGS.items() if folded.startswith(words)), "")


def _reason(label: str) -> str:
    if any(word in fold(label) for word in CITIZEN_NUMBER):
        return _("Citizen numbers are never read and never kept.")
    return _("The application does not use this column and does not keep it.")
