"""The cell's table: rows brought from a workbook, and how a typed row is read."""

import re
from datetime import date

import pytest
from django.utils import translation

from pledges.forms.cell_grid import RowKey, fill, missing, novelty_of, read_due
from pledges.models import Pledge
from pledges.views import cell_grid as views
from pledges.words import kind_words
from tests.factories import MemberFactory
from tests.pledges.factories import (
    cell_of,
    draft_of,
    pledge_of,
    secretary_of,
)

TYPED = {"title": "Lắp 4 camera tại tổ 18", "novelty": "new", "product": "4 camera", "due": "quý III"}


@pytest.fixture
def cell(tier):
    return cell_of(tier.campaign)


@pytest.fixture
def by(cell):
    return secretary_of(cell)


# Rows from a workbook


@pytest.fixture
def with_rows(rf, by, tier, cell, on_the_day):
    """The table with rows from elsewhere."""

    def render(rows, problems=(), source="dang-ky.xlsx"):
        request = rf.post("/")
        request.user = by
        return views.page_with(request, tier, cell, rows, problems, source)

    return render


def test_rows_from_a_workbook_are_filled_in_and_nothing_is_saved(with_rows, tier, cell, by):
    fresh, wrong, same = (MemberFactory(unit=cell) for _ in range(3))
    draft = draft_of(same, tier, by)
    sent = MemberFactory(unit=cell)
    pledge_of(sent, tier, by)
    gone = MemberFactory(unit=cell_of(tier.campaign))
    response = with_rows(
        {
            fresh.pk: TYPED | {"novelty": "Khó"},
            wrong.pk: TYPED | {"due": "31/02/2024"},
            same.pk: {"title": draft.title},
            sent.pk: TYPED,
            gone.pk: TYPED,
        },
        ["Dòng 9: không có tên này"],
    )
    context = response.context_data
    shown = {row.member: row for row in context["grid"].rows}
    assert (shown[fresh].raw["title"], shown[fresh].bound, shown[fresh].errors) == (TYPED["title"], True, {})
    assert set(shown[wrong].errors) == {"due"}
    assert not shown[same].bound
    assert not shown[sent].editable
    assert shown[sent].lost == "Lắp 4 camera tại tổ 18 · Mới · 4 camera · quý III"
    assert context["source"] == "dang-ky.xlsx"
    assert len(context["problems"]) == 2
    assert Pledge.objects.count() == 2


def test_a_long_cell_shows_the_rows_of_the_workbook(with_rows, cell, monkeypatch):
    monkeypatch.setattr("pledges.views.grid_rows.PAGE", 1)
    people = [MemberFactory(unit=cell, position=no) for no in range(3)]
    grid = with_rows({people[2].pk: TYPED}).context_data["grid"]
    assert [row.member for row in grid.rows] == [people[2]]


# What a row reads


@pytest.mark.parametrize(
    ("text_", "kind", "due_on"),
    [
        ("quý II", "quarter", date(2024, 6, 30)),
        ("q3", "quarter", date(2024, 9, 30)),
        ("quarter III/2024", "quarter", date(2024, 9, 30)),
        ("cả năm", "year", date(2024, 12, 31)),
        ("the whole of 2024", "year", date(2024, 12, 31)),
        ("cả năm 2024", "year", date(2024, 12, 31)),
        ("30/6", "day", date(2024, 6, 30)),
        ("30/6/2024", "day", date(2024, 6, 30)),
    ],
)
@pytest.mark.parametrize("language", ["vi", "en"])
def test_deadlines_are_read_as_offices_and_the_page_write_them(text_, kind, due_on, language):
    with translation.override(language):
        due = read_due(text_, 2024)
    assert (due.kind, due.due_on) == (kind, due_on)


@pytest.mark.parametrize(
    ("text_", "code"),
    [
        ("Khó", "difficult"),
        ("việc mới", "new"),
        ("CẢ HAI", "both"),
        ("difficult", "difficult"),
        ("gì đó", "gì đó"),
    ],
)
@pytest.mark.parametrize("language", ["vi", "en"])
def test_kinds_are_read_by_code_and_by_words(text_, code, language):
    with translation.override(language):
        assert novelty_of(text_) == code


def test_filling_keeps_what_stands_unless_told_otherwise():
    raw = {"title": "Việc", "novelty": "new", "product": "", "due": ""}
    assert fill(raw, novelty="both", due="cả năm", over=False) == raw | {"due": "cả năm"}
    assert fill(raw, novelty="both", due="", over=True) == raw | {"novelty": "both"}
    assert missing(raw) == ["product", "due"]


@pytest.mark.parametrize("key", ["", "x", "x.1.y", "..", "0.1"])
def test_a_key_that_is_none_is_not_read(key):
    assert RowKey.read(key) is None


def test_a_key_is_read_as_it_was_written(tier, lead, own):
    key = RowKey.of(draft_of(lead, tier, own))
    assert RowKey.read(str(key)) == key
    new = RowKey.of(None)
    assert RowKey.read(str(new)) == new
    assert re.fullmatch(r"[0-9a-f-]{36}\.\.[0-9a-f]{16}", str(new))


@pytest.mark.parametrize("language", ["vi", "en"])
def test_kinds_are_known_by_their_words_in_either_language(language):
    with translation.override(language):
        words = kind_words()
    assert {"khó", "việc khó", "difficult", "mới", "new", "cả hai"} <= set(words)
    assert (words["khó"], words["new"], words["cả hai"]) == ("difficult", "new", "both")
