"""The cell's list on A4: one page to lie before the meeting, one to be signed."""

from dataclasses import dataclass
from datetime import date
from itertools import count

from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.views.decorators.http import require_safe

from cadres import clock
from cadres.access import person, signed_in
from cadres.models import Unit
from pledges import queries
from pledges.states import APPROVED, REGISTERED, PledgeStatus
from pledges.views.cell_place import cell_place, secretary_name
from pledges.views.cell_rows import CellList, Line, Person, read_list
from pledges.views.paper_size import MEETING, SIGNING, size_of

TEMPLATES = {"meeting": "pledges/cell_print.html", "signing": "pledges/cell_sign.html"}
LAYOUTS = {"meeting": MEETING, "signing": SIGNING}

Entries = list[tuple[Person, list[Line]]]


@signed_in
@require_safe
def cell_print(request: HttpRequest, campaign: str, unit: str) -> HttpResponse:
    """?for=meeting: what awaits the meeting, with room for its decisions; ?for=signing: all registered."""
    tier, cell = cell_place(request, campaign, unit)
    purpose = request.GET.get("for", "meeting")
    if purpose not in TEMPLATES:
        raise Http404
    day = clock.today()
    paper = Paper(read_list(person(request), cell, tier, day), purpose)
    context = {
        "tier": tier,
        "campaign": tier.campaign,
        "cell": cell,
        "day": day,
        "paper": paper,
        "whole": paper.whole,
        "secretary": secretary_name(cell),
    }
    if purpose == "meeting":
        context |= _votes(cell, day)
    return TemplateResponse(request, TEMPLATES[purpose], context)


def _votes(cell: Unit, day: date) -> dict[str, int]:
    voting = queries.voting_members(cell, day)
    return {"voting": voting, "majority": voting // 2 + 1}


@dataclass(frozen=True)
class Paper:
    """The lines of one of the two papers, person by person in the cell's own order."""

    whole: CellList
    purpose: str

    @property
    def entries(self) -> Entries:
        """For the meeting what awaits it, to be signed all that is registered."""
        wanted = {PledgeStatus.SUBMITTED} if self.purpose == "meeting" else set(REGISTERED)
        return self._with(wanted)

    @property
    def numbered(self) -> list[tuple[Person, list[tuple[int, Line]]]]:
        """The same, each task with its number: as the form numbers them that records the meeting."""
        number = count(1)
        return [(one, [(next(number), line) for line in lines]) for one, lines in self.entries]

    @property
    def returned(self) -> Entries:
        """What was sent back and is not amended yet."""
        return self._with({PledgeStatus.RETURNED})

    @property
    def adopted(self) -> int:
        """How many tasks were adopted before."""
        return sum(len(lines) for _person, lines in self._with(set(APPROVED)))

    @property
    def missing(self) -> list[Person]:
        """Who is counted and has not registered."""
        return self.whole.only("missing")

    @property
    def tasks(self) -> int:
        """How many tasks stand on the paper."""
        return sum(len(lines) for _person, lines in self.entries)

    @property
    def density(self) -> str:
        """The size of the letters, so that a usual cell stands on one page."""
        common = self.whole.common_status
        rows = [
            (_named(one), _printed(line, common), line.pledge.product)
            for one, lines in self.entries
            for line in lines
        ]
        return size_of(LAYOUTS[self.purpose], rows, self._foot)

    @property
    def _foot(self) -> list[str]:
        """The texts below the list whose length is not known beforehand."""
        if self.purpose != "meeting":
            return []
        returned = (f"{one.member.name} ({line.reason})" for one, lines in self.returned for line in lines)
        texts = (", ".join(one.member.name for one in self.missing), "; ".join(returned))
        return [text for text in texts if text]

    def _with(self, statuses: set[PledgeStatus]) -> Entries:
        rows = (
            (one, [line for line in one.lines if line.pledge.status in statuses]) for one in self.whole.people
        )
        return [(one, lines) for one, lines in rows if lines]


def _named(one: Person) -> str:
    """The name as long as it is printed."""
    return f"{one.member.name} ({one.member.birth_year}) {'' if one.counted else one.why_not_counted}"


def _printed(line: Line, common: str) -> str:
    """The task with its status, where it differs from that of all."""
    if line.status == common and not line.reason:
        return line.pledge.title
    return f"{line.pledge.title}\n{line.status} {line.reason}"
