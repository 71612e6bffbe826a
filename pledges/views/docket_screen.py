"""The docket on the large screen of the meeting: one cadre at a time, very large, moved by the arrow keys."""

import uuid
from dataclasses import dataclass
from typing import TypeVar

from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.views.decorators.http import require_safe

from cadres import clock
from cadres.access import signed_in
from pledges import docket_reading as reading
from pledges.models import Docket
from pledges.views.dockets import docket_for

Row = TypeVar("Row")

# So many lines are read from the back of a room; a cadre with more has several screens.
LINES_A_SCREEN = 3
LISTS_A_SCREEN = 6


@dataclass(frozen=True)
class Slide:
    """One screen: a name with its post and some of the lines, or some of the lists."""

    title: str
    post: str
    readings: list[reading.Reading]
    lists: list[reading.ListReading]
    part: int
    parts: int


@signed_in
@require_safe
def screen(request: HttpRequest, ref: uuid.UUID) -> HttpResponse:
    """?at: which screen; the first tells what the meeting is about.

    Cadres with a line that wants attention come first.
    """
    docket = docket_for(request, ref)
    lines = reading.lines_of(docket)
    beside = reading.beside(docket, lines, clock.today())
    slides = _slides(docket, lines, beside)
    asked = request.GET.get("at", "0")
    at = min(int(asked), len(slides)) if asked.isascii() and asked.isdigit() and len(asked) < 6 else 0
    context = {
        "docket": docket,
        "slide": slides[at - 1] if at else None,
        "at": at,
        "last": len(slides),
        "previous": at - 1 if at else None,
        "next": at + 1 if at < len(slides) else None,
        "opinions": beside.opinions,
        "count_words": reading.count_words(docket.tier, lines),
        "n_attention": sum(1 for line in lines if line.pk in beside.flags),
    }
    return TemplateResponse(request, "pledges/docket_screen.html", context)


def _slides(docket: Docket, lines: list[reading.DocketLine], beside: reading.Beside) -> list[Slide]:
    if reading.about_lists(lines):
        rows = reading.list_readings(docket, lines, beside)
        parts = _parts(rows, LISTS_A_SCREEN)
        return [Slide("", "", [], part, no, len(parts)) for no, part in enumerate(parts, start=1)]
    found = reading.groups(lines, reading.posts_of(docket.tier), beside)
    return [slide for group in sorted(found, key=reading.gravity) for slide in _of_group(group)]


def _of_group(group: reading.Group) -> list[Slide]:
    name = group.member.name if group.member else ""
    parts = _parts(group.readings, LINES_A_SCREEN)
    return [Slide(name, group.post, part, [], no, len(parts)) for no, part in enumerate(parts, start=1)]


def _parts(rows: list[Row], size: int) -> list[list[Row]]:
    return [rows[start : start + size] for start in range(0, len(rows), size)]
