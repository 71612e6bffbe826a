"""What the recorder left on a line of a docket, for the row of a template."""

from django import template

from pledges.forms.dockets import LinesForm, TypedLine
from pledges.models import DocketLine

register = template.Library()


@register.filter
def of_line(choices: LinesForm, line: DocketLine) -> TypedLine:
    """The outcome and the reasons typed on the line."""
    return choices.typed[line.pk]
