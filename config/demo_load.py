"""Load the demo: five workbooks, adoption by the cells, a docket, accounts, figures."""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.db.models import Max

from cadres.actions.units import create_host
from cadres.imports.roster import check_roster, write_roster
from cadres.models import (
    CELL_KINDS,
    Body,
    BodyKind,
    ImportMode,
    Member,
    Office,
    OfficeKind,
    Unit,
    UnitKind,
)
from config import demo_story as story
from config.demo_accounts import make_accounts
from config.demo_closings import Results, close_past_years, hold_back
from config.demo_desk import endorse_some, left_for_the_desk, work_at_desk
from config.demo_obstacles import hold_up, hold_up_last_year, remove_last_year
from config.demo_opinions import give_opinions
from pledges import queries
from pledges.actions import dockets, transitions
from pledges.actions.acts import Act
from pledges.actions.campaigns import SuggestedTask, create_campaign, guidance_list
from pledges.actions.lists import mark_sent
from pledges.actions.office_lists import keep_ready_lists
from pledges.actions.reminders import remind
from pledges.actions.results import feature
from pledges.imports import run as pledge_import
from pledges.models import Campaign, Channel, ListKind, Pledge, Progress, Tier
from pledges.states import PledgeStatus
from reports import counts

Say = Callable[[str], None]
FOLDER = Path(settings.BASE_DIR) / "demo"


def load(day: date, say: Say) -> None:
    """Everything the demo shows, through the same actions as an office uses."""
    host = _organisation(day, say)
    _telephones(host)
    campaigns = _campaigns(host)
    late = _bring_in(campaigns, day, say)
    members = campaigns[story.MEMBERS.code]
    tier = members.tiers.get()
    waiting = _most_missing_first(_adopt(tier, say), tier, day)
    keep_ready_lists(host)
    _feature(campaigns["CB-2023"])
    make_accounts(host, tier, waiting, day)
    # With the accounts there, people are told of it and find something behind the bell.
    _return_one(tier, waiting, day)
    standing = Body.objects.get(unit=host, kind=BodyKind.STANDING_COMMITTEE, ended_on=None)
    endorse_some(tier, standing, day)
    _put_before(standing, campaigns["CB-2024"], day)
    give_opinions(day)
    hold_up(members)
    hold_up_last_year(campaigns["CB-2023"])
    close_past_years(campaigns, late, day)
    remove_last_year(campaigns["CB-2023"].pledges.all(), day)
    remind(day)
    counts.drain(day)
    say("figures counted")


def _bring_in(campaigns: dict[str, Campaign], day: date, say: Say) -> Results:
    """The workbooks of pledges; returns the results that came too late for last year's closing."""
    late: Results = {}
    for code, file in (*story.CADRE_FILES.items(), (story.MEMBERS.code, story.MEMBERS_FILE)):
        # Each file: what the first brings in is what the approval of the next is planned by.
        _refresh_statistics()
        checked = pledge_import.check(FOLDER / file, campaigns[code], day=day)
        if code == "CB-2023":
            late = hold_back(checked)
        written = pledge_import.write(checked, by=None, on=None, source=file)
        say(f"{code}: {written['created']} pledges, {written['refused']} rows refused")
    _refresh_statistics()
    return late


def _refresh_statistics() -> None:
    """After a bulk load PostgreSQL still plans for empty tables until its own analysis comes by."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")


def _organisation(day: date, say: Say) -> Unit:
    """Hà Nội, Tây Hồ with its bodies, and everybody on the roster."""
    city = create_host("HANOI", "Đảng bộ thành phố Hà Nội", kind=UnitKind.CITY_COMMITTEE, on=story.ROSTER_DAY)
    host = create_host(story.HOST, "Đảng bộ quận Tây Hồ", parent=city, on=story.ROSTER_DAY)
    Unit.objects.filter(pk=host.pk).update(place="Tây Hồ", symbol="QU")
    for kind, name, symbol, seats in story.BODIES:
        Body.objects.update_or_create(
            unit=host, kind=kind, ended_on=None, defaults={"name": name, "symbol": symbol, "seats": seats}
        )
    checked = check_roster(FOLDER / story.ROSTER, host, as_of=story.ROSTER_DAY, today=day)
    write_roster(checked, ImportMode.FAULTLESS, by=None)
    say(f"{story.HOST}: {Unit.objects.under(host.path).count()} units")
    return Unit.objects.get(pk=host.pk)


def _telephones(host: Unit) -> None:
    """Invented numbers of the secretaries and of the committees; one secretary in ten has told none."""
    offices = Office.objects.filter(kind=OfficeKind.SECRETARY, end=None).select_related("member")
    secretaries = [office.member for office in offices.order_by("unit__path")]
    for no, member in enumerate(secretaries, start=1):
        member.phone = f"0900 000 {no:03}" if no % 10 else ""
    Member.objects.bulk_update(secretaries, ["phone"])
    committees = list(Unit.objects.filter(parent=host).exclude(kind__in=CELL_KINDS).order_by("path"))
    for no, unit in enumerate(committees, start=1):
        unit.phone = f"024 0000 00{no:02}"
    Unit.objects.bulk_update(committees, ["phone"])


def _campaigns(host: Unit) -> dict[str, Campaign]:
    clear = guidance_list(ListKind.CLARITY, "5 rõ", story.FIVE_CLEAR, "Quận ủy Tây Hồ, 2024")
    guidance_list(ListKind.CLARITY, "6 rõ", story.SIX_CLEAR, "Kết luận 226-KL/TW, 11/12/2025")
    dares = guidance_list(ListKind.DARE, "7 dám", [(label, ()) for label in story.SEVEN_DARES])
    good = guidance_list(ListKind.FOUR_GOOD, "4 tốt", [(label, ()) for label in story.FOUR_GOOD])
    suggested = [
        SuggestedTask(unit=host, order=order, title=title, product=product, theme=theme)
        for order, (title, product, theme) in enumerate(story.SUGGESTED, start=1)
    ]
    members = replace(story.MEMBERS.tiers[0], suggestions=suggested)
    plans = (*story.CADRES, replace(story.MEMBERS, tiers=(members,)))
    campaigns = {plan.code: create_campaign(host, plan, on=plan.opens_on) for plan in plans}
    for campaign in campaigns.values():
        campaign.lists.set([clear, dares, good])
    return campaigns


def _adopt(tier: Tier, say: Say) -> list[Unit]:
    """Every cell adopts its list on the day its paper states, but the last ones; returns those."""
    cells = list(
        queries.cells_of(tier)
        .annotate(met_on=Max("pledges__submitted_on", filter=queries.of_tier("pledges__", tier)))
        .order_by("-met_on", "path")
    )
    waiting: list[Unit] = list(cells[: story.CELLS_WAITING])
    adopting = cells[story.CELLS_WAITING :]
    pledges: dict[int, list[int]] = {}
    for pk, unit in Pledge.objects.filter(tier=tier, status=PledgeStatus.SUBMITTED).values_list(
        "pk", "unit_id"
    ):
        pledges.setdefault(unit, []).append(pk)
    bodies = {
        body.unit_id: body for body in Body.objects.filter(kind=BodyKind.CELL_MEETING).select_related("unit")
    }
    for cell in adopting:
        dockets.record_from_paper(
            tier=tier,
            body=bodies[cell.pk],
            title=f"Sinh hoạt chi bộ ngày {cell.met_on:%d/%m/%Y}",
            source=story.MEMBERS_FILE,
            pledge_ids=pledges.get(cell.pk, []),
            by=None,
            meeting_on=cell.met_on,
        )
        mark_sent(tier=tier, units=[cell], on=cell.met_on, by=None)
    say(f"{len(adopting)} cells have adopted, {len(waiting)} have not")
    return waiting


def _most_missing_first(cells: list[Unit], tier: Tier, day: date) -> list[Unit]:
    """Cells in the order of those who have not registered: the first is the demo secretary's."""
    missing = queries.without_registered(queries.counted_people(tier, day), tier)
    counts_by_cell = Counter(missing.filter(unit__in=cells).values_list("unit_id", flat=True))
    return sorted(cells, key=lambda cell: (-counts_by_cell[cell.pk], cell.path))


def _return_one(tier: Tier, waiting: list[Unit], day: date) -> None:
    """One pledge of a cell that has not met yet goes back to its author."""
    pledge = Pledge.objects.filter(tier=tier, unit=waiting[0], status=PledgeStatus.SUBMITTED).order_by("pk")[
        3
    ]
    act = Act(by=None, on=day, channel=Channel.PAPER)
    transitions.return_for_amendment({pledge.pk: story.RETURN_REASON}, act=act)


def _feature(campaign: Campaign) -> None:
    """The results that were told at the review conference."""
    for words in story.FEATURED:
        feature(campaign.pledges.get(title__contains=words).pk, featured=True, by=None)
    inferred = Progress.objects.filter(is_final=True, pledge__campaign=campaign, sub_value__isnull=False)
    inferred.update(source_note=story.INFERRED)


def _put_before(body: Body, campaign: Campaign, day: date) -> None:
    """Most of the key cadres' pledges of the year lie before the body; the desk is at work on the rest."""
    tier = campaign.tiers.get()
    desk = left_for_the_desk(tier, body)
    work_at_desk(desk, day)
    ready = queries.awaiting_body(tier, body).exclude(pk__in=desk.pledges)
    dockets.build_docket(
        tier=tier,
        body=body,
        title=f"Nhiệm vụ khó khăn, phức tạp của cán bộ chủ chốt năm {campaign.year}",
        by=None,
        pledge_ids=list(ready.values_list("pk", flat=True)),
    )
