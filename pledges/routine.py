"""Dấu hiệu việc thường xuyên: words of an office's list found in a pledge, marks typed or not."""

import re
import unicodedata
from collections.abc import Iterable, Sequence

from cadres.text import TONES, clean, fold

WORD = re.compile(r"\w+")


def phrases_in(text: str, phrases: Iterable[str]) -> list[str]:
    """The phrases that stand in the text, word for word.

    Letters are compared without marks, tones only where the text has them: "hàng tháng" and "hang thang"
    are "hằng tháng", but "quyết định kỷ luật" is not "định kỳ".
    """
    words = _words(text)
    return [phrase for phrase in phrases if _stands(_words(phrase), words)]


def _words(text: str) -> list[tuple[str, str, bool]]:
    """Each word folded, with its tone and whether it was typed with marks at all."""
    found = []
    for word in WORD.findall(clean(text).casefold()):
        bare = fold(word)
        tone = "".join(TONES[char] for char in unicodedata.normalize("NFD", word) if char in TONES)
        found.append((bare, tone, bare != word))
    return found


def _stands(wanted: Sequence[tuple[str, str, bool]], words: Sequence[tuple[str, str, bool]]) -> bool:
    n = len(wanted)
    return bool(n) and any(_same(wanted, words[at : at + n]) for at in range(len(words) - n + 1))


def _same(wanted: Sequence[tuple[str, str, bool]], words: Sequence[tuple[str, str, bool]]) -> bool:
    if any(one[0] != other[0] for one, other in zip(wanted, words, strict=True)):
        return False
    bare = not any(marked for _word, _tone, marked in words)
    return bare or all(one[1] == other[1] for one, other in zip(wanted, words, strict=True))
