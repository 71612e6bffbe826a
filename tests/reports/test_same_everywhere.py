"""One figure is one number: page, opened list, workbook, document, JSON, and a count that shares no code."""

import json
import uuid
from datetime import date
from io import BytesIO, StringIO
from itertools import product

import openpyxl
import pytest
from django.core.management import call_command
from django.db import connection
from docx import Document

from cadres.actions.members import move_members
from cadres.models import Membership, Standing
from cadres.rates import Rate
from cadres.roles import Role
from cadres.templatetags.display import rate_text
from pledges.actions import obstacles, results, transitions
from pledges.actions.acts import Act
from pledges.models import Channel, SentList
from pledges.states import PledgeStatus
from reports import counts, few_rows
from reports.figures import BY_CODE, FIGURES, figures_of
from reports.models import DailyCount, UnitCount
from reports.opened import Opened, Part, parts_of
from tests.factories import CellFactory, MemberFactory, UnitFactory, user_with
from tests.pledges.factories import CampaignFactory, key_cadre_tier, members_tier, pledge_in
from tests.reports.conftest import DAY, make_cadre_tier, make_members, make_pledge

NOW = Act(by=None, on=DAY, channel=Channel.PAPER)
PAPER = Act(by=None, on=date(2024, 2, 10), channel=Channel.PAPER)
PLACES = ("host", "ward", "cell")
CODES = [figure.code for figure in FIGURES]

# By hand, and by the tables alone. A unit with its sub-tree is a path.
PERSON = """
    FROM cadres_membership m JOIN cadres_unit u ON u.id = m.unit_id
    WHERE u.path LIKE %(path)s AND m.start <= %(day)s AND (m."end" IS NULL OR m."end" > %(day)s)
      AND m.standing IN ('active', 'in_transfer')"""
LED = """(SELECT COUNT(*) FROM pledges_pledge p JOIN pledges_pledgetier t ON t.pledge_id = p.id
    WHERE p.lead_member_id = m.member_id AND t.tier_id = %(tier)s AND p.status IN ({}))"""
REGISTERED = "'submitted','returned','approved','reported','done','not_done','discontinued','carried_over'"
APPROVED = "'approved','reported','done','not_done','discontinued','carried_over'"
PLEDGE = """
    FROM pledges_pledge p JOIN pledges_pledgetier t ON t.pledge_id = p.id
    JOIN cadres_unit u ON u.id = p.unit_id
    LEFT JOIN pledges_progress r ON r.pledge_id = p.id AND r.is_final
    WHERE t.tier_id = %(tier)s AND u.path LIKE %(path)s"""
CELL = """
    FROM cadres_unit u LEFT JOIN pledges_sentlist s ON s.unit_id = u.id AND s.tier_id = %(tier)s
    WHERE u.path LIKE %(path)s AND u.kind IN ('cell', 'grassroots_cell') AND u.ended_on IS NULL"""
OPEN = "(SELECT COUNT(*) FROM pledges_obstacle o WHERE o.pledge_id = p.id AND o.removed_on IS NULL)"
ALL_APPROVED = f"{PLEDGE} AND p.status IN ({APPROVED})"
BY_HAND = {
    "registered": (f"{PERSON} AND {LED.format(REGISTERED)} > 0", PERSON),
    "approved": (f"{PERSON} AND {LED.format(APPROVED)} > 0", PERSON),
    "met_quota": (f"{PERSON} AND {LED.format(APPROVED)} >= %(quota)s", PERSON),
    "completed": (f"{PLEDGE} AND p.status = 'done'", ALL_APPROVED),
    "on_time": (f"{PLEDGE} AND p.status = 'done' AND r.on_time", ALL_APPROVED),
    "beyond_target": (f"{PLEDGE} AND p.status = 'done' AND r.beyond_target", ALL_APPROVED),
    "late": (f"{PLEDGE} AND p.status = 'approved' AND p.due_on < %(day)s", ALL_APPROVED),
    "stuck": (f"{PLEDGE} AND p.status = 'approved' AND {OPEN} > 0", ALL_APPROVED),
    "cells_sent": (f"{CELL} AND s.id IS NOT NULL", CELL),
}


def by_hand(code, tier, unit) -> Rate:
    values = {"tier": tier.pk, "path": f"{unit.path}%", "day": DAY, "quota": tier.quota_min}
    numbers = []
    with connection.cursor() as cursor:
        for condition in BY_HAND[code]:
            cursor.execute(f"SELECT COUNT(*) {condition}", values)
            numbers.append(cursor.fetchone()[0])
    return Rate(*numbers)


@pytest.fixture(autouse=True)
def _day(settings):
    settings.SITE_TODAY = DAY


@pytest.fixture
def officer(client, host):
    user = user_with(Role.BOARD_OFFICER, unit=host)
    client.force_login(user)
    return user


@pytest.fixture
def places(tier, host, ward, cell):
    """Everything that makes figures differ: results, deadlines, quota, people left out, a lead who moved."""
    tier.quota_min = 2
    tier.save()
    other = CellFactory(parent=ward)
    direct = CellFactory(parent=host, kind="grassroots_cell")
    keen, late, plain, _idle, moved = make_members(cell, 5)
    exempt = MemberFactory(unit=cell, standing=Standing.EXEMPT)
    MemberFactory(unit=cell, standing=Standing.AWAY)
    MemberFactory(unit=other, standing=Standing.IN_TRANSFER)
    make_pledge(make_members(direct, 2)[0], tier)
    done, slow, first, second, outside = (
        make_pledge(keen, tier),
        make_pledge(keen, tier),
        make_pledge(late, tier, due_on=date(2024, 3, 25)),
        make_pledge(moved, tier),
        make_pledge(exempt, tier),
    )
    rejected, withdrawn = make_pledge(plain, tier), make_pledge(plain, tier)
    transitions.approve([one.pk for one in (done, slow, first, second, outside)], act=PAPER)
    transitions.reject({rejected.pk: "Chưa rõ kết quả."}, act=PAPER)
    transitions.withdraw([withdrawn.pk], act=PAPER)
    results.record_results(
        {
            done.pk: result(on_time=True, beyond_target=True),
            slow.pk: result(on_time=False, beyond_target=None),
        },
        act=PAPER,
    )
    for pledge, asked in ((first, ward), (second, host), (second, ward)):
        obstacles.report({pledge.pk: hindrance(asked)}, act=NOW)
    obstacles.report({outside.pk: hindrance(ward)}, act=NOW)
    obstacles.remove({outside.obstacles.get().pk: "Đã bố trí mặt bằng."}, act=NOW)
    move_members([moved], other, on=date(2024, 3, 10), by=None)
    SentList.objects.create(tier=tier, unit=cell, sent_on=date(2024, 3, 1))
    counts.rebuild(tier, DAY)
    return {"host": host, "ward": ward, "cell": cell}


def hindrance(asked) -> obstacles.Reported:
    told = {"text": "Chưa có mặt bằng.", "since": date(2024, 3, 1), "asked": asked}
    return obstacles.Reported(ref=uuid.uuid4(), **told)


def result(**facts) -> results.FinalResult:
    return results.FinalResult(outcome=PledgeStatus.DONE, text="Hoàn thành", **facts)


@pytest.mark.parametrize("place", PLACES)
def test_every_figure_is_the_same_number_everywhere(client, officer, tier, places, place):
    unit = places[place]
    book = openpyxl.load_workbook(BytesIO(client.get(f"/units/{unit.code}/summary.xlsx").content))
    cells = [cell.value for row in book.worksheets[0].iter_rows() for cell in row]
    paper = Document(BytesIO(client.get(f"/units/{unit.code}/summary.docx").content))
    paragraphs = [paragraph.text.strip(" -.;") for paragraph in paper.paragraphs]
    page = client.get(f"/units/{unit.code}/").context_data["data"].figures
    summary = client.get(f"/units/{unit.code}/summary/").context_data["report"].data.figures
    told = {}
    out = StringIO()
    call_command("figures", campaign="DV-2024", unit=unit.code, json=True, stdout=out)
    told = json.loads(out.getvalue())["figures"]
    for code in CODES:
        figure, expected = BY_CODE[code], by_hand(code, tier, unit)
        line = f"{figure.title}: {rate_text(expected, figure.decimals)}"
        assert dict(page)[figure] == dict(summary)[figure] == expected, code
        assert line in cells, code
        assert line in paragraphs, code
        assert (told[code]["numerator"], told[code]["denominator"]) == (
            expected.numerator,
            expected.denominator,
        )


@pytest.mark.parametrize("code", CODES)
def test_the_opened_list_has_as_many_rows_as_the_number_says(client, officer, tier, places, code):
    for place, part in product(PLACES, parts_of(BY_CODE[code])):
        unit, expected = places[place], by_hand(code, tier, places[place])
        sizes = {
            "numerator": expected.numerator,
            "denominator": expected.denominator,
            "rest": expected.rest,
        }
        data = client.get(f"/units/{unit.code}/figures/{code}/", {"part": part}).context_data
        assert len(data["lines"]) == data["counted"] == data["known"], (place, part)
        if part != Part.LEFT_OUT:
            assert data["counted"] == sizes[part], (place, part)


def test_the_world_of_these_tests_tells_the_figures_apart(tier, places):
    shown = {code: by_hand(code, tier, places["host"]) for code in CODES}
    assert {code: (rate.numerator, rate.denominator) for code, rate in shown.items()} == {
        "registered": (4, 8),
        "approved": (3, 8),
        "met_quota": (1, 8),
        "completed": (2, 5),
        "on_time": (1, 5),
        "beyond_target": (1, 5),
        "late": (1, 5),
        "stuck": (2, 5),
        "cells_sent": (1, 3),
    }


def test_numbers_of_the_page_lead_to_their_lists(client, officer, tier, places):
    html = client.get("/units/TAYHO/").content.decode()
    for code in CODES:
        for part in ("numerator", "denominator"):
            address = f"/units/TAYHO/figures/{code}/?campaign=DV-2024&amp;tier=members&amp;part={part}"
            assert address in html
            assert client.get(address.replace("&amp;", "&")).status_code == 200
        assert f"/definitions/#{code}" in html
    definitions = client.get("/definitions/").content.decode()
    assert all(f'id="{code}"' in definitions for code in CODES)


# ---- the edges -----------------------------------------------------------------------------------


def figure_of(tier, unit, code="registered") -> str:
    counts.rebuild(tier, DAY)
    figure = BY_CODE[code]
    return rate_text(figure.rate(UnitCount.objects.filter(tier=tier, unit=unit).first()), figure.decimals)


def test_nobody_counted_is_no_per_cent(client, officer, tier, host):
    assert figure_of(tier, host) == "0/0 (–)"
    empty = client.get("/units/TAYHO/figures/registered/")
    assert empty.context_data["counted"] == 0
    assert "chưa có dòng nào" in empty.content.decode()


def test_none_and_all(tier, host, cell):
    members = make_members(cell, 2)
    assert figure_of(tier, host) == "0/2 (0%)"
    for member in members:
        make_pledge(member, tier)
    assert figure_of(tier, host) == "2/2 (100%)"


@pytest.mark.parametrize(
    ("numerator", "denominator", "whole", "one_place"),
    [
        (2499, 2500, "99,9%", "99,9%"),
        (199, 200, "99,9%", "99,5%"),
        (189, 200, "95%", "94,5%"),
        (1889, 2000, "94%", "94,5%"),
        (1, 2000, "0%", "0,1%"),
        (0, 7, "0%", "0,0%"),
    ],
)
def test_the_per_cent_is_rounded_half_up_and_never_up_to_all(numerator, denominator, whole, one_place):
    rate = Rate(numerator, denominator)
    assert rate_text(rate).split("(")[1] == f"{whole})"
    assert rate_text(rate, 1).split("(")[1] == f"{one_place})"


def test_a_pledge_in_two_tiers_counts_once_in_each(client, db):
    campaign = CampaignFactory()
    cadre = MemberFactory(unit=CellFactory(parent=UnitFactory(parent=campaign.host)))
    key, members = key_cadre_tier(campaign, [cadre]), members_tier(campaign)
    board = user_with(Role.BOARD_OFFICER, unit=campaign.host)
    content = {"own_role": "Chủ trì", "authority": "party", "place": "phường Bưởi"}
    pledge_in(PledgeStatus.APPROVED, cadre, key, board, content=content)
    client.force_login(board)
    for tier in (key, members):
        counts.rebuild(tier, DAY)
        address = f"/units/{campaign.host.code}/figures/completed/"
        query = {"campaign": campaign.code, "tier": tier.kind, "part": "denominator"}
        assert client.get(address, query).context_data["counted"] == 1
    of_tasks = {"completed", "on_time", "beyond_target", "late", "stuck"}
    assert {figure.code for figure in figures_of(key)} == of_tasks
    assert figure_of(members, cadre.unit) == "1/1 (100%)"


def test_a_lead_who_moved_counts_where_he_is_and_his_task_where_it_was_made(tier, places, host):
    moved = Membership.objects.get(start=date(2024, 3, 10))
    left, joined = places["cell"], moved.unit
    approved = {code: by_hand(code, tier, joined) for code in ("approved", "completed")}
    assert (approved["approved"].numerator, approved["completed"].denominator) == (1, 0)
    assert by_hand("completed", tier, left).denominator == 5
    assert figure_of(tier, joined, "approved") == "1/2 (50%)"


def test_the_last_day_of_the_window_belongs_to_it(tier, host, cell, settings):
    tier.cutoff_on = tier.campaign.closes_on
    tier.save()
    leaving, staying = make_members(cell, 2)
    Membership.objects.filter(member=leaving).update(end=date(2024, 4, 1))
    Membership.objects.filter(member=staying).update(end=date(2024, 3, 31))
    later = MemberFactory(unit=cell)
    Membership.objects.filter(member=later).update(start=date(2024, 4, 1))
    make_pledge(leaving, tier, on=date(2024, 3, 31))
    assert tier.campaign.window_is_open(date(2024, 3, 31))
    assert not tier.campaign.window_is_open(date(2024, 4, 1))
    counts.rebuild(tier, date(2024, 5, 2))
    row = UnitCount.objects.get(tier=tier, unit=host)
    assert (row.registered, row.counted) == (1, 1)
    assert list(DailyCount.objects.filter(tier=tier, unit=host).values_list("on", "registered")) == [
        (date(2024, 3, 31), 1)
    ]


@pytest.mark.parametrize(("day", "late"), [(date(2024, 2, 29), 0), (date(2024, 3, 1), 1)])
def test_the_29th_of_february_is_a_day_like_others(tier, host, cell, day, late):
    [member] = make_members(cell, 1)
    Membership.objects.filter(member=member).update(start=date(2024, 2, 29))
    pledge = make_pledge(member, tier, on=date(2024, 2, 29), due_on=date(2024, 2, 29))
    transitions.approve([pledge.pk], act=Act(by=None, on=date(2024, 2, 29), channel=Channel.PAPER))
    counts.rebuild(tier, day)
    row = UnitCount.objects.get(tier=tier, unit=host)
    assert (row.registered, row.counted, row.late, row.pledges_approved) == (1, 1, late, 1)
    counts.rebuild(tier, date(2024, 2, 28))
    assert UnitCount.objects.get(tier=tier, unit=host).counted == 0


def test_cadres_figures_are_of_their_tasks_and_open_from_the_card(client, officer, host, tier, cell):
    cadres = make_cadre_tier(host)
    first, second = (make_pledge(member, cadres) for member in make_members(cell, 2))
    transitions.approve([first.pk, second.pk], act=PAPER)
    results.record_results({first.pk: result(on_time=True)}, act=PAPER)
    counts.rebuild(cadres, DAY)
    counts.rebuild(tier, DAY)
    html = client.get("/units/TAYHO/").content.decode()
    address = "/units/TAYHO/figures/completed/?campaign=CB-2023&amp;tier=key_cadres&amp;part=numerator"
    assert address in html
    opened = client.get(address.replace("&amp;", "&")).context_data
    assert ([line.pledges for line in opened["lines"]], str(opened["rate"])) == ([(first,)], str(Rate(1, 2)))
    listed = client.get("/units/TAYHO/pledges/?campaign=CB-2023&tier=key_cadres")
    assert listed.context_data["page"].paginator.count == 2


def test_a_short_list_in_a_large_tree_has_the_same_rows(tier, places, monkeypatch):
    monkeypatch.setattr(few_rows, "LARGE", -1)
    for code, unit in product(CODES, places.values()):
        row = UnitCount.objects.get(tier=tier, unit=unit)
        for part in parts_of(BY_CODE[code]):
            opened = Opened(figure=BY_CODE[code], part=part, tier=tier, unit=unit, day=DAY)
            rows = opened.rows()
            assert list(few_rows.narrowed(opened, rows, row)) == list(rows), (code, unit, part)
