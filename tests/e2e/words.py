"""The words on a page in Vietnamese, from the catalogue: what the site says and what it means by it."""

from django.utils.translation import gettext, ngettext, override, pgettext


def vi(text: str, *, context: str = "", **values: object) -> str:
    """What the page says for the English `text`."""
    with override("vi"):
        said = pgettext(context, text) if context else gettext(text)
    return said % values if values else said


def vi_count(one: str, many: str, n: int, **values: object) -> str:
    """What the page says of `n` things."""
    with override("vi"):
        return ngettext(one, many, n) % {"n": n, **values}
