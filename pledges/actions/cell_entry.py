"""The registration list of a cell typed as a table: many rows in one act, each judged by itself."""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

from django.db import transaction
from django.db.models import F, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cadres.models import CadreEntry, Member, Membership, Unit, User
from cadres.outbox import note_changes
from cadres.text import fold
from pledges import rules
from pledges.actions.acts import CHUNK, Act, NotAllowedError
from pledges.actions.beginning import New, begin
from pledges.actions.journal import journal_tail, write_events
from pledges.actions.submission import submit, why_incomplete
from pledges.actions.transitions import note_pledges, why_closed
from pledges.models import EventAction, Lane, Pledge, PledgeEvent, PledgeTier, Tier, TierKind
from pledges.permissions import can_type_cell_list, lane_of, why_not_register
from pledges.sources import suggestions_for
from pledges.states import EDITABLE, REGISTERED, PledgeStatus

ROW_FIELDS = ("title", "novelty", "product", "due_kind", "due_on")
# What a row needs before it is sent, and what to say where it is missing.
WANTED: dict[str, Any] = {
    "title": gettext_lazy("Write the task you register."),
    "novelty": gettext_lazy("Choose new, difficult or both."),
    "product": gettext_lazy("Write what will be there in the end, with a number where there is one."),
    "due_on": gettext_lazy("Choose a quarter, the whole year or a day."),
}
OVER = (PledgeStatus.WITHDRAWN, PledgeStatus.REJECTED)


@dataclass(frozen=True, kw_only=True)
class RowTyped:
    """One row as typed: `ref` and `revision` as the table was opened with, keys of `content` ROW_FIELDS."""

    member_id: int
    ref: uuid.UUID
    revision: int | None
    content: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class RowAnswer:
    """What became of a row: `done` when it was written or sent, else why not and in which field.

    With an error, `pledge` is what somebody else saved in the meantime.
    """

    member_id: int
    pledge: Pledge | None = None
    field: str = ""
    error: str = ""
    done: bool = False


def save_rows(
    rows: Sequence[RowTyped], *, tier: Tier, cell: Unit, by: User, day: date, send: bool
) -> list[RowAnswer]:
    """Save rows of the cell's list as drafts, or `send` them; one answer a row, in their order.

    Good rows are written, bad ones refused each with its reason: a comrade who does not stand in
    the cell, something incomplete, what was sent, what somebody else changed or began since. A row
    that holds what is saved already is not written, so the same rows twice are one effect. Sent
    with the rows are untouched drafts among them, and what was amended since it was returned.
    Statements are constant per 500 rows. Raises NotAllowedError for whoever is not the secretary.
    """
    if not can_type_cell_list(by, cell, tier):
        raise NotAllowedError(_("You cannot register for the members of this cell."))
    answers: list[RowAnswer] = []
    with transaction.atomic():
        for start in range(0, len(rows), CHUNK):
            table = _Table(tier=tier, cell=cell, act=Act(by=by, on=day), day=day, send=send)
            answers += table.save(rows[start : start + CHUNK])
    return answers


@dataclass
class _Row:
    """A row on its way: what is to be done with it, or why nothing is."""

    typed: RowTyped
    pledge: Pledge | None = None
    lane: Lane = Lane.REGULAR
    begins: bool = False
    changes: bool = False
    sends: bool = False
    field: str = ""
    error: str = ""

    def refuse(self, error: str, *, field: str = "", newer: Pledge | None = None) -> None:
        """Leave the row unwritten; `newer` is given back to be read."""
        self.error, self.field, self.pledge = error, field, newer

    def answer(self, saved: Mapping[int, Pledge]) -> RowAnswer:
        """The answer once everything is written; `saved` by key as it now stands."""
        pledge = saved.get(self.pledge.pk, self.pledge) if self.pledge else None
        return RowAnswer(
            member_id=self.typed.member_id,
            pledge=pledge,
            field=self.field,
            error=str(self.error),
            done=not self.error and (self.begins or self.changes or self.sends),
        )


@dataclass(kw_only=True)
class _Table:
    """Up to CHUNK rows of one cell, saved together under the locks of their members and pledges."""

    tier: Tier
    cell: Unit
    act: Act
    day: date
    send: bool

    def save(self, typed: Sequence[RowTyped]) -> list[RowAnswer]:
        """Lock, judge each row, write what is good."""
        self._lock(typed)
        rows = [_Row(one) for one in typed]
        for row in rows:
            self._judge(row)
        self.themes = self._themes(rows)
        self._begin([row for row in rows if row.begins])
        self._change([row for row in rows if row.changes])
        self._submit([row for row in rows if row.sends and not row.begins])
        keys = [row.pledge.pk for row in rows if row.pledge and not row.error]
        saved = Pledge.objects.select_related("tier").in_bulk(keys)
        return [row.answer(saved) for row in rows]

    def _lock(self, typed: Sequence[RowTyped]) -> None:
        """Members, then pledges, each by key."""
        ids = [row.member_id for row in typed]
        members = Member.objects.select_for_update(of=("self",), no_key=True).filter(pk__in=ids)
        self.members = {member.pk: member for member in members.select_related("unit").order_by("pk")}
        in_cell = Membership.objects.on(self.day).filter(unit=self.cell, member__in=ids)
        self.standing = set(in_cell.values_list("member_id", flat=True))
        own = Q(ref__in=[row.ref for row in typed]) | Q(
            lead_member__in=ids, campaign_id=self.tier.campaign_id
        )
        pledges = (
            Pledge.objects.select_for_update(of=("self",), no_key=True).select_related("campaign").filter(own)
        )
        found = list(pledges.order_by("pk"))
        self.by_ref = {pledge.ref: pledge for pledge in found}
        self.live = {pledge.lead_member_id: pledge for pledge in reversed(found) if pledge.status not in OVER}
        self.amended = _amended(found) if self.send else set()
        self.refs: set[uuid.UUID] = set()

    def _judge(self, row: _Row) -> None:
        typed = row.typed
        found = self.by_ref.get(typed.ref)
        own = (typed.member_id, self.tier.pk, False)
        foreign = found and (found.lead_member_id, found.tier_id, found.is_stub) != own
        if typed.member_id not in self.standing:
            row.refuse(_("This comrade does not stand in the cell any more."))
        elif foreign or typed.ref in self.refs:
            row.refuse(_("This form belongs to another registration."))
        elif found:
            self._judge_known(row, found)
        elif typed.content.get("title") or typed.content.get("product"):
            self._judge_new(row)
        self.refs.add(typed.ref)

    def _judge_new(self, row: _Row) -> None:
        member, campaign = self.members[row.typed.member_id], self.tier.campaign
        lane: Lane | None = Lane.REGULAR
        if not campaign.window_is_open(self.day):
            assert self.act.by is not None
            if reason := why_not_register(self.act.by, member, self.tier, self.day):
                return row.refuse(reason)
            lane = lane_of(member, self.tier, self.day)
        if other := self.live.get(member.pk):
            text = _("Something has been registered for this comrade since you opened the list.")
            return row.refuse(text, newer=other)
        if problem := self._problem(row.typed.content, complete=self.send):
            return row.refuse(problem[1], field=problem[0])
        row.begins, row.sends, row.lane = True, self.send, lane or Lane.REGULAR
        return None

    def _judge_known(self, row: _Row, found: Pledge) -> None:
        content, returned = row.typed.content, found.status == PledgeStatus.RETURNED
        row.pledge = found
        changes = any(getattr(found, name) != content[name] for name in ROW_FIELDS if name in content)
        if changes and row.typed.revision != found.revision:
            text = _("Somebody else has saved this row since you opened the list.")
            return row.refuse(text, newer=found)
        if changes and found.status not in EDITABLE:
            text = _("This registration has been sent and can no longer be changed here.")
            return row.refuse(text, newer=found)
        if changes and (closed := why_closed(found)):
            return row.refuse(closed)
        sends = self.send and found.status in EDITABLE
        sends = sends and (changes or not returned or found.pk in self.amended)
        if changes or sends:
            problem = self._problem(content, complete=sends or returned)
            if problem:
                return row.refuse(problem[1], field=problem[0])
        row.changes, row.sends = changes, sends
        return None

    def _problem(self, content: Mapping[str, Any], *, complete: bool) -> tuple[str, str] | None:
        """The first field that is missing or wrong, and why."""
        for name in WANTED if complete else ("title",):
            if not content.get(name):
                return name, WANTED[name]
        wrong = rules.due_problem(content.get("due_on"), self.tier.campaign.year)
        return ("due_on", wrong) if wrong else None

    def _themes(self, rows: Sequence[_Row]) -> dict[str, int]:
        """Themes by the folded title of the suggested task that answers each; for rows that are written."""
        if not any(row.begins or row.changes for row in rows):
            return {}
        suggested = suggestions_for(self.cell, self.tier).exclude(theme=None).order_by("unit__path", "order")
        return {fold(title): theme for title, theme in suggested.values_list("title", "theme") if theme}

    def _begin(self, rows: Sequence[_Row]) -> None:
        if not rows:
            return
        new = [New(pledge=self._new(row), sends=row.sends) for row in rows]
        begin(new, _counted([one.pledge for one in new], self.tier), act=self.act)
        note_pledges(one.pledge for one in new if one.sends)

    def _new(self, row: _Row) -> Pledge:
        """The pledge of a row, judged: what cannot be sent is kept as a draft, with the reason."""
        row.pledge = Pledge(
            ref=row.typed.ref,
            campaign=self.tier.campaign,
            tier=self.tier,
            lead_member=self.members[row.typed.member_id],
            unit=self.cell,
            created_by=self.act.by,
            lane=row.lane,
            theme_id=self.themes.get(fold(row.typed.content.get("title", ""))),
            **{name: row.typed.content[name] for name in ROW_FIELDS if name in row.typed.content},
        )
        if row.sends and (reason := why_closed(row.pledge) or why_incomplete(row.pledge, {})):
            row.sends, row.error = False, reason
        return row.pledge

    def _change(self, rows: Sequence[_Row]) -> None:
        pledges: list[Pledge] = []
        for row in rows:
            assert row.pledge is not None
            for name in ROW_FIELDS:
                setattr(row.pledge, name, row.typed.content.get(name, getattr(row.pledge, name)))
            row.pledge.theme_id = row.pledge.theme_id or self.themes.get(fold(row.pledge.title))
            pledges.append(row.pledge)
        pledges.sort(key=lambda pledge: (pledge.status, pledge.pk))
        for status, some in groupby(pledges, key=lambda pledge: pledge.status):
            write_events(some, act=self.act, action=EventAction.EDITED, to=PledgeStatus(status))
        Pledge.objects.bulk_update(pledges, (*ROW_FIELDS, "theme"), batch_size=CHUNK)
        _move_tails(pledges)
        counted = {pledge.unit_id for pledge in pledges if pledge.status in REGISTERED}
        note_changes(counted, campaign=self.tier.campaign_id)

    def _submit(self, rows: Sequence[_Row]) -> None:
        if not rows:
            return
        by_key = {row.pledge.pk: row for row in rows if row.pledge}
        for refused in submit(by_key, act=self.act).refused:
            by_key[refused.pledge_id].error = refused.reason


def _amended(pledges: Iterable[Pledge]) -> set[int]:
    """Keys of returned pledges that were edited since they were returned."""
    returned = [pledge.pk for pledge in pledges if pledge.status == PledgeStatus.RETURNED]
    last = PledgeEvent.objects.filter(pledge__in=returned, seq=F("pledge__journal_seq"))
    return set(last.filter(action=EventAction.EDITED).values_list("pledge_id", flat=True))


def _counted(pledges: Sequence[Pledge], tier: Tier) -> list[PledgeTier]:
    """The tiers in which new pledges count, as `tiers_counting` says for one."""
    below = tier.campaign.tiers.filter(order__gt=tier.order).exclude(kind=TierKind.ORGANISATIONS)
    leads = {pledge.lead_member_id for pledge in pledges}
    rows = [PledgeTier(pledge=pledge, tier=tier, member_id=pledge.lead_member_id) for pledge in pledges]
    for one in below:
        listed = CadreEntry.objects.filter(cadre_list=one.cadre_list_id, member__in=leads)
        inside = set(listed.values_list("member_id", flat=True)) if one.is_listed else leads
        rows += [
            PledgeTier(pledge=pledge, tier=one, member_id=pledge.lead_member_id)
            for pledge in pledges
            if pledge.lead_member_id in inside
        ]
    return rows


def _move_tails(pledges: Iterable[Pledge]) -> None:
    Pledge.objects.filter(pk__in=[pledge.pk for pledge in pledges]).update(**journal_tail())
