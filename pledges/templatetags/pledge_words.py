"""Words for pledges on pages; the rules stand in `pledges.words`."""

from django import template

from pledges import words

register = template.Library()
register.filter("due_words", words.due_words)
register.filter("status_words", words.status_words)
