"""Signs of routine work, found word for word; the office's own lists."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cadres.text import fold
from pledges.routine import phrases_in

PHRASES = ["thường xuyên", "định kỳ", "hằng tháng", "theo chức năng, nhiệm vụ"]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Duy trì thường xuyên việc quét dọn", ["thường xuyên"]),
        ("Sinh hoạt Định kỳ hàng tháng", ["định kỳ", "hằng tháng"]),
        ("Sinh hoat dinh ky hang thang", ["định kỳ", "hằng tháng"]),
        ("Ban hành quyết định kỷ luật", []),
        ("Làm theo chức năng nhiệm vụ được giao", ["theo chức năng, nhiệm vụ"]),
        ("Bất thường, xuyên suốt", ["thường xuyên"]),
        ("Xóa 3 điểm rác", []),
        ("", []),
    ],
)
def test_phrases_are_found_word_for_word(text, found):
    assert phrases_in(text, PHRASES) == found


@given(st.text(max_size=30), st.sampled_from(PHRASES), st.text(max_size=30))
def test_a_phrase_typed_as_it_is_is_always_found(before, phrase, after):
    assert phrase in phrases_in(f"{before} {phrase} {after}", PHRASES)


@given(st.sampled_from(PHRASES))
def test_a_phrase_is_found_without_marks(phrase):
    assert phrases_in(f"lam {fold(phrase)} o phuong", PHRASES) == [phrase]
