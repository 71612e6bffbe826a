"""Who the people of a list are; what is ambiguous is asked."""

import pytest
from django.utils import translation

from cadres.actions import roster_apply
from cadres.actions.units import create_host
from cadres.imports.roster import write_roster
from cadres.models import (
    ImportMode,
    Member,
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
    member,
    person,
    problems,
    rows,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


def test_a_card_of_another_person_is_a_problem_of_the_row(known, tmp_path):
    stranger = person("Đỗ Quang Minh", 1985, "01000003")
    look = checked(tmp_path, known, {FIRST: [AN, BINH, stranger, DUNG]}, on=SPRING)
    assert problems(look) == [(6, "Số thẻ đảng viên", "card_of_another")]
    assert "Lê Thị Chi, born 1970" in look.problems[0].message
    assert (look.plan.missing, look.refused) == ([], {6})


def test_two_people_with_one_card_in_the_list_and_the_row_twice_are_refused(host, tmp_path):
    twins = [person("Hồ Lan", 1980, "01000011"), person("Hồ Quế", 1981, "01000011"), AN, AN]
    look = checked(tmp_path, host, {FIRST: twins})
    assert problems(look) == [
        (4, "Số thẻ đảng viên", "card_shared"),
        (5, "Số thẻ đảng viên", "card_shared"),
        (6, "Số thẻ đảng viên", "card_twice"),
        (7, "Số thẻ đảng viên", "card_twice"),
    ]
    assert look.counts()["created"] == 0


@pytest.mark.parametrize(
    ("row", "column", "code"),
    [
        # another card for the same name and year in the cell: corrected or a namesake?
        (person("Lê Thị Chi", 1970, "01000099"), "Số thẻ đảng viên", "ambiguous"),
        # a card for somebody whose year of birth the list does not say
        (person("Phạm Dũng", "", "01000004"), "Họ và tên", "ambiguous"),
    ],
)
def test_what_may_be_one_of_two_people_is_asked(known, tmp_path, row, column, code):
    look = checked(tmp_path, known, {FIRST: [AN, BINH, row]}, on=SPRING)
    assert problems(look) == [(6, column, code)]
    assert look.counts()["created"] == 0


def test_without_a_card_a_namesake_in_another_cell_is_asked_and_never_doubled(known, tmp_path):
    look = checked(tmp_path, known, {FIRST: [AN, BINH, CHI], SECOND: [GIANG, DUNG]}, on=SPRING)
    assert problems(look) == [(9, "Họ và tên", "ambiguous")]
    assert "Chi bộ số 1" in look.problems[0].message
    assert look.plan.missing == []


def test_namesakes_in_two_cells_who_are_both_listed_are_two_people(known, tmp_path):
    counts = bring_in(tmp_path, known, {**BOTH, SECOND: [GIANG, DUNG]}, on=SPRING)
    assert (counts["created"], counts["problems"]) == (1, 0)
    assert Member.objects.filter(given_name="Dũng").count() == 2


def test_a_new_card_and_a_row_without_one_cannot_both_be_the_same_member(known, tmp_path):
    listed = [AN, BINH, CHI, DUNG, person("Phạm Dũng", 1998, "01000004")]
    look = checked(tmp_path, known, {FIRST: listed}, on=SPRING)
    assert problems(look) == [(7, "Họ và tên", "ambiguous"), (8, "Họ và tên", "ambiguous")]
    assert look.plan.missing == []


def test_two_members_alike_without_a_card_are_asked(known, tmp_path):
    twin = Member(family_names="Phạm", given_name="Dũng", birth_year=1998, unit=member("Dũng").unit)
    roster_apply.insert_members([twin], on=NEW_YEAR)
    look = checked(tmp_path, known, {FIRST: [AN, BINH, CHI, DUNG]}, on=SPRING)
    assert problems(look) == [(7, "Họ và tên", "ambiguous")]


def test_a_member_of_another_host_is_neither_taken_nor_shown(known, tmp_path):
    other = create_host("BADINH", "Đảng bộ quận Ba Đình", on=NEW_YEAR)
    giang, stranger = GIANG, person("Đỗ Quang Minh", 1985, "01000001")
    look = checked(tmp_path, other, {FIRST: [giang, stranger]}, on=SPRING)
    assert problems(look) == [
        (4, "Số thẻ đảng viên", "elsewhere"),
        (5, "Số thẻ đảng viên", "card_of_another"),
    ]
    told = " ".join(problem.message for problem in look.problems)
    assert "Chi bộ" not in told
    assert "Nguyễn Văn An" not in told
    write_roster(look, ImportMode.GOOD_ROWS, by=None)
    assert rows("Giang")[0][-1] is None


def test_whoever_stands_in_a_refused_row_is_not_missing_and_keeps_the_post(known, tmp_path):
    wrong = person("Nguyễn Văn An", 1950, "01000001", rank="Cảm tình")
    nameless_card = person("Phạm Dũng", 1998, rank="Cảm tình")
    look = checked(tmp_path, known, {FIRST: [wrong, BINH, CHI, nameless_card]}, on=SPRING)
    assert look.refused == {4, 7}
    assert look.plan.missing == []
    assert look.counts()["offices_ended"] == 0
