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

TEMPLATES = {"meeting": "pledges/cell_print.html", "signing": "pledges/cell_sign.html"}
# Up to so many tasks stand on one page in letters of that size; more are set in the smallest.
SIZES = {
    "meeting": {"paper-roomy": 12, "paper-usual": 15, "paper-close": 22, "paper-small": 28},
    "signing": {"paper-roomy": 10, "paper-usual": 14, "paper-close": 18, "paper-small": 20},
}

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
        sizes = SIZES[self.purpose]
        return next((name for name, most in sizes.items() if self.tasks <= most), "paper-dense")

    def _with(self, statuses: set[PledgeStatus]) -> Entries:
        rows = (
            (one, [line for line in one.lines if line.pledge.status in statuses]) for one in self.whole.people
        )
        return [(one, lines) for one, lines in rows if lines]
