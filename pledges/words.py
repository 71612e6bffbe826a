"""How a pledge is put into words on a page: its state by the route of its tier, its content, its deadline."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext_lazy, override, pgettext_lazy

from cadres.dates import due_label
from cadres.models import BodyKind, User
from cadres.permissions import can_read_member, can_read_unit
from cadres.templatetags.display import day, number, year
from pledges.models import DocketLine, Novelty, Partner, Pledge, Stance, StepMode, Tier, TierKind
from pledges.states import Outcome, PledgeStatus

# What members and key cadres say differently: a member's pledge waits for the cell's meeting
# (chi bộ thông qua), a key cadre's is vetted first and then approved (thẩm định, phê duyệt).
MEMBERS_STATUS: dict[str, Any] = {
    PledgeStatus.SUBMITTED: pgettext_lazy("member's pledge", "Registered, awaiting the cell"),
    PledgeStatus.APPROVED: pgettext_lazy("member's pledge", "Adopted by the cell"),
    PledgeStatus.REJECTED: pgettext_lazy("member's pledge", "Not adopted by the cell"),
}
PAST_VETTING = pgettext_lazy("key cadre's pledge", "Registered, awaiting approval")
CADRES_STATUS: dict[str, Any] = {
    PledgeStatus.SUBMITTED: pgettext_lazy("key cadre's pledge", "Registered, awaiting vetting"),
    PledgeStatus.APPROVED: pgettext_lazy("key cadre's pledge", "Approved"),
}
GRASSROOTS_STATUS: dict[str, Any] = CADRES_STATUS | {
    PledgeStatus.SUBMITTED: pgettext_lazy(
        "grassroots cadre's pledge", "Registered, awaiting the grassroots committee"
    ),
}
TIER_STATUS: dict[str, dict[str, Any]] = {
    TierKind.KEY_CADRES: CADRES_STATUS,
    TierKind.GRASSROOTS_CADRES: GRASSROOTS_STATUS,
}

NOVELTY_PHRASES: dict[str, Any] = {
    Novelty.NEW: gettext_lazy("a new task"),
    Novelty.DIFFICULT: gettext_lazy("a difficult task"),
    Novelty.BOTH: gettext_lazy("a new and difficult task"),
}

# What a meeting decided, in the colour of the state that came of it.
OUTCOME_PILLS: dict[str, PledgeStatus] = {
    Outcome.APPROVE: PledgeStatus.APPROVED,
    Outcome.RETURN: PledgeStatus.RETURNED,
    Outcome.REJECT: PledgeStatus.REJECTED,
}

# The same of a cell, which adopts (thông qua) where the bodies above approve (phê duyệt).
CELL_OUTCOMES: dict[str, Any] = {
    Outcome.APPROVE: pgettext_lazy("outcome in the cell", "adopted"),
    Outcome.REJECT: pgettext_lazy("outcome in the cell", "not adopted"),
}

# What the recorder chooses; a page that tells the outcome says it in the past (see states.Outcome).
DECISIONS: dict[Outcome, Any] = {
    Outcome.APPROVE: pgettext_lazy("decision", "Approve"),
    Outcome.RETURN: pgettext_lazy("decision", "Ask for an amendment"),
    Outcome.REJECT: pgettext_lazy("decision", "Do not approve"),
    Outcome.HOLD: pgettext_lazy("decision", "Hold over"),
}
LIST_DECISIONS: dict[Outcome, Any] = DECISIONS | {Outcome.APPROVE: pgettext_lazy("decision", "Endorse")}
OPINION_DECISIONS: dict[Outcome, Any] = DECISIONS | {
    Outcome.APPROVE: pgettext_lazy("decision", "Agree"),
    Outcome.REJECT: pgettext_lazy("decision", "Do not agree"),
}

# What a member of a body ticks on his sheet.
STANCES: dict[Stance, Any] = {
    Stance.AGREE: pgettext_lazy("sheet of opinion", "Agree"),
    Stance.CHANGE: pgettext_lazy("sheet of opinion", "Agree with changes"),
    Stance.OBJECT: pgettext_lazy("sheet of opinion", "Do not agree"),
    Stance.ABSTAIN: pgettext_lazy("sheet of opinion", "Have no opinion"),
}

# What a body says that is asked for its opinion only.
OPINION_OUTCOMES: dict[str, Any] = {
    Outcome.PENDING: pgettext_lazy("outcome of an opinion", "no opinion yet"),
    Outcome.APPROVE: pgettext_lazy("outcome of an opinion", "agrees"),
    Outcome.RETURN: pgettext_lazy("outcome of an opinion", "asks for an amendment"),
    Outcome.REJECT: pgettext_lazy("outcome of an opinion", "does not agree"),
    Outcome.HOLD: pgettext_lazy("outcome of an opinion", "held over to a later meeting"),
    Outcome.VOID: Outcome.VOID.label,
}

LABELS = {
    "title": gettext_lazy("Task or content"),
    "novelty": gettext_lazy("New or difficult"),
    "product": gettext_lazy("Result, product"),
    "due_on": gettext_lazy("Deadline"),
    "theme": gettext_lazy("Theme of the guidance"),
    "field": gettext_lazy("Field of work"),
    "place": gettext_lazy("Place"),
    "situation": gettext_lazy("Situation, why it is new or difficult"),
    "backlog_since": gettext_lazy("Backlog since the year"),
    "directive": gettext_lazy("Directive it follows"),
    "own_role": gettext_lazy("Own role"),
    "authority": gettext_lazy("Authority"),
    "solutions": gettext_lazy("Solutions"),
    "requests": gettext_lazy("Requests"),
    "result_kind": gettext_lazy("How the product is measured"),
    "measure_unit": gettext_lazy("Unit of measure"),
    "baseline": gettext_lazy("Figure to start from"),
    "target": gettext_lazy("Target"),
    "start_on": gettext_lazy("Day of the start"),
    "stub_reference": gettext_lazy("Separate document"),
    "partners": gettext_lazy("Partners"),
    "milestones": gettext_lazy("Milestones"),
    "sub_targets": gettext_lazy("Sub-targets"),
}
# Always told, even when nobody told us: unknown is shown as unknown.
ALWAYS = ("title", "novelty", "product", "due_on")


@cache
def kind_words() -> dict[str, str]:
    """Kinds by what an office calls them in any language, in small letters: khó, việc khó, difficult."""
    words: dict[str, str] = {}
    for language, _label in settings.LANGUAGES:
        with override(language):
            known = (*NOVELTY_PHRASES.items(), *Novelty.choices)
            words |= {str(label).lower(): str(code) for code, label in known}
    return words


@dataclass(frozen=True)
class Line:
    """One of several rows under a label: a day or figure, words, and their page where it may be read."""

    text: str
    lead: str = ""
    url: str = ""


@dataclass(frozen=True)
class Fact:
    """A label and what stands there, as words or as rows; empty when it is not known."""

    label: str
    value: str
    lines: tuple[Line, ...] = ()


def status_words(pledge: Pledge, tier: Tier) -> str:
    """The state as an office says it for the tier: chi bộ đã thông qua, or đã phê duyệt.

    What is past the board's desk no longer awaits vetting, where the query asked (`desk.past_vetting`).
    """
    if getattr(pledge, "is_past_vetting", False) and pledge.status == PledgeStatus.SUBMITTED:
        return str(PAST_VETTING)
    own = TIER_STATUS.get(tier.kind, MEMBERS_STATUS)
    # Not get_status_display(), which translates every status to find one: lists ask this of each row.
    return str(own.get(pledge.status) or PledgeStatus(pledge.status).label)


def outcome_words(line: DocketLine) -> str:
    """What was decided on a line: a cell adopts, a body above approves."""
    own = CELL_OUTCOMES if line.docket.body.kind == BodyKind.CELL_MEETING else {}
    return str(own.get(line.outcome, line.get_outcome_display()))


def due_words(pledge: Pledge) -> str:
    """The deadline as it was stated: quý II/2024, cả năm 2024, 30/09/2024; empty when unknown."""
    return due_label(pledge.due_kind, pledge.due_on) if pledge.due_on else ""


def decision_words(mode: str) -> dict[Outcome, Any]:
    """What the recorder chooses from, by what the body does: decide, give an opinion, endorse a list."""
    return {StepMode.ENDORSES: LIST_DECISIONS, StepMode.GIVES_OPINION: OPINION_DECISIONS}.get(
        StepMode(mode), DECISIONS
    )


def facts(pledge: Pledge, reader: User | None = None) -> list[Fact]:
    """The content in force, label by label; what is empty is left out but for the four questions.

    Partners lead to their pages where the reader may read these.
    """
    told = ("stub_reference", "due_on") if pledge.is_stub else tuple(LABELS)
    rows = [_fact(str(LABELS[name]), value) for name, value in _values(pledge, reader) if name in told]
    always = {str(LABELS[name]) for name in ALWAYS}
    return [fact for fact in rows if fact.value or fact.lines or fact.label in always]


def _fact(label: str, value: str | tuple[Line, ...]) -> Fact:
    return Fact(label, value) if isinstance(value, str) else Fact(label, "", value)


def _values(pledge: Pledge, reader: User | None) -> Iterator[tuple[str, str | tuple[Line, ...]]]:
    yield "title", pledge.title
    yield "stub_reference", pledge.stub_reference
    yield "novelty", pledge.get_novelty_display() if pledge.novelty else ""
    yield "product", pledge.product
    yield "due_on", due_words(pledge)
    yield "start_on", day(pledge.start_on) if pledge.start_on else ""
    yield "milestones", tuple(Line(one.text, day(one.due_on)) for one in pledge.milestones.all())
    yield "theme", pledge.theme.title if pledge.theme else ""
    for name in ("field", "place", "situation"):
        yield name, getattr(pledge, name)
    yield "backlog_since", year(pledge.backlog_since) if pledge.backlog_since else ""
    yield "directive", pledge.directive
    yield "own_role", pledge.own_role
    yield "authority", pledge.get_authority_display() if pledge.authority else ""
    yield "partners", tuple(Line(one.name, url=_page_of(one, reader)) for one in pledge.partners.all())
    yield "solutions", pledge.solutions
    yield "requests", pledge.requests
    for name in ("baseline", "target"):
        value = getattr(pledge, name)
        yield name, measured(value, None, pledge.measure_unit)
    rows = pledge.sub_targets.all()
    yield "sub_targets", tuple(Line(one.text, measured(one.target, None, one.measure_unit)) for one in rows)


def _page_of(partner: Partner, reader: User | None) -> str:
    if reader and partner.member and can_read_member(reader, partner.member):
        return reverse("pledges:member", args=[partner.member.code])
    if reader and partner.unit and can_read_unit(reader, partner.unit):
        return reverse("reports:unit", args=[partner.unit.code])
    return ""


def measured(value: Decimal | int | None, out_of: Decimal | int | None, unit: str) -> str:
    """A figure with its unit, "55/62 nội dung"; empty when it is not known."""
    if value is None:
        return ""
    parts = [number(Decimal(part).normalize()) for part in (value, out_of) if part is not None]
    return f"{'/'.join(parts)} {unit}".strip()


def short_reason(note: str) -> str:
    """The first sentence of the reasons of a return, for a pill in a list."""
    return note.splitlines()[0][:80] if note else ""
