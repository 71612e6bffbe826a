"""Words for pledges on pages; the rules stand in `pledges.words`."""

import json

from django import template

from pledges import words

register = template.Library()
register.filter("due_words", words.due_words)
register.filter("status_words", words.status_words)


@register.simple_tag
def kind_words() -> str:
    """The kinds by their words in any language, for what is pasted into the cell's table."""
    return json.dumps(words.kind_words(), ensure_ascii=False)
