"""User names (tên đăng nhập): the person's name without marks and spaces, easy to say and to type."""

import re
from collections.abc import Iterator

from cadres.models import Member
from cadres.text import fold

LONGEST = 60
NAMESAKES = 9
UNWANTED = re.compile(r"[^a-z0-9._@+-]")


def username_from(text: str) -> str:
    """A user name as it is stored: "Nguyễn Văn An" and "nguyenvanan" are the same one.

    A keyboard set to Vietnamese turns "aa" into "â"; folding undoes that too.
    """
    return UNWANTED.sub("", fold(text))[:LONGEST]


def stem(name: str) -> str:
    """What the user names of all who are called so begin with; there is room for what follows."""
    return username_from(name).replace("-", "")[: LONGEST - 15] or "dangvien"


def username_choices(member: Member) -> Iterator[str]:
    """What to call the account of a member, best first: the name, then with the year of birth.

    The last choice carries the member's code and is therefore free.
    """
    name = stem(member.name)
    yield name
    if member.birth_year:
        name = f"{name}{member.birth_year % 100:02d}"
        yield name
    for number in range(2, NAMESAKES + 1):
        yield f"{name}-{number}"
    yield f"{name}-{member.code.lower()}"
