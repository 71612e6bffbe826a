"""Codes that people read aloud: no letter or figure that is mistaken for another."""

import secrets

_ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"


def new_code(length: int = 8) -> str:
    """A random code, 31 ** length possibilities; uniqueness is the database's constraint."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(length))


_BASE36 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def base36(number: int, width: int = 4) -> str:
    """`number` in upper-case base 36, `width` characters.

    Raises ValueError when it does not fit (1,679,615 is the last of four characters).
    """
    digits = ""
    rest = number
    for _ in range(width):
        rest, digit = divmod(rest, 36)
        digits = _BASE36[digit] + digits
    if rest or number < 0:
        raise ValueError(f"{number} does not fit into {width} base-36 characters")
    return digits
