"""The desk's own acts on a set of pledges: vet (thẩm định), ask for an amendment."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from cadres.models import Unit
from pledges.actions import transitions
from pledges.actions.acts import CHUNK, Act, Acted, Refused
from pledges.actions.journal import journal_tail, write_events
from pledges.actions.office_lists import keep_ready_lists
from pledges.actions.returns import Asked
from pledges.desk import lying_on
from pledges.desk_words import PROPOSED
from pledges.models import EventAction, Pledge, PledgeVersion, Vetting
from pledges.permissions import can_vet
from pledges.states import Outcome, PledgeStatus

PROPOSALS = (Outcome.APPROVE, Outcome.HOLD, Outcome.REJECT)


@dataclass(frozen=True)
class Finding:
    """What the board proposes to the meeting, with the reasons where it is not an approval."""

    proposal: Outcome = Outcome.APPROVE
    note: str = ""

    def __post_init__(self) -> None:
        if self.proposal not in PROPOSALS:
            raise ValueError(_("This cannot be proposed."))
        if self.proposal != Outcome.APPROVE and not self.note.strip():
            raise ValueError(_("Give the reasons."))

    @property
    def text(self) -> str:
        """As the journal keeps it."""
        if self.proposal == Outcome.APPROVE:
            return self.note
        return f"{PROPOSED[self.proposal]}: {self.note}"


class Bench:
    """Judges locked pledges for one person: what is asked once is not asked again pledge by pledge."""

    def __init__(self, act: Act, versions: Mapping[int, int] | None = None) -> None:
        self.act, self.versions = act, versions or {}
        self._known: dict[int, bool] = {}

    def __call__(self, pledge: Pledge) -> str | None:
        """Why the desk may not act on a pledge, or None."""
        if self.act.by is not None and not self._allowed(pledge):
            return _("The organisation board of the host vets this.")
        if self.versions.get(pledge.pk, pledge.versions_made) != pledge.versions_made:
            return _("It was sent again since you opened it. Read it once more.")
        return None

    def _allowed(self, pledge: Pledge) -> bool:
        assert self.act.by is not None
        if pledge.campaign_id not in self._known:
            self._known[pledge.campaign_id] = can_vet(self.act.by, pledge.campaign)
        return self._known[pledge.campaign_id]


def why_not_vet(pledge: Pledge, bench: Bench, lying: Mapping[int, str]) -> str | None:
    """Why a pledge cannot be vetted now, or None; `lying`: titles of open dockets by pledge."""
    if reason := transitions.why_closed(pledge) or bench(pledge):
        return reason
    if pledge.status != PledgeStatus.SUBMITTED:
        return _("The pledge is “%(status)s”.") % {"status": pledge.get_status_display()}
    if pledge.pk in lying:
        return _("It lies on the docket “%(docket)s” already.") % {"docket": lying[pledge.pk]}
    return None


def vet(
    pledge_ids: Collection[int], finding: Finding, *, act: Act, versions: Mapping[int, int] | None = None
) -> Acted:
    """Write what the board proposes on the version last sent of each pledge: the last reading holds.

    The same finding twice is one effect. `versions` says which version was read; one sent since is
    refused, as is what lies on an open docket.
    """
    ids, answer, bench = sorted(set(pledge_ids)), Acted(), Bench(act, versions)
    with transaction.atomic():
        for start in range(0, len(ids), CHUNK):
            _vet_chunk(ids[start : start + CHUNK], finding, bench, answer)
    return answer


def _vet_chunk(ids: list[int], finding: Finding, bench: Bench, answer: Acted) -> None:
    locked, lying = transitions.lock(ids), lying_on(ids)
    versions = PledgeVersion.objects.filter(pledge__in=ids).last_sent().keys_by_pledge()
    known = Vetting.objects.filter(version__in=versions.values(), note=finding.note)
    same = set(known.filter(proposal=finding.proposal).order_by().values_list("pledge_id", flat=True))
    going = []
    for pledge in locked:
        if reason := why_not_vet(pledge, bench, lying):
            answer.refused.append(Refused(pledge.pk, reason))
        elif pledge.pk in same:
            answer.unchanged.append(pledge)
        else:
            going.append(pledge)
    _write(going, versions, finding, bench.act)
    answer.done.extend(going)


def _write(going: list[Pledge], versions: Mapping[int, int], finding: Finding, act: Act) -> None:
    if not going:
        return
    assert act.by is not None
    assert act.on is not None
    Vetting.objects.bulk_create(
        [
            Vetting(
                pledge=pledge,
                version_id=versions[pledge.pk],
                proposal=finding.proposal,
                note=finding.note,
                on=act.on,
                at=act.at,
                by=act.by,
            )
            for pledge in going
        ],
        batch_size=CHUNK,
        update_conflicts=True,
        unique_fields=["version"],
        update_fields=["proposal", "note", "on", "at", "by"],
    )
    write_events(
        going,
        act=act,
        action=EventAction.VETTED,
        to=PledgeStatus.SUBMITTED,
        notes={pledge.pk: finding.text for pledge in going},
        versions={pledge.pk: pledge.versions_made for pledge in going},
    )
    Pledge.objects.filter(pk__in=[pledge.pk for pledge in going]).update(**journal_tail())


def ask_to_amend(
    pledge_ids: Collection[int], asked: Asked, *, act: Act, versions: Mapping[int, int] | None = None
) -> Acted:
    """Ask at the desk for an amendment of each pledge, before any body has met on it."""
    ids = sorted(set(pledge_ids))
    with transaction.atomic():
        if asked.reasons:
            for host in Unit.objects.filter(campaigns__pledges__in=ids).distinct():
                keep_ready_lists(host)
        return transitions.return_for_amendment(
            dict.fromkeys(ids, asked), act=act, judge=Bench(act, versions)
        )
