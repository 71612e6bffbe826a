"""One act of the desk on everything a filter found: asked for once, done in chunks, told line by line.

Each chunk is one transaction with the progress of the job, so that a worker that is killed leaves whole
chunks, and the next one goes on behind them. Few lines are done at once in the request, by the same code.
"""

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from cadres.models import Body, User
from cadres.templatetags.display import number
from cadres.wake import wake
from pledges import queries
from pledges.actions import transitions, vetting
from pledges.actions.acts import Act, Acted, NotAllowedError, Refused
from pledges.actions.dockets import build_docket
from pledges.actions.returns import Asked
from pledges.desk import at_desk, lying_on
from pledges.models import DeskAct, DeskJob, Lane, Pledge, Tier
from pledges.permissions import can_vet
from pledges.states import TRANSITIONS, Outcome, PledgeStatus

AT_ONCE = 50
STEP = 100
# More is not acted on at once: a filter that finds so many is to be narrowed.
MOST = 10_000


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What is to be done with each line: a finding, reasons of a return, or a docket for a body."""

    act: DeskAct
    proposal: str = Outcome.APPROVE
    note: str = ""
    reasons: tuple[str, ...] = ()
    body: Body | None = None
    title: str = ""
    supplementary: bool = False

    def params(self, on: date) -> dict[str, Any]:
        """As the job keeps it."""
        return {
            "on": on.isoformat(),
            "proposal": str(self.proposal),
            "note": self.note,
            "reasons": list(self.reasons),
            "title": self.title,
            "supplementary": self.supplementary,
        }


def request_desk_job(
    *, ref: uuid.UUID, tier: Tier, wish: Wish, pledges: Sequence[int], query: str, by: User, day: date
) -> DeskJob:
    """Have the act done on the pledges; few are done before this returns. The same `ref` is one job.

    Raises NotAllowedError without the right, or where the `ref` is of somebody else's job.
    """
    if not can_vet(by, tier.campaign):
        raise NotAllowedError(_("The organisation board of the host vets this."))
    if not pledges:
        raise NotAllowedError(_("Nothing is left in this filter."))
    if len(pledges) > MOST:
        raise NotAllowedError(too_many())
    with transaction.atomic():
        job, made = DeskJob.objects.get_or_create(
            ref=ref,
            defaults={
                "tier": tier,
                "act": wish.act,
                "query": query[:500],
                "pledges": sorted(set(pledges)),
                "params": wish.params(day),
                "body": wish.body,
                "created_by": by,
                "total": len(set(pledges)),
            },
        )
        if job.created_by_id != by.pk or job.tier_id != tier.pk:
            raise NotAllowedError(_("This form belongs to another act."))
        if made and job.total > AT_ONCE:
            wake(DeskJob.task_name, job.pk)
    if made and job.total <= AT_ONCE:
        with job.running() as claimed:
            if claimed:
                run(claimed)
    return job


def too_many() -> str:
    """Why nothing is done with all of a filter that finds too many."""
    text = _("At most %(n)s are changed at once. Choose an organisation first.")
    return text % {"n": number(MOST)}


def run(job: DeskJob) -> None:
    """Do what is left of a claimed job. Raises ValueError with what forbids all of it."""
    by = job.created_by
    if by is None or not can_vet(by, job.tier.campaign):
        raise NotAllowedError(_("The organisation board of the host vets this."))
    on = date.fromisoformat(job.params["on"])
    if job.act == DeskAct.DOCKET and job.progress < job.total:
        with transaction.atomic():
            _keep(job, _put_on_docket(job, by), job.total)
    for start in range(job.progress, job.total, STEP):
        chunk = job.pledges[start : start + STEP]
        with transaction.atomic():
            _keep(job, _step(job, chunk, Act(by=by, on=on)), start + len(chunk))


def _keep(job: DeskJob, answer: Acted, progress: int) -> None:
    job.done += len(answer.done)
    job.unchanged += len(answer.unchanged)
    job.refused = [*job.refused, *([one.pledge_id, one.reason] for one in answer.refused)]
    job.save(update_fields=["done", "unchanged", "refused", "docket"])
    job.advance(progress)


def _step(job: DeskJob, chunk: Collection[int], act: Act) -> Acted:
    params = job.params
    if job.act == DeskAct.RETURN:
        return vetting.ask_to_amend(chunk, Asked(tuple(params["reasons"]), params["note"]), act=act)
    return vetting.vet(chunk, vetting.Finding(Outcome(params["proposal"]), params["note"]), act=act)


def _put_on_docket(job: DeskJob, by: User) -> Acted:
    """Vetted lines that await the body go on one docket; the others stay, each with its reason."""
    assert job.body is not None
    pledges = list(at_desk(job.tier).filter(pk__in=job.pledges).order_by("pk"))
    supplementary = job.params["supplementary"]
    reasons = why_not_docket(pledges, job.tier, job.body, supplementary=supplementary)
    going = [pledge.pk for pledge in pledges if pledge.pk not in reasons]
    answer = Acted(refused=[Refused(pk, reason) for pk, reason in reasons.items()])
    gone = sorted(set(job.pledges) - {pledge.pk for pledge in pledges})
    answer.refused += [Refused(pk, _("It has been decided on or withdrawn meanwhile.")) for pk in gone]
    if not going:
        return answer
    job.docket = build_docket(
        tier=job.tier,
        body=job.body,
        title=job.params["title"],
        by=by,
        pledge_ids=going,
        supplementary=supplementary,
        ref=job.ref,
    )
    on_it = set(job.docket.lines.order_by().values_list("pledge_id", flat=True))
    answer.done = [pledge for pledge in pledges if pledge.pk in on_it]
    answer.refused += [Refused(pk, _("It does not await this body.")) for pk in going if pk not in on_it]
    return answer


def why_not_docket(
    pledges: Collection[Pledge], tier: Tier, body: Body, *, supplementary: bool
) -> dict[int, str]:
    """Why pledges from `at_desk` cannot go on a docket of the body now, by key; three queries."""
    keys = [pledge.pk for pledge in pledges]
    lying = lying_on(keys)
    awaiting = set(queries.awaiting_body(tier, body).filter(pk__in=keys).values_list("pk", flat=True))
    told = ((pledge, _why_not_docket(pledge, lying, awaiting, supplementary)) for pledge in pledges)
    return {pledge.pk: reason for pledge, reason in told if reason}


def _why_not_docket(
    pledge: Pledge, lying: Mapping[int, str], awaiting: Collection[int], supplementary: bool
) -> str | None:
    if pledge.status != PledgeStatus.SUBMITTED:
        return _("The pledge is “%(status)s”.") % {"status": pledge.get_status_display()}
    if pledge.pk in lying:
        return _("It lies on the docket “%(docket)s” already.") % {"docket": lying[pledge.pk]}
    if not getattr(pledge, "has_vetting", False):
        return _("It has not been vetted yet.")
    if pledge.pk not in awaiting:
        return _("It does not await this body.")
    if (pledge.lane != Lane.REGULAR) != supplementary:
        return (
            _("It was registered in the window and goes on the ordinary docket.")
            if supplementary
            else _("It was registered after the window and goes on a docket of its own.")
        )
    return None


def foreseen(wish: Wish, pledges: Collection[Pledge], tier: Tier, act: Act) -> dict[int, str]:
    """Which of the pledges the act would refuse today and why, before anything is done."""
    if wish.act == DeskAct.DOCKET:
        assert wish.body is not None
        return why_not_docket(pledges, tier, wish.body, supplementary=wish.supplementary)
    bench, lying = vetting.Bench(act), lying_on([pledge.pk for pledge in pledges])
    found = {}
    for pledge in pledges:
        if wish.act == DeskAct.VET:
            reason = vetting.why_not_vet(pledge, bench, lying)
        else:
            reason = why_not_return(pledge, bench)
        if reason:
            found[pledge.pk] = reason
    return found


def why_not_return(pledge: Pledge, bench: vetting.Bench) -> str | None:
    """Why an amendment of a pledge cannot be asked for now, or None; the door judges the same again."""
    if reason := transitions.why_closed(pledge) or bench(pledge):
        return reason
    if PledgeStatus.RETURNED not in TRANSITIONS[pledge.status]:
        return _("The pledge is “%(status)s”.") % {"status": pledge.get_status_display()}
    return None
