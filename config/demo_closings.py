"""The past years of the demo are closed: 2023 twice, with two results that came in between; 2022 for good."""

import uuid
from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from cadres.models import User
from config import demo_story as story
from pledges.actions.acts import Act
from pledges.actions.results import FinalResult, record_results
from pledges.imports.match import Matched
from pledges.imports.results import final_result
from pledges.imports.run import Checked
from pledges.models import Campaign, Pledge
from pledges.states import PledgeStatus
from reports.actions.campaign_closing import close_campaign
from reports.actions.closings import request_closing, take
from reports.models import ClosingKind

Results = dict[uuid.UUID, FinalResult]


def hold_back(checked: Checked) -> Results:
    """Take the last results off a workbook; their offices report them later."""
    matched = checked.matching.matched
    held: Results = {}
    for no in [no for no, one in enumerate(matched) if _may_come_late(one)][-story.REPORTED_LATE :]:
        one = matched[no]
        assert one.line.result is not None
        held[one.ref] = final_result(one.line.result)
        matched[no] = replace(one, line=replace(one.line, result=None))
    return held


def _may_come_late(one: Matched) -> bool:
    """Done, and none of the results that were told at the conference."""
    result, told = one.line.result, any(words in one.line.title for words in story.FEATURED)
    return result is not None and result.outcome == PledgeStatus.DONE and not told


def close_past_years(campaigns: Mapping[str, Campaign], late: Results, day: date) -> None:
    """Provisional figures of 2023, the late results, the official ones; 2022 ends on its own."""
    board = User.objects.get(username="demo-bantochuc")
    _close(campaigns["CB-2023"], ClosingKind.WORKING, board, day)
    pledges = dict(Pledge.objects.filter(ref__in=late).values_list("ref", "pk"))
    record_results({pledges[ref]: result for ref, result in late.items()}, act=Act(by=board, on=day))
    for code in story.CLOSED_ON:
        _close(campaigns[code], ClosingKind.OFFICIAL, board, day)
    close_campaign(campaigns["CB-2022"].pk, by=board, on=day)


def _close(campaign: Campaign, kind: ClosingKind, board: User, day: date) -> None:
    official = kind == ClosingKind.OFFICIAL
    document, document_on = story.CLOSED_ON[campaign.code] if official else ("", None)
    asked = request_closing(
        ref=uuid.uuid4(),
        campaign=campaign,
        kind=kind,
        title=story.CLOSING_TITLE.format(year=campaign.year) if official else campaign.title,
        by=board,
        day=day,
        document=document,
        document_on=document_on,
    )
    with asked.running() as claimed:
        if claimed:
            take(claimed)
