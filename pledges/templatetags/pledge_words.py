"""Words for pledges on pages."""

from django import template

from cadres.dates import due_label
from pledges.models import Pledge

register = template.Library()


@register.filter
def due_words(pledge: Pledge) -> str:
    """The deadline as it was stated: "quý III/2024", "cả năm 2024", "30/09/2024"."""
    return due_label(pledge.due_kind, pledge.due_on) if pledge.due_on else ""
