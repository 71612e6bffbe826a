"""Numbers beside what is kept, branch by branch: what is paired, what is left out, what is held meanwhile."""

import pytest
from django.db import connections

from reports import counts
from reports.audit import audit
from reports.branches import Pair, beside
from reports.models import UnitCount
from tests.reports.conftest import DAY, make_members, make_pledge

HOST, WARD, CELL, OTHER = "0001", "00010002", "000100020003", "00010009"


def pairs(kept=(), counted=(), moving=()):
    return list(beside(iter(kept), iter(counted), iter(moving), HOST))


def test_own_numbers_add_up_to_the_host_through_units_that_have_none():
    assert pairs(counted=[(CELL, "", (1, 2)), (CELL, "", (0, 4)), (OTHER, "", (5, 0))]) == [
        Pair(CELL, "", None, (1, 6, 1, 6)),
        Pair(WARD, "", None, (0, 0, 1, 6)),
        Pair(OTHER, "", None, (5, 0, 5, 0)),
        Pair(HOST, "", None, (0, 0, 6, 6)),
    ]


def test_each_code_is_added_up_by_itself():
    assert pairs(kept=[(HOST, "b", (0, 7))], counted=[(OTHER, "a", (1,)), (OTHER, "b", (2,))]) == [
        Pair(OTHER, "a", None, (1, 1)),
        Pair(OTHER, "b", None, (2, 2)),
        Pair(HOST, "a", None, (0, 1)),
        Pair(HOST, "b", (0, 7), (0, 2)),
    ]


def test_what_is_kept_outside_of_the_host_is_paired_with_nothing():
    kept = [("", "", (1, 1)), ("0000", "", (2, 2)), ("00000005", "", (3, 3)), (HOST, "", (4, 4))]
    assert pairs(kept=kept, counted=[(HOST, "", (4,))]) == [
        Pair("00000005", "", (3, 3), None),
        Pair("0000", "", (2, 2), None),
        Pair(HOST, "", (4, 4), (4, 4)),
        Pair("", "", (1, 1), None),
    ]


def test_what_stands_above_a_host_gets_none_of_its_numbers():
    root = HOST + "0005"
    found = list(beside(iter([(HOST, "", (1, 1))]), iter([(root, "", (2,))]), iter(()), root))
    assert found == [Pair(root, "", None, (2, 2)), Pair(HOST, "", (1, 1), None)]


def test_what_is_moving_is_left_out_with_all_above_it():
    assert pairs(counted=[(CELL, "", (1,)), (OTHER, "", (2,))], moving=[WARD]) == [
        Pair(CELL, "", None, (1, 1)),
        Pair(OTHER, "", None, (2, 2)),
    ]


def test_nothing_is_held_but_the_branch_at_hand():
    read = 0

    def rows(numbers):
        nonlocal read
        for ward in range(1000, 2000):
            for cell in ("", "0001", "0002"):
                read += 1
                yield f"{HOST}{ward}{cell}", "", numbers

    behind = [read - 2 * done for done, _pair in enumerate(beside(rows((1, 3)), rows((1,)), iter(()), HOST))]
    assert len(behind) == 3001
    assert max(behind) < 10


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_both_sides_are_read_piece_by_piece(tier, host, cell, monkeypatch, django_assert_num_queries):
    """Whatever has a row a unit comes from a cursor on the server, none of it at once."""
    make_pledge(make_members(cell, 1)[0], tier)
    counts.drain(DAY)
    UnitCount.objects.filter(unit=host).update(registered=7)
    connection, opened = connections["default"], []
    original = connection.chunked_cursor

    def chunked_cursor():
        opened.append("a cursor")
        return original()

    monkeypatch.setattr(connection, "chunked_cursor", chunked_cursor)
    result = audit(DAY)
    assert (result.found, [one.recounted for one in result.differences]) == (1, [1])
    # Four statements of measures; the curve, themes and fields; beside each what is kept and the outbox.
    assert len(opened) == 4 + 3 + 2 * 4
