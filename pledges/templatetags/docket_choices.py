"""What was left on a line of a docket, for the row of a template."""

from django import template

from pledges.forms.lines import EachLineForm, TypedLine
from pledges.models import DocketLine
from pledges.words import OPINION_OUTCOMES

register = template.Library()


@register.filter
def of_line(choices: EachLineForm, line: DocketLine) -> TypedLine | None:
    """The choice and the reasons typed on the line; None where nothing is chosen on it."""
    return choices.typed.get(line.pk)


@register.filter
def opinion_outcome(outcome: str) -> str:
    """What a body says that is asked for its opinion only."""
    return str(OPINION_OUTCOMES[outcome])
