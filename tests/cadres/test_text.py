import unicodedata
from decimal import Decimal

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from cadres import text

VOWELS = {
    "a": "aàảãáạ",
    "ă": "ăằẳẵắặ",
    "â": "âầẩẫấậ",
    "e": "eèẻẽéẹ",
    "ê": "êềểễếệ",
    "i": "iìỉĩíị",
    "o": "oòỏõóọ",
    "ô": "ôồổỗốộ",
    "ơ": "ơờởỡớợ",
    "u": "uùủũúụ",
    "ư": "ưừửữứự",
    "y": "yỳỷỹýỵ",
}
ALPHABET = "aăâbcdđeêghiklmnoôơpqrstuưvxy"
toned_letters = st.builds(
    lambda letter, tone: VOWELS.get(letter, letter * 6)[tone], st.sampled_from(ALPHABET), st.integers(0, 5)
)
syllables = st.text(toned_letters, min_size=1, max_size=5)
any_text = st.text(max_size=60)


def order_of(word: str) -> tuple[list[int], list[int]]:
    """The order of the alphabet, told without the code under test: letters first, then tones."""
    letters, tones = [], []
    for char in word:
        base = next((base for base, row in VOWELS.items() if char in row), char)
        letters.append(ALPHABET.index(base))
        tones.append(VOWELS[base].index(char) if base in VOWELS else 0)
    return letters, tones


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  Phan  Minh Hòa ", "Phan Minh Hòa"),
        ("Lê\u00a0Thị\u2009B\u3000", "Lê Thị B"),
        ("Nguye\u0302\u0303n \u0110u\u031b\u0301c Vie\u0323\u0302t", "Nguyễn Đức Việt"),
        ("Ðặng Văn Ð\u00f0", "Đặng Văn Đđ"),
        ("Trần\u200b Văn\ufeff\x00 A\x07n", "Trần Văn An"),
        ("Họ và\ntên", "Họ và tên"),
        ("e\u200d\u0302", "ê"),
        ("a\ud800b", "ab"),
    ],
)
def test_clean_gives_one_spelling(typed, kept):
    assert text.clean(typed) == kept


@given(any_text)
def test_clean_is_final_and_printable(value):
    once = text.clean(value)
    assert text.clean(once) == once
    assert unicodedata.is_normalized("NFC", once)
    assert not any(unicodedata.category(char) in {"Cc", "Cf", "Cs", "Zl", "Zp"} for char in once)
    assert once == once.strip()
    assert "  " not in once


def test_clean_text_keeps_paragraphs():
    assert text.clean_text("\n Một  \r\nhai\t\n\n\n\n ba\u00a0 \n") == "Một\nhai\n\nba"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Hoà", "Hòa"),
        ("Hòa", "hoa"),
        ("Thuỷ", "Thủy"),
        ("uỷ", "ủy"),
        ("ĐẶNG", "dang"),
        ("Ðức", "duc"),
        ("ư ơ", "u o"),
    ],
)
def test_fold_hides_marks_and_case(one, other):
    assert text.fold(one) == text.fold(other)


def test_fold_keeps_letters_apart():
    assert text.fold("Nguyễn  Đức Tuấn") == "nguyen duc tuan"
    assert text.fold("Hùng") != text.fold("Hồng")


@given(any_text)
def test_fold_is_final(value):
    assert text.fold(text.fold(value)) == text.fold(value)


@given(syllables)
def test_fold_of_vietnamese_is_plain_ascii(word):
    folded = text.fold(unicodedata.normalize("NFD", word.upper()))
    assert folded.isascii()
    assert folded == text.fold(word)
    assert len(folded) == len(word)


@pytest.mark.parametrize(
    ("full", "parts"),
    [
        ("Nguyễn Thanh Hồng Huệ", ("Nguyễn Thanh Hồng", "Huệ")),
        ("Giàng A Câu", ("Giàng A", "Câu")),
        ("Nguyễn Văn An (A)", ("Nguyễn Văn", "An (A)")),
        ("An (B)", ("", "An (B)")),
        ("  Phan  Minh Hòa ", ("Phan Minh", "Hòa")),
        ("Sen", ("", "Sen")),
        ("", ("", "")),
    ],
)
def test_split_name(full, parts):
    assert text.split_name(full) == parts


@given(st.lists(syllables, min_size=1, max_size=5))
def test_split_name_loses_nothing(words):
    family_names, given_name = text.split_name(" ".join(words))
    assert given_name == text.clean(words[-1])
    assert text.clean(f"{family_names} {given_name}") == text.clean(" ".join(words))


def by_name(names):
    return sorted(names, key=lambda full: text.name_sort_key(*text.split_name(full)))


def test_names_sort_by_given_name_in_vietnamese_order():
    names = ["An", "Anh", "Ánh", "Ăn", "Ân", "Ấn", "Bình", "Dung", "Đào", "Đức", "Yến"]
    assert by_name(reversed(names)) == names


def test_tones_sort_ngang_huyen_hoi_nga_sac_nang():
    assert by_name(["mạ", "má", "mã", "mả", "mà", "ma"]) == ["ma", "mà", "mả", "mã", "má", "mạ"]


def test_family_names_decide_between_namesakes():
    names = ["Đỗ Văn An", "Lê Thị An", "Lê Văn An", "Bùi Anh", "Nguyễn Văn Anh"]
    assert by_name(reversed(names)) == names


def test_letters_of_the_family_name_come_before_tones_of_the_given_name():
    # As ICU does: base letters of all words first.
    assert by_name(["Trần Hoà", "Lê Hòa", "Phạm Hoa"]) == ["Lê Hòa", "Phạm Hoa", "Trần Hoà"]


def test_suffixes_and_hyphens_sort_like_words():
    assert by_name(["Lê An (B)", "Lê An", "Lê An (A)"]) == ["Lê An", "Lê An (A)", "Lê An (B)"]
    assert text.name_sort_key("", "Y-Ban") == text.name_sort_key("", "Y Ban")


@given(syllables, syllables)
def test_sort_key_follows_the_alphabet(one, other):
    by_key = text.name_sort_key("", one) < text.name_sort_key("", other)
    assert by_key == (order_of(text.clean(one)) < order_of(text.clean(other)))


@given(any_text, any_text)
def test_sort_key_means_the_same_in_every_collation(family_names, given_name):
    key = text.name_sort_key(family_names, given_name)
    assert set(key) <= set("0123456789abcdefghijklmnopqrstuvwxyz")


def test_same_name_key_sees_through_spelling_only():
    assert text.same_name_key("Lê Thị Hoà") == text.same_name_key("LÊ THỊ HÒA")
    assert text.same_name_key("Lê Thị Hoa") != text.same_name_key("Lê Thị Hòa")
    assert text.same_name_key("Lê Văn Hùng") != text.same_name_key("Lê Văn Hưng")
    assert text.same_name_key("Lê Văn Đan") != text.same_name_key("Lê Văn Dan")


@pytest.mark.parametrize(
    ("typed", "number"), [("7.126", 7126), ("7126", 7126), ("1.234.567", 1234567), (" 08 ", 8)]
)
def test_whole_numbers(typed, number):
    assert text.parse_int_vn(typed) == number


@pytest.mark.parametrize("typed", ["7,126", "7.12", "7.1266", "", "-1", "bảy", "٣", "1.200 người"])
def test_not_whole_numbers(typed):
    with translation.override("en"), pytest.raises(ValueError, match=f"^“{typed}” is not a whole number$"):
        text.parse_int_vn(typed)


@given(st.integers(0, 10**12))
def test_grouped_numbers_are_read_back(number):
    assert text.parse_int_vn(f"{number:,}".replace(",", ".")) == number


@pytest.mark.parametrize(
    ("typed", "number"), [("88,7", "88.7"), ("1.234,50", "1234.50"), ("7.126", "7126"), ("5", "5")]
)
def test_decimals(typed, number):
    assert text.parse_decimal_vn(typed) == Decimal(number)


@pytest.mark.parametrize("typed", ["88.7", "1,2,3", "12,", ",5", "mười"])
def test_not_decimals(typed):
    with translation.override("en"), pytest.raises(ValueError, match=f"^“{typed}” is not a number$"):
        text.parse_decimal_vn(typed)


@given(st.decimals(0, 10**9, places=2))
def test_decimals_are_read_back(number):
    typed = f"{number:,.2f}".translate(str.maketrans(",.", ".,"))
    assert text.parse_decimal_vn(typed) == number
