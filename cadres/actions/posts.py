"""Posts in a cell as lists write them: Bí thư, Phó Bí thư, Chi ủy viên."""

import re

from cadres.models import OfficeKind
from cadres.text import fold

POSTS = {
    "bi thu": OfficeKind.SECRETARY,
    "bi thu chi bo": OfficeKind.SECRETARY,
    "pho bi thu": OfficeKind.DEPUTY_SECRETARY,
    "pho bi thu chi bo": OfficeKind.DEPUTY_SECRETARY,
    "chi uy vien": OfficeKind.COMMITTEE_MEMBER,
    "uy vien chi uy": OfficeKind.COMMITTEE_MEMBER,
}
BETWEEN = re.compile(r"[,;/+]|\bkiem\b")


def parse_posts(text: str) -> tuple[frozenset[OfficeKind], bool]:
    """The posts that the words of a list name, and whether all of the words were understood."""
    words = [word.strip() for word in BETWEEN.split(fold(text)) if word.strip()]
    return frozenset(POSTS[word] for word in words if word in POSTS), all(word in POSTS for word in words)
