"""Text as offices type it: one spelling at every door, search keys, the order of names, numbers."""

import re
import unicodedata
from decimal import Decimal

from django.utils.translation import gettext as _

UNSEEN = {"Cc", "Cf", "Cs"}  # control, invisible format and broken half characters

MARK_OF_LETTER = {"\u0306": "1", "\u0302": "2", "\u031b": "3"}  # ă; â ê ô; ơ ư
TONES = {"\u0300": "1", "\u0309": "2", "\u0303": "3", "\u0301": "4", "\u0323": "5"}  # huyền hỏi ngã sắc nặng
LEVEL_TONE = "0"  # ngang
FIELD_END, WORD_END, AFTER_Z = "00", "01", "zz"

GROUPED = re.compile(r"[0-9]{1,3}(?:\.[0-9]{3})+|[0-9]+")
LAST_WITH_SUFFIX = re.compile(r"(?:^|(?<= ))\S+ \(\w{1,2}\)$")


def clean(value: str) -> str:
    """One line of text: NFC, Đ for Ð, every kind of space as one space, nothing invisible."""
    if not value.isprintable():
        value = "".join(map(_visible, value))
    # Ð and ð (Icelandic eth) come from old files and look like Đ and đ; their lower cases differ.
    value = unicodedata.normalize("NFC", value).replace("Ð", "Đ").replace("ð", "đ")
    return " ".join(value.split())


def _visible(char: str) -> str:
    if char.isspace():
        return " "
    return "" if unicodedata.category(char) in UNSEEN else char


def clean_text(value: str) -> str:
    """Long text: every line cleaned, at most one empty line between paragraphs, none at the ends."""
    lines = "\n".join(clean(line) for line in value.splitlines())
    return re.sub(r"\n{3,}", "\n\n", lines).strip("\n")


def fold(text: str) -> str:
    """The search key: no case, no marks, đ as d. "hoa" finds Hòa and Hoà, "thuy" finds Thuỷ and Thủy."""
    bare = _without_marks(_without_marks(clean(text)).casefold())
    return " ".join(bare.replace("đ", "d").split())


def _without_marks(text: str) -> str:
    if text.isascii():
        return text
    return "".join([char for char in unicodedata.normalize("NFD", text) if not unicodedata.combining(char)])


def split_name(full: str) -> tuple[str, str]:
    """(họ và tên đệm, tên). The given name is the last word, with the "(A)" that tells namesakes apart."""
    full = clean(full)
    with_suffix = LAST_WITH_SUFFIX.search(full)
    if with_suffix:
        return full[: with_suffix.start()].rstrip(), with_suffix.group()
    family_names, _space, given_name = full.rpartition(" ")
    return family_names, given_name


def name_sort_key(family_names: str, given_name: str) -> str:
    """Order of a Vietnamese list of names: by given name (tên), then family and middle names.

    As ICU does for `vi`: the letters of the whole name decide first (a ă â b c d đ e ê …), only then the
    tones (ngang, huyền, hỏi, ngã, sắc, nặng). Every letter is two characters of [0-9a-z], so that any
    collation of any database sorts alike.
    """
    given, given_tones = _letters_and_tones(given_name)
    family, family_tones = _letters_and_tones(family_names)
    return "".join([*given, FIELD_END, *family, FIELD_END, *given_tones, *family_tones])


def same_name_key(full: str) -> str:
    """Equal for two writings of one name: Hoà and Hòa, HÒA and Hòa; but not Hoa and Hòa."""
    words = (_letters_and_tones(word) for word in clean(full).split())
    return " ".join("".join(letters) + "".join(sorted(tones)).strip(LEVEL_TONE) for letters, tones in words)


def _letters_and_tones(text: str) -> tuple[list[str], list[str]]:
    """Codes of the letters and, letter by letter, their tones; other characters part words."""
    letters: list[str] = []
    tones: list[str] = []
    for char in unicodedata.normalize("NFD", clean(text).casefold()):
        on_letter = bool(letters) and letters[-1][0].isalpha()
        if on_letter and char in MARK_OF_LETTER:
            letters[-1] = letters[-1][0] + MARK_OF_LETTER[char]
        elif on_letter and char in TONES:
            tones[-1] = TONES[char]
        elif char.isalnum() or (letters and letters[-1] != WORD_END and unicodedata.category(char) != "Mn"):
            letters.append(_code(char))
            tones.append(LEVEL_TONE)
    if letters and letters[-1] == WORD_END:
        letters.pop()
        tones.pop()
    return letters, tones


def _code(char: str) -> str:
    if not char.isalnum():
        return WORD_END
    if "0" <= char <= "9":
        return f"1{char}"
    if "a" <= char <= "z":
        return f"{char}0"
    return "d1" if char == "đ" else AFTER_Z


LONGEST_NUMBER = 40


def parse_int_vn(text: str) -> int:
    """A whole number as an office writes it: "7.126" is seven thousand one hundred and twenty-six."""
    number = clean(text)
    if len(number) > LONGEST_NUMBER or not GROUPED.fullmatch(number):
        raise ValueError(_("“%(text)s” is not a whole number") % {"text": number[:40]})
    return int(number.replace(".", ""))


def parse_decimal_vn(text: str) -> Decimal:
    """A number with a decimal comma: "88,7", "1.234,5"; a dot only groups thousands."""
    number = clean(text)
    whole, comma, decimals = number.partition(",")
    if (
        len(number) > LONGEST_NUMBER
        or not GROUPED.fullmatch(whole)
        or (comma and not re.fullmatch(r"[0-9]+", decimals))
    ):
        raise ValueError(_("“%(text)s” is not a number") % {"text": number[:40]})
    return Decimal(whole.replace(".", "") + (f".{decimals}" if comma else ""))
