"""What a workbook of pledges writes: pledges, the list of key cadres, approvals of a past year."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import PurePath

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from cadres.actions.import_jobs import LONGEST_FILE_NAME, random_name
from cadres.models import Body, CadreEntry, CadreList, CadreListKind, Member, RecordEvent, Unit, User
from cadres.text import clean
from cadres.wake import wake
from pledges import queries
from pledges.actions import dockets, recording, register
from pledges.actions.acts import CHUNK, Act, NotAllowedError
from pledges.models import Campaign, Docket, Pledge, PledgeImport, StepMode, Tier

DECIDING = (StepMode.DECIDES, StepMode.DECIDES_JOINTLY)
Then = Callable[[int], None]


@dataclass(frozen=True, kw_only=True)
class Listed:
    """A key cadre as the workbook prints him: post, and the unit where he counts."""

    member: Member
    unit: Unit
    post: str
    unit_printed: str


@transaction.atomic
def request_pledge_import(
    *, campaign: Campaign, file: UploadedFile, on: date | None, by: User | None
) -> PledgeImport:
    """Keep an uploaded list and have it checked; nothing of it is written."""
    name = clean(PurePath(file.name or "").name)
    file.name = random_name(name)
    job = PledgeImport.objects.create(
        campaign=campaign, file=file, file_name=name[-LONGEST_FILE_NAME:], on=on, created_by=by
    )
    wake(PledgeImport.task_name, job.pk)
    return job


def record_chunk(lines: Sequence[register.Typed], *, act: Act, then: Then) -> list[Pledge]:
    """Take over whole cells at once.

    `then` (progress and lease of the job) runs in the same transaction, with the number of new pledges.
    """
    try:
        return _record(lines, act, then)
    except IntegrityError:
        # Another import of the same list was quicker: its pledges are found now and left as they are.
        return _record(lines, act, then)


def _record(lines: Sequence[register.Typed], act: Act, then: Then) -> list[Pledge]:
    with transaction.atomic():
        made = recording.record_many(lines, act=act)
        then(len(made))
    return made


def extend_cadre_list(tier: Tier, people: Sequence[Listed], *, by: User | None) -> CadreList:
    """Put key cadres on the list of the host and year (danh sách cán bộ chủ chốt), made if there is none.

    Who stands on it stays as he was printed first; nobody is taken off.
    """
    campaign = tier.campaign
    with transaction.atomic():
        listing = tier.cadre_list or _list_of_the_year(campaign)
        known = set(listing.entries.values_list("member_id", flat=True))
        first: dict[int, Listed] = {}
        for one in people:
            first.setdefault(one.member.pk, one)
        new = [one for pk, one in first.items() if pk not in known]
        CadreEntry.objects.bulk_create(
            [
                CadreEntry(
                    cadre_list=listing,
                    member=one.member,
                    unit=one.unit,
                    post_printed=one.post,
                    unit_printed=one.unit_printed,
                    order=order,
                )
                for order, one in enumerate(new, start=len(known) + 1)
            ],
            batch_size=CHUNK,
            ignore_conflicts=True,
        )
        if tier.cadre_list is None:
            tier.cadre_list = listing
            tier.save(update_fields=["cadre_list"])
        if new:
            _note("cadre_list_extended", campaign, {"year": campaign.year, "people": len(new)}, by)
    return listing


def _list_of_the_year(campaign: Campaign) -> CadreList:
    words = {"unit": campaign.host.name, "year": str(campaign.year)}
    with override(settings.LANGUAGE_CODE):
        title = _("Key cadres of %(unit)s, %(year)s") % words
    found, _made = CadreList.objects.get_or_create(
        unit=campaign.host, year=campaign.year, kind=CadreListKind.KEY, defaults={"title": title[:200]}
    )
    return found


def deciding_bodies(tier: Tier) -> list[Body]:
    """The host's bodies whose approval the tier's route demands. Raises NotAllowedError if one is missing."""
    bodies = []
    for step in tier.steps.all():
        if step.mode in DECIDING:
            body = queries.body_of(step, tier.campaign.host)
            if body is None:
                words = {"unit": tier.campaign.host.name, "body": step.get_body_kind_display()}
                message = _("%(unit)s has no %(body)s in the records yet: its approval cannot be recorded.")
                raise NotAllowedError(message % words)
            bodies.append(body)
    return bodies


def approve_from_paper(
    tier: Tier, pledge_ids: Collection[int], *, source: str, by: User | None
) -> list[Docket]:
    """Record the approvals of a past year, one docket a deciding body; day, number and votes stay unknown.

    Pledges that a body has approved already are left out: twice the same call is one effect.
    """
    words = {"year": str(tier.campaign.year)}
    with override(settings.LANGUAGE_CODE):
        title = _("Approval of the pledges of %(year)s, recorded from paper") % words
    recorded = []
    with transaction.atomic():
        for body in deciding_bodies(tier):
            waiting = set(queries.awaiting_body(tier, body).values_list("pk", flat=True)) & set(pledge_ids)
            if waiting:
                recorded.append(
                    dockets.record_from_paper(
                        tier=tier, body=body, title=title, source=source, pledge_ids=waiting, by=by
                    )
                )
    return recorded


def note_import(campaign: Campaign, counts: dict[str, int], *, by: User | None) -> None:
    """Journal that a workbook was brought in: numbers only, no name, no text."""
    _note("pledges_imported", campaign, counts, by)


def note_refused_taken(job: PledgeImport, *, by: User) -> None:
    """Journal that somebody took out the workbook of refused rows: it holds names."""
    data = {"import": job.pk, "rows": job.result.get("refused", 0)}
    _note("pledges_refused_taken", job.campaign, data, by)


def _note(action: str, campaign: Campaign, data: dict[str, int], by: User | None) -> None:
    RecordEvent.objects.create(
        actor=by, action=action, unit=campaign.host, data={"campaign": campaign.code, **data}
    )
