"""A pill for what was registered after the window; nothing for what was registered in it."""

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from pledges import lane_words
from pledges.models import Docket, Pledge

register = template.Library()
PILL = '<span class="pill pill-grey">{}</span>'


@register.simple_tag
def lane_pill(pledge: Pledge) -> str | SafeString:
    """Beside a pledge: by which right it came after the window."""
    words = lane_words.pill_words(pledge)
    return format_html(PILL, words) if words else ""


@register.simple_tag
def docket_lane_pill(docket: Docket) -> str | SafeString:
    """Beside a docket: that it holds what came after the window."""
    return format_html(PILL, lane_words.supplementary_pill()) if docket.supplementary else ""
