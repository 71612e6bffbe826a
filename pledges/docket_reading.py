"""A docket as a meeting reads it: the content decided on, grouped by cadre, with what came of each line."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import groupby

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from cadres.dates import due_label
from cadres.models import Body, CadreEntry, Member, Unit
from cadres.templatetags.display import number
from pledges import queries
from pledges.committee_figures import Below, below_by_path
from pledges.docket_flags import GRAVE, Flag, Flags, Raised, flags_of
from pledges.docket_flags import has_gone as has_gone  # told with what is read
from pledges.models import (
    Authority,
    Docket,
    DocketLine,
    Lane,
    Matter,
    Novelty,
    Pledge,
    PledgeVersion,
    StepMode,
    Tier,
)
from pledges.opinion_reading import Opinions, Tally, opinions_of
from pledges.route_words import body_words
from pledges.states import DocketState, Outcome, PledgeStatus
from pledges.words import OPINION_OUTCOMES


@dataclass(frozen=True)
class Said:
    """What the version decided on says; empty where it is silent."""

    title: str
    novelty: str
    product: str
    due: str
    backlog_since: int | None
    of_the_state: bool
    directive: str = ""


@dataclass(frozen=True)
class Joint:
    """Bodies that decide jointly, by pledge: who has agreed besides, and who must agree yet."""

    agreed: dict[int, str] = field(default_factory=dict)
    awaited: dict[int, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Beside:
    """What stands beside the lines: the other bodies, opinions, flags, and what a later act corrected."""

    joint: Joint = field(default_factory=Joint)
    flags: Flags = field(default_factory=dict)
    opinions: Opinions | None = None
    heard: dict[int, str] = field(default_factory=dict)
    corrected: dict[int, DocketLine] = field(default_factory=dict)


@dataclass(frozen=True)
class Reading:
    """One line with its content, the other bodies of its route, and what was said of it."""

    line: DocketLine
    said: Said
    agreed: str = ""
    awaited: str = ""
    heard: str = ""
    flags: Sequence[Raised] = ()
    tally: Tally | None = None
    corrected: DocketLine | None = None

    @property
    def gone(self) -> bool:
        """Whether the line will be void: its pledge moved on while the docket was open."""
        return any(raised.flag == Flag.GONE for raised in self.flags)


@dataclass(frozen=True)
class Group:
    """The lines of one cadre, with the post as printed."""

    no: int
    member: Member | None
    post: str
    readings: list[Reading]

    @property
    def is_grave(self) -> bool:
        """Whether the meeting has to read it before it decides."""
        return any(raised.flag in GRAVE for reading in self.readings for raised in reading.flags)


@dataclass(frozen=True)
class ListReading:
    """One line about the list of a unit: cells that have sent and all of them, tasks adopted."""

    line: DocketLine
    sent: int | None
    cells: int | None
    adopted: int
    tally: Tally | None = None
    corrected: DocketLine | None = None


def lines_of(docket: Docket) -> list[DocketLine]:
    """The lines in the order of the docket, with what a page shows of them."""
    rows = docket.lines.select_related("pledge__lead_member", "pledge__unit", "unit__parent", "version")
    return list(rows.order_by("order"))


def about_lists(lines: Sequence[DocketLine]) -> bool:
    """Whether a docket is about lists of units; it is never about both."""
    return bool(lines) and lines[0].matter == Matter.ENDORSE_LIST


def said(version: PledgeVersion) -> Said:
    """The content of a version, which is what is decided on, whatever the pledge says today."""
    content = version.content
    due, novelty = content.get("due_on"), content.get("novelty")
    return Said(
        title=content.get("stub_reference") or content.get("title", ""),
        novelty=str(Novelty(novelty).label) if novelty else "",
        product=content.get("product", ""),
        due=due_label(content.get("due_kind", "day"), date.fromisoformat(due)) if due else "",
        backlog_since=content.get("backlog_since"),
        of_the_state=content.get("authority") == Authority.STATE,
        directive=content.get("directive") or "",
    )


def posts_of(tier: Tier) -> dict[int, str]:
    """Posts as printed on the frozen list of key cadres, by member."""
    if tier.cadre_list_id is None:
        return {}
    entries = CadreEntry.objects.filter(cadre_list=tier.cadre_list_id)
    return dict(entries.values_list("member_id", "post_printed"))


def preview(
    tier: Tier, body: Body, mode: str, *, supplementary: bool = False
) -> tuple[list[DocketLine], int]:
    """The lines a docket of the body would have now, not saved; and how many go on the other kind."""
    found = queries.versions_awaiting(tier, body, mode).select_related("pledge__lead_member", "pledge__unit")
    awaiting = list(found)
    versions = [one for one in awaiting if (one.pledge.lane != Lane.REGULAR) == supplementary]
    lines = [
        DocketLine(order=order, matter=Matter.REGISTER, pledge=version.pledge, version=version)
        for order, version in enumerate(versions, start=1)
    ]
    return lines, len(awaiting) - len(lines)


def groups(lines: Iterable[DocketLine], posts: dict[int, str], beside: Beside | None = None) -> list[Group]:
    """All lines of a docket about pledges, grouped by cadre and numbered in its order."""
    found, beside = [], beside or Beside()
    for no, (member, rows) in enumerate(groupby(lines, key=_lead), start=1):
        readings = [_reading(line, beside) for line in rows]
        found.append(Group(no, member, posts.get(member.pk, "") if member else "", readings))
    return found


def only(found: Iterable[Group], shown: Collection[int]) -> list[Group]:
    """Of the groups the lines shown; a cadre keeps the number he has on the whole docket."""
    kept = (replace(group, readings=_shown(group, shown)) for group in found)
    return [group for group in kept if group.readings]


def attention_first(found: Sequence[Group], flags: Flags) -> tuple[list[Group], list[Group]]:
    """The groups in two parts: lines that want attention, the gravest first, and the rest.

    Numbers stay as they are.
    """
    keys = {reading.line.pk for group in found for reading in group.readings}
    attention = only(found, keys & flags.keys())
    return sorted(attention, key=gravity), only(found, keys - flags.keys())


def gravity(group: Group) -> int:
    """The place of the gravest flag on a group's lines among all flags; after all of them, none."""
    order = list(Flag)
    raised = (one.flag for reading in group.readings for one in reading.flags)
    return min((order.index(flag) for flag in raised), default=len(order))


def _shown(group: Group, shown: Collection[int]) -> list[Reading]:
    return [reading for reading in group.readings if reading.line.pk in shown]


def _lead(line: DocketLine) -> Member | None:
    return line.pledge.lead_member if line.pledge else None


def _reading(line: DocketLine, beside: Beside) -> Reading:
    assert line.version is not None
    pledge, joint = line.pledge_id or 0, beside.joint
    return Reading(
        line,
        said(line.version),
        agreed=joint.agreed.get(pledge, ""),
        awaited=joint.awaited.get(pledge, ""),
        heard=beside.heard.get(pledge, ""),
        flags=beside.flags.get(line.pk, ()),
        tally=beside.opinions.by_line.get(line.pk) if beside.opinions else None,
        corrected=beside.corrected.get(line.pk),
    )


def beside(docket: Docket, lines: Sequence[DocketLine], day: date) -> Beside:
    """Everything a page shows beside the lines of a docket."""
    opinions = opinions_of(docket, lines, day)
    return Beside(
        joint=joint_of(docket, lines),
        flags=flags_of(docket, lines, opinions),
        opinions=opinions if opinions.members else None,
        heard=heard_of(docket),
        corrected={} if docket.state == DocketState.OPEN else queries.corrected_lines(docket),
    )


def heard_of(docket: Docket) -> dict[int, str]:
    """By pledge, what the bodies that are only asked for their opinion have said of the same version."""
    asks = any(step.mode == StepMode.GIVES_OPINION for step in docket.tier.steps.all())
    if not asks or docket.mode not in queries.DECIDING:
        return {}
    own = DocketLine.objects.order_by().filter(
        docket=docket, pledge=OuterRef("pledge"), version=OuterRef("version")
    )
    asked = DocketLine.objects.filter(Exists(own), docket__mode=StepMode.GIVES_OPINION)
    rows = queries.in_force(asked).exclude(outcome__in=(Outcome.HOLD, Outcome.VOID))
    found: dict[int, str] = {}
    for line in rows.select_related("docket__body").order_by("docket__meeting_on", "pk"):
        words = f"{line.docket.body.name}: {OPINION_OUTCOMES[line.outcome]}"
        words += f" ({line.note})" if line.note else ""
        pledge = line.pledge_id or 0
        found[pledge] = f"{found[pledge]}; {words}" if pledge in found else words
    return found


def list_readings(
    docket: Docket, lines: Iterable[DocketLine], beside: Beside | None = None
) -> list[ListReading]:
    """Lines about lists of units, each with what its list holds today."""
    beside = beside or Beside()
    tier, unit = docket.tier, docket.body.unit
    is_host = unit.pk == docket.campaign.host_id
    cells = below_by_path(tier, None, unit) if is_host else {}
    adopted = queries.approved_by_path(tier, unit, directly_below=is_host)
    return [_list_reading(line, line.unit, cells, adopted, beside) for line in lines if line.unit]


def _list_reading(
    line: DocketLine,
    unit: Unit,
    cells: dict[str, Below],
    adopted: dict[str, int],
    beside: Beside,
) -> ListReading:
    below = None if unit.is_cell else cells.get(unit.path)
    sent, all_cells = (below.sent, below.cells) if below else (None, None)
    tally = beside.opinions.by_line.get(line.pk) if beside.opinions else None
    return ListReading(line, sent, all_cells, adopted.get(unit.path, 0), tally, beside.corrected.get(line.pk))


def joint_of(docket: Docket, lines: Sequence[DocketLine]) -> Joint:
    """Two bodies that decide jointly are two acts: until both have agreed the pledge stays submitted."""
    pledges = [line.pledge for line in lines if line.pledge and line.pledge.status == PledgeStatus.SUBMITTED]
    if not pledges:
        return Joint()
    agreed_by = queries.bodies_agreed(Pledge.objects.filter(docket_lines__docket=docket))
    bodies = Body.objects.filter(unit=docket.campaign.host_id, ended_on=None)
    names = dict(bodies.values_list("kind", "name"))
    needed = queries.bodies_needed({pledge.pk: pledge.authority for pledge in pledges}, docket.tier)
    level = queries.level_of(docket.body.kind, docket.body.unit_id, docket.campaign.host_id)
    own, joint = (level, docket.body.kind), Joint()
    for pledge in pledges:
        agreed = agreed_by.get(pledge.pk, set())
        others = [one for one in needed[pledge.pk] if one != own]
        joint.agreed[pledge.pk] = ", ".join(body_words(*one, names) for one in others if one in agreed)
        if own in agreed:
            joint.awaited[pledge.pk] = ", ".join(
                body_words(*one, names) for one in others if one not in agreed
            )
    return joint


def joint_words(docket: Docket, joint: Joint) -> list[str]:
    """One sentence a body that must agree yet: Ban Thường vụ đã đồng ý 23 nội dung, chờ UBND."""
    counts: dict[str, int] = {}
    for name in filter(None, joint.awaited.values()):
        counts[name] = counts.get(name, 0) + 1
    words = _("%(body)s has agreed to %(n)s undertakings; they await %(awaited)s.")
    return [words % {"body": docket.body.name, "n": number(n), "awaited": name} for name, n in counts.items()]


def count_words(tier: Tier, lines: Sequence[DocketLine]) -> str:
    """How much lies on a docket: 166 nội dung của 54 đồng chí, or 29 danh sách."""
    leads = {line.pledge.lead_member_id for line in lines if line.pledge}
    figures = {"n": number(len(lines)), "people": number(len(leads))}
    if about_lists(lines):
        return _("%(n)s lists") % figures
    if tier.is_listed:
        return _("%(n)s undertakings of %(people)s comrades") % figures
    return _("%(n)s tasks of %(people)s comrades") % figures
