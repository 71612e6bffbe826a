"""Versions in words: what changed, field by field, and what became of each point asked."""

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from pledges import desk, version_words
from pledges.models import PledgeVersion
from pledges.version_words import Names, changes, side_by_side, told
from tests.pledges.desk_scene import DUE, PRODUCT, ask, send_again
from tests.pledges.docket_scene import scene

NONE = Names({}, {})
BEFORE = {
    "title": "Xóa điểm rác",
    "novelty": "new",
    "product": "1 điểm",
    "due_kind": "quarter",
    "due_on": "2024-06-30",
    "target": "1200",
    "measure_unit": "hộ",
    "partners": ["Công an phường", {"name": "Đoàn Thanh niên", "unit": 7}],
    "milestones": [{"due_on": "2024-05-15", "text": "Khảo sát"}],
    "sub_targets": [{"text": "Hộ dân", "target": "26", "measure_unit": "hộ"}],
}


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


def test_a_version_is_told_in_words():
    said = told(BEFORE, NONE)
    assert said["novelty"] == "New"
    assert said["due_on"] == "quarter II/2024"
    assert said["target"] == "1,200 hộ"
    assert said["partners"] == "Công an phường\nĐoàn Thanh niên"
    assert said["milestones"] == "15/05/2024: Khảo sát"
    assert said["sub_targets"] == "Hộ dân: 26 hộ"
    assert "place" not in said


def test_changes_are_told_field_by_field_with_what_was_asked():
    after = BEFORE | {"product": "2 điểm", "due_kind": "day", "due_on": "2024-09-30", "place": "phường Bưởi"}
    found = changes(BEFORE, after, NONE, asked=["product"])
    assert [(one.label, one.before, one.after, one.asked) for one in found] == [
        ("Result, product", "1 điểm", "2 điểm", True),
        ("Deadline", "quarter II/2024", "30/09/2024", False),
        ("Place", "", "phường Bưởi", False),
    ]


@given(st.dictionaries(st.sampled_from(["title", "product", "place", "solutions"]), st.text(min_size=1)))
def test_nothing_changed_is_no_change_and_two_directions_name_the_same_fields(content):
    assert changes(content, content, NONE) == []
    there, back = changes({}, content, NONE), changes(content, {}, NONE)
    assert [one.label for one in there] == [one.label for one in back]


def test_side_by_side_marks_what_is_equal():
    rows = {row.label: row for row in side_by_side(BEFORE, BEFORE | {"product": "2 điểm", "place": "Bưởi"})}
    assert rows["Task or content"].is_equal
    assert not rows["Result, product"].is_equal
    assert not rows["Place"].is_equal


@pytest.mark.django_db
def test_what_became_of_each_point():
    place = scene()
    pledge = place.pledge()
    ask(place, pledge, PRODUCT, DUE, note="Cả tên nữa")
    pledge = send_again(pledge, product="26 hộ")
    returned = desk.last_return(pledge)
    since = version_words.since(returned, PledgeVersion.objects.get(pledge=pledge, no=2))
    assert [(one.label, one.changed) for one in since.answers] == [(PRODUCT, True), (DUE, False)]
    assert [(one.label, one.after) for one in since.changes] == [("Result, product", "26 hộ")]
