"""Words for pledges on pages; the rules stand in `pledges.words`."""

import json

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from cadres.templatetags.display import status_pill
from pledges import lane_words, words
from pledges.models import Pledge, Tier

register = template.Library()
register.filter("due_words", words.due_words)
register.filter("status_words", words.status_words)


@register.filter
def state_pills(pledge: Pledge, tier: Tier) -> SafeString:
    """The state in a list, and beside it by which right the pledge came after the window."""
    state = status_pill(pledge.status, words.status_words(pledge, tier))
    late = lane_words.pill_words(pledge)
    return format_html('{} <span class="pill pill-grey">{}</span>', state, late) if late else state


@register.simple_tag
def kind_words() -> str:
    """The kinds by their words in any language, for what is pasted into the cell's table."""
    return json.dumps(words.kind_words(), ensure_ascii=False)
