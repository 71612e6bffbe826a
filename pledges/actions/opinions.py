"""Ý kiến của ủy viên: what each member of a body says of a docket before its meeting is recorded."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from cadres import clock
from cadres.models import Member, User
from pledges.actions.acts import CHUNK, NotAllowedError, StaleError
from pledges.actions.building import lock_docket
from pledges.actions.outcomes import refuse_another_list
from pledges.models import Docket, LineOpinion, OpinionSheet, OpinionSource, Stance
from pledges.permissions import can_give_opinion, can_record, seated_members
from pledges.states import DocketState

WITH_REASONS = (Stance.CHANGE, Stance.OBJECT)


@dataclass(frozen=True)
class Opinion:
    """A stance, with the reasons where it is not plain agreement."""

    stance: Stance
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """What a member says of all lines, and of those of which he says something else.

    `seen`: the mark of the list he was shown, where it was a page.
    """

    whole: Opinion
    lines: Mapping[int, Opinion]
    revision: int = 0
    seen: str | None = None


def give_opinion(
    docket_id: int, *, member: Member, sheet: Sheet, source: OpinionSource, by: User, day: date
) -> OpinionSheet:
    """Write the sheet of a member: his own in the browser, or by the recorder from the signed paper.

    A sheet written before is replaced; the same sheet twice is one. Raises NotAllowedError for who
    may not, for a member without a seat, without reasons, and once the meeting was recorded; raises
    StaleError when somebody else wrote the sheet since the form was opened.
    """
    with transaction.atomic():
        # The docket's lock keeps a conclusion and other sheets out until this one stands.
        docket = lock_docket(docket_id)
        _judge_who(docket, member, source, by, day)
        _judge_what(docket, sheet)
        known = OpinionSheet.objects.filter(docket=docket, member=member).first()
        lines = {pk: one for pk, one in sheet.lines.items() if one != sheet.whole}
        if known and _says(known) == (sheet.whole, lines) and known.source == source:
            return known
        if (known.revision if known else 0) != sheet.revision:
            raise StaleError(_("This sheet has been written by somebody else meanwhile. Please look again."))
        return _write(docket, member, known, sheet.whole, lines, source, by)


def _judge_who(docket: Docket, member: Member, source: OpinionSource, by: User, day: date) -> None:
    if docket.state != DocketState.OPEN:
        raise NotAllowedError(_("The meeting has been recorded: opinions are not taken any more."))
    if not seated_members(docket.body, day).filter(pk=member.pk).exists():
        raise NotAllowedError(_("This comrade has no seat in the body."))
    own = source == OpinionSource.BROWSER and by.member_id == member.pk and can_give_opinion(by, docket, day)
    typed = source == OpinionSource.PAPER and can_record(by, docket.body)
    if not (own or typed):
        raise NotAllowedError(_("You do not give the opinion of this comrade."))


def _judge_what(docket: Docket, sheet: Sheet) -> None:
    refuse_another_list(docket, sheet.seen)
    if docket.lines.filter(pk__in=sheet.lines).count() != len(sheet.lines):
        raise NotAllowedError(_("The list has been changed meanwhile. Please look again."))
    for one in (sheet.whole, *sheet.lines.values()):
        if one.stance in WITH_REASONS and not one.note.strip():
            raise NotAllowedError(_("Give the reasons."))


def _says(sheet: OpinionSheet) -> tuple[Opinion, dict[int, Opinion]]:
    rows = sheet.lines.values_list("line", "stance", "note")
    lines = {pk: Opinion(Stance(stance), note) for pk, stance, note in rows}
    return Opinion(Stance(sheet.stance), sheet.note), lines


def _write(
    docket: Docket,
    member: Member,
    known: OpinionSheet | None,
    whole: Opinion,
    lines: Mapping[int, Opinion],
    source: OpinionSource,
    by: User,
) -> OpinionSheet:
    sheet = known or OpinionSheet(docket=docket, member=member)
    sheet.stance, sheet.note = whole.stance, whole.note
    sheet.source, sheet.by, sheet.at = source, by, clock.now()
    sheet.revision += 1
    sheet.save()
    sheet.lines.all().delete()
    rows = [
        LineOpinion(sheet=sheet, line_id=pk, stance=one.stance, note=one.note) for pk, one in lines.items()
    ]
    LineOpinion.objects.bulk_create(rows, batch_size=CHUNK)
    return sheet
