"""What an amendment is asked of: the field in words, and where it stands in a form."""

from django import template

from pledges.version_words import FIELD_LABELS

register = template.Library()


@register.filter
def field_words(name: str) -> str:
    """The label of a field of a pledge."""
    return str(FIELD_LABELS.get(name, ""))


@register.filter
def anchor_of(name: str) -> str:
    """The id of the field in the form: a deadline is asked by its kind first."""
    return f"div_id_{'due' if name == 'due_on' else name}"
