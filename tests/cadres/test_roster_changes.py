"""A changed list moves, adds, corrects and ends by date; an older one is refused."""

from datetime import date

import pytest
from django.utils import translation

from cadres.actions.members import end_memberships, move_members
from cadres.actions.roster_plan import RosterError
from cadres.models import (
    Member,
    Office,
    RecordEvent,
    RoleAssignment,
    Unit,
    UnitChange,
)
from tests.cadres.rosters import (
    AN,
    BINH,
    BOTH,
    CHI,
    DUNG,
    FIRST,
    GIANG,
    NEW_YEAR,
    SECOND,
    SPRING,
    bring_in,
    checked,
    everything,
    member,
    person,
    posts,
    problems,
    rows,
)
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


def test_a_changed_list_moves_adds_corrects_and_reports_who_is_missing(known, tmp_path):
    changed = {
        FIRST: [
            person("Nguyễn Văn An", 1950, "01000001", "Bí thư", note="Miễn sinh hoạt"),
            person("Trần Thị Bình", 1961, "01000002", "Phó Bí thư"),
            person("Phạm Dũng", 1998, "01000004"),
            person("Mai Hà", 1990, "01000009"),
        ],
        SECOND: [person("Lê Thị Kim Chi", 1970, "01000003", "Bí thư")],
    }
    counts = bring_in(tmp_path, known, changed, on=SPRING)
    assert {name: counts[name] for name in ("created", "moved", "changed", "unchanged", "missing")} == {
        "created": 1,
        "moved": 1,
        "changed": 3,
        "unchanged": 0,
        "missing": 1,
    }
    assert rows("An") == [
        ("Chi bộ số 1", "official", "active", NEW_YEAR, SPRING),
        ("Chi bộ số 1", "official", "exempt", SPRING, None),
    ]
    assert rows("Chi") == [
        ("Chi bộ số 1", "official", "active", NEW_YEAR, SPRING),
        ("Chi bộ số 2", "official", "active", SPRING, None),
    ]
    assert member("Chi").name == "Lê Thị Kim Chi"
    assert list(Member.objects.search("kim chi")) == [member("Chi")]
    assert (member("Bình").birth_year, len(rows("Bình"))) == (1961, 1)
    assert (member("Dũng").card_number, rows("Dũng")[-1][1]) == ("01000004", "official")
    assert rows("Giang") == [("Chi bộ số 2", "official", "active", NEW_YEAR, None)]
    assert posts() == {
        ("An", "Chi bộ số 1", "secretary", NEW_YEAR, None),
        ("Bình", "Chi bộ số 1", "deputy_secretary", NEW_YEAR, None),
        ("Giang", "Chi bộ số 2", "secretary", NEW_YEAR, SPRING),
        ("Chi", "Chi bộ số 2", "secretary", SPRING, None),
    }
    cells = set(Unit.objects.cells().values_list("pk", flat=True))
    assert set(UnitChange.objects.values_list("unit", flat=True)) == cells
    event = RecordEvent.objects.get(action="roster_imported")
    assert event.data == {
        "as_of": "2024-03-01",
        "import": None,
        "created": 1,
        "moved": 1,
        "changed": 3,
        "offices_started": 1,
        "offices_ended": 1,
    }
    before = everything()
    assert bring_in(tmp_path, known, changed, on=SPRING)["unchanged"] == 5
    assert everything() == before


def test_a_list_of_one_cell_says_nothing_of_the_others(known, tmp_path):
    counts = bring_in(tmp_path, known, {FIRST: [AN, CHI, DUNG]}, on=SPRING)
    assert (counts["missing"], counts["changed"], counts["offices_ended"]) == (1, 0, 1)
    assert rows("Bình")[0][-1] is None
    assert ("Giang", "Chi bộ số 2", "secretary", NEW_YEAR, None) in posts()


def test_whoever_moves_leaves_the_posts_of_a_cell_that_the_list_does_not_name(known, tmp_path):
    giang = person("Vũ Giang", 1980, "01000007")
    counts = bring_in(tmp_path, known, {FIRST: [AN, BINH, CHI, DUNG, giang]}, on=SPRING)
    assert (counts["moved"], counts["offices_ended"]) == (1, 1)
    assert ("Giang", "Chi bộ số 2", "secretary", NEW_YEAR, SPRING) in posts()


def test_an_ended_post_takes_the_role_with_it(known, tmp_path):
    post = Office.objects.get(member=member("An"))
    user = UserFactory(member=member("An"))
    role = RoleAssignment.objects.create(
        user=user, role="cell_secretary", unit=post.unit, office=post, start=NEW_YEAR
    )
    without = person("Nguyễn Văn An", 1950, "01000001")
    bring_in(tmp_path, known, {FIRST: [without, BINH, CHI, DUNG]}, on=SPRING)
    role.refresh_from_db()
    assert role.end == SPRING


def test_a_list_without_posts_ends_none(known, tmp_path):
    plain = [person("Nguyễn Văn An", 1950, "01000001"), person("Trần Thị Bình", 1960, "01000002")]
    assert bring_in(tmp_path, known, {FIRST: [*plain, CHI, DUNG]}, on=SPRING)["offices_ended"] == 0


def test_a_post_that_is_not_known_is_told_and_ends_nothing(known, tmp_path):
    other = person("Nguyễn Văn An", 1950, "01000001", "Đảng ủy viên")
    look = checked(tmp_path, known, {FIRST: [other, BINH, CHI, DUNG]}, on=SPRING)
    assert problems(look) == [(4, "Chức vụ trong Đảng", "post")]
    assert look.refused == set()
    assert look.counts()["offices_ended"] == 0


def test_two_posts_of_one_person_are_both_kept(known, tmp_path):
    both = person("Nguyễn Văn An", 1950, "01000001", "Bí thư kiêm Chi ủy viên")
    assert bring_in(tmp_path, known, {FIRST: [both, BINH, CHI, DUNG]}, on=SPRING)["offices_started"] == 1
    assert {kind for name, _unit, kind, _start, end in posts() if name == "An" and not end} == {
        "secretary",
        "committee_member",
    }


def test_another_order_in_the_cell_is_kept_and_no_change(known, tmp_path):
    counts = bring_in(tmp_path, known, {FIRST: [DUNG, CHI, BINH, AN]}, on=SPRING)
    assert (counts["unchanged"], counts["changed"]) == (4, 0)
    names = Member.objects.filter(unit=member("An").unit).order_by("position")
    assert [one.given_name for one in names] == ["Dũng", "Chi", "Bình", "An"]
    assert UnitChange.objects.count() == 0


def test_empty_cells_of_the_list_take_nothing_away(known, tmp_path):
    bring_in(tmp_path, known, {SECOND: [person("Vũ Giang", "", "01000007", "Bí thư")]}, on=SPRING)
    Member.objects.filter(pk=member("Dũng").pk).update(card_number="01000004")
    bring_in(tmp_path, known, {FIRST: [AN, BINH, CHI, DUNG]}, on=SPRING)
    assert member("Giang").birth_year == 1980
    assert member("Dũng").card_number == "01000004"


def test_who_had_left_and_is_listed_again_comes_back(known, tmp_path):
    end_memberships([member("Chi")], on=SPRING, by=None)
    with pytest.raises(RosterError, match="01/03/2024"):
        checked(tmp_path, known, {FIRST: [AN, BINH, CHI, DUNG]})
    counts = bring_in(tmp_path, known, {FIRST: [AN, BINH, CHI, DUNG]}, on=SPRING)
    assert (counts["created"], Member.objects.count()) == (1, 5)
    assert [row[-2:] for row in rows("Chi")] == [(NEW_YEAR, SPRING), (SPRING, None)]


def test_a_name_spelt_otherwise_is_the_same_person(known, tmp_path):
    bring_in(tmp_path, known, {FIRST: [AN, BINH, CHI, person("PHẠM  DŨNG", 1998)]}, on=SPRING)
    assert Member.objects.count() == 5


def test_a_list_older_than_what_it_would_change_is_refused_and_names_the_newest_day(known, tmp_path):
    giang = Unit.objects.get(name="Chi bộ số 2")
    move_members([member("Chi")], giang, on=SPRING, by=None)
    before = everything()
    with pytest.raises(RosterError, match=r"as of 01/01/2024.*stands since 01/03/2024"):
        checked(tmp_path, known, BOTH)
    assert everything() == before
    moved_too = {FIRST: [AN, BINH, DUNG], SECOND: [GIANG, CHI]}
    assert checked(tmp_path, known, {FIRST: [AN, BINH]}).problems == []  # it would not touch her
    bring_in(tmp_path, known, moved_too, on=SPRING)


@pytest.mark.parametrize(
    "cells",
    [
        {"Đảng bộ phường Bưởi - Chi bộ số 9": [CHI]},  # a cell founded before its ward
        {FIRST: [AN, BINH, CHI, DUNG, person("Mai Hà", 1990, "01000009")]},  # a member before the cell
        {FIRST: [person("Nguyễn Văn An", 1950, "01000001", "Phó Bí thư"), BINH, CHI, DUNG]},  # a post
        {"Chi bộ Kho bạc": [person("Mai Hà", 1990, "01000009")]},  # a cell before its host
    ],
)
def test_units_and_posts_refuse_older_lists_too(known, tmp_path, cells):
    with pytest.raises(RosterError, match="stands since 01/01/2024"):
        checked(tmp_path, known, cells, on=date(2023, 12, 1))


def test_a_list_of_a_day_to_come_is_refused(host, tmp_path):
    with pytest.raises(RosterError, match="not come yet"):
        checked(tmp_path, host, BOTH, on=date(2024, 3, 27))


def test_a_list_of_the_same_day_puts_the_first_one_right(known, tmp_path):
    bring_in(tmp_path, known, {FIRST: [AN, BINH, DUNG], SECOND: [GIANG, CHI]})
    assert rows("Chi") == [("Chi bộ số 2", "official", "active", NEW_YEAR, None)]
