"""The words on a page in Vietnamese, from the catalogue: what the site says and what it means by it."""

from django.forms import Form
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


def asked(form: type[Form], field: str) -> str:
    """The words with which a form asks for a field."""
    with override("vi"):
        return str(form.base_fields[field].label)
