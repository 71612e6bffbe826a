"""Units below, ranked: the database looks for, filters, sorts and pages; the address says what is asked."""

import time
import uuid
from datetime import date

import pytest

from cadres.models import Unit
from cadres.rates import Rate
from cadres.roles import Role
from pledges.actions import obstacles, results, transitions
from pledges.actions.acts import Act
from pledges.actions.lists import mark_sent
from pledges.models import Pledge, Theme
from pledges.states import PledgeStatus
from reports import counts
from reports.models import UnitCount
from reports.ranking import LOW, PAGE, SHOWN, Asked, ranking
from tests.factories import CellFactory, UnitFactory, user_with
from tests.reports.conftest import DAY, make_cadre_tier, make_members, make_pledge
from tests.reports.test_facets import PAPER

# Name, people counted, people registered, whether the cell's list was sent.
WARDS = (
    ("Đảng bộ phường Thụy Khuê", 10, 9, True),
    ("Đảng bộ phường Bưởi", 4, 1, False),
    ("Đảng bộ phường Nhật Tân", 3, 3, True),
    ("Đảng bộ phường Yên Phụ", 0, 0, False),
)


# As they stand where nothing is asked for: worst first.
ALL = ["Bưởi", "Thụy Khuê", "Nhật Tân", "Yên Phụ"]


@pytest.fixture(autouse=True)
def _day(settings):
    settings.SITE_TODAY = DAY


@pytest.fixture
def wards(tier, host):
    for name, counted, registered, sent in WARDS:
        cell = CellFactory(parent=UnitFactory(parent=host, name=name))
        for member in make_members(cell, counted)[:registered]:
            make_pledge(member, tier)
        if sent:
            mark_sent(tier=tier, units=[cell], on=DAY, by=None)
    counts.rebuild(tier, DAY)


@pytest.fixture
def officer(client, host):
    user = user_with(Role.BOARD_OFFICER, unit=host)
    client.force_login(user)
    return user


def names(client, query: str) -> list[str]:
    rows = client.get(f"/units/TAYHO/?{query}").context_data["rows"]
    return [row.unit.name.removeprefix("Đảng bộ phường ") for row in rows]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", ALL),
        ("sort=-percent", ["Nhật Tân", "Thụy Khuê", "Bưởi", "Yên Phụ"]),
        ("sort=-missing", ALL),
        ("sort=-registered", ["Thụy Khuê", "Bưởi", "Nhật Tân", "Yên Phụ"]),
        ("sort=name", ["Thụy Khuê", "Bưởi", "Nhật Tân", "Yên Phụ"]),
        ("sort=-unsent", ["Bưởi", "Yên Phụ", "Thụy Khuê", "Nhật Tân"]),
        ("name=thuy khue", ["Thụy Khuê"]),
        ("name=KHUÊ thụy", ["Thụy Khuê"]),
        ("name=khong co", []),
        ("show=missing", ["Bưởi", "Thụy Khuê"]),
        ("show=unsent&sort=-missing", ["Bưởi", "Yên Phụ"]),
        # 9/10 is not below 90 per cent, and where nobody is counted there is no share.
        ("below=90", ["Bưởi"]),
        ("below=91", ["Bưởi", "Thụy Khuê"]),
        ("below=91&name=thuy&show=missing", ["Thụy Khuê"]),
        ("sort=nonsense&show=nonsense&below=nonsense&page=nonsense", ALL),
        ("below=0&page=0", ALL),
        ("page=99", ALL),
        ("page=²&below=١", ALL),
    ],
)
def test_what_is_asked_for_stands_in_the_address(client, officer, wards, query, expected):
    assert names(client, query) == expected


@pytest.fixture
def cadres(tier, host):
    """Key cadres: 2 of 2 done; 1 of 2 done, one late; nothing approved; a ward without any."""
    cadres = make_cadre_tier(host, "CB-2024", 2024)
    for name, statuses in (("A", "dd"), ("B", "dl"), ("C", "r"), ("D", "")):
        ward = UnitFactory(parent=host, name=f"Đảng bộ phường {name}")
        for member, status in zip(make_members(CellFactory(parent=ward), 2), statuses, strict=False):
            pledge = make_pledge(member, cadres, unit=ward, due_on=date(2024, 3, 20))
            if status in "dl":
                transitions.approve([pledge.pk], act=PAPER)
            if status == "d":
                done = results.FinalResult(outcome=PledgeStatus.DONE, text="Hoàn thành", on_time=True)
                results.record_results({pledge.pk: done}, act=PAPER)
    counts.rebuild(cadres, DAY)
    return cadres


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", ["B", "A", "C"]),
        ("sort=-percent", ["A", "B", "C"]),
        ("sort=registered", ["C", "A", "B"]),
        ("show=missing", ["B"]),
        ("show=unsent", ["B"]),
        ("below=51", ["B"]),
        ("below=50&all=1", []),
        ("name=phuong c", ["C"]),
    ],
)
def test_where_nobody_is_counted_pledges_are_ranked(client, officer, cadres, query, expected):
    assert names(client, f"campaign=CB-2024&tier=key_cadres&{query}") == expected


def test_the_whole_ranking_tells_what_is_late_and_stuck(client, officer, host, cadres):
    [late] = Pledge.objects.filter(tier=cadres, status=PledgeStatus.APPROVED)
    told = obstacles.Reported(ref=uuid.uuid4(), text="Chờ", since=DAY, asked=host)
    obstacles.report({late.pk: told}, act=Act(by=None, on=DAY))
    counts.drain(DAY)
    response = client.get("/units/TAYHO/?campaign=CB-2024&tier=key_cadres&all=1")
    told = {row.unit.pk: (row.late.numerator, row.stuck.numerator) for row in response.context_data["rows"]}
    assert told[late.unit_id] == (1, 1)
    assert sum(stuck for _late, stuck in told.values()) == 1
    address = (
        f"/units/{late.unit.code}/figures/stuck/?campaign=CB-2024&amp;tier=key_cadres&amp;part=numerator"
    )
    assert address in response.content.decode()


def test_the_page_of_key_cadres_speaks_of_them(client, officer, host, cadres):
    response = client.get("/units/TAYHO/?campaign=CB-2024&all=1")
    html = response.content.decode()
    assert "3 tổ chức có đăng ký" in html
    assert "Còn việc chưa hoàn thành" in html
    assert [chip.count for chip in response.context_data["chips"]] == [3, 1, 1, 1]
    card = client.get("/units/TAYHO/?campaign=CB-2024")
    assert "Nội dung đăng ký: cán bộ chủ chốt 2024" in card.content.decode()
    assert card.context_data["data"].pledges == Rate(4, 5)
    assert "?campaign=DV-2024&amp;tier=members" in card.content.decode()


def test_without_a_campaign_of_members_the_key_cadres_are_shown(client, officer, host):
    make_cadre_tier(host)
    response = client.get("/units/TAYHO/")
    assert response.context_data["campaign"].code == "CB-2023"
    assert "/brief/" not in response.content.decode()
    assert client.get("/units/TAYHO/?campaign=CB-2023&tier=members").status_code == 404


def test_the_chips_say_how_many_each_leaves(client, officer, wards):
    chips = client.get("/units/TAYHO/?show=missing").context_data["chips"]
    assert [(chip.count, chip.active) for chip in chips] == [(4, False), (2, True), (2, False), (1, False)]
    for chip in chips:
        assert len(client.get(f"/units/TAYHO/{chip.url}").context_data["rows"]) == chip.count
    assert f"below={LOW}" in chips[3].url


def test_nothing_found_says_how_to_go_on(client, officer, wards):
    html = client.get("/units/TAYHO/?name=khong").content.decode()
    assert "Không có tổ chức nào phù hợp" in html
    assert 'value="khong"' in html


def test_a_share_is_compared_before_it_is_rounded(tier, host):
    cell = CellFactory(parent=host)
    UnitCount.objects.create(
        tier=tier,
        unit=cell,
        parent=cell.parent,
        day=DAY,
        updated_at="2024-03-26T00:00Z",
        counted=5_500_000,
        registered=385_000,
    )
    assert ranking(tier, host, Asked(below=7)).numbers["found"] == 0
    UnitCount.objects.update(registered=384_999)
    assert ranking(tier, host, Asked(below=7)).numbers["found"] == 1


@pytest.fixture
def thousand(tier, host):
    found = [
        Unit(
            code=f"N{number}",
            name=f"Đảng bộ xã số {number}",
            name_key=f"dang bo xa so {number}",
            kind="grassroots_committee",
            parent=host,
            path=f"{host.path}{number:04}",
        )
        for number in range(1000)
    ]
    Unit.objects.bulk_create(found)
    UnitCount.objects.bulk_create(
        UnitCount(
            tier=tier,
            unit=unit,
            parent=host,
            day=DAY,
            updated_at="2024-03-26T00:00Z",
            counted=1000,
            registered=place,
        )
        for place, unit in enumerate(found)
    )


def test_a_thousand_units_are_read_fifty_at_a_time(client, officer, host, tier, thousand):
    first = client.get("/units/TAYHO/")
    assert len(first.context_data["rows"]) == SHOWN
    assert "Xem cả 1.000 tổ chức" in first.content.decode()
    pages = [client.get(f"/units/TAYHO/?all=1&sort=-percent&page={page}") for page in (1, 2, 20)]
    assert [len(page.context_data["rows"]) for page in pages] == [PAGE] * 3
    seen = [row.registered.numerator for page in pages for row in page.context_data["rows"]]
    assert seen == [*range(999, 899, -1), *range(49, -1, -1)]
    assert 'rel="next"' not in pages[2].content.decode()
    assert "sort=-percent&amp;page=1" in pages[1].content.decode()
    assert names(client, "name=so+777") == ["Đảng bộ xã số 777"]
    started = time.monotonic()
    client.get("/units/TAYHO/?all=1&show=missing&sort=-missing&page=3")
    assert time.monotonic() - started < 1


@pytest.mark.parametrize("item_count", [1, 3])
@pytest.mark.parametrize(("query", "queries"), [("", 17), ("?all=1&name=bo&show=missing&sort=-missing", 18)])
def test_the_page_costs_the_same_whatever_it_ranks(
    client, officer, host, tier, item_count, query, queries, django_assert_num_queries
):
    cadres = make_cadre_tier(host, "CB-2024", 2024)
    themes = [
        Theme.objects.create(campaign=tier.campaign, order=n, title=f"Chủ đề {n}") for n in range(item_count)
    ]
    for number in range(item_count):
        cell = CellFactory(parent=UnitFactory(parent=host))
        for member in make_members(cell, 2)[1:]:
            make_pledge(member, tier, theme_id=themes[number].pk, field=f"Lĩnh vực {number}")
            make_pledge(member, cadres, field=f"Lĩnh vực {number}")
    counts.drain(DAY)
    client.get("/units/TAYHO/")
    with django_assert_num_queries(queries):
        response = client.get(f"/units/TAYHO/{query}")
    assert len(response.context_data["rows"]) == item_count
