"""What a meeting decided is fixed by the database itself, on both vendors."""

import pytest
from django.db import DatabaseError, connection, transaction

from cadres.guards import install_guards, missing_guards
from pledges.actions import building, dockets
from pledges.models import Docket, DocketLine
from tests.pledges.docket_scene import DAY, conclude, scene

pytestmark = pytest.mark.django_db


@pytest.fixture
def place(settings, db):
    settings.GUARD_TRIGGERS = True
    install_guards()
    return scene()


def refused(act):
    with pytest.raises(DatabaseError, match="append only"), transaction.atomic():
        act()


def test_a_decided_line_is_neither_changed_nor_deleted(place):
    docket = conclude(place.docket(place.pledge()), place.recorder)
    line = DocketLine.objects.filter(docket=docket)
    for change in ({"outcome": "reject"}, {"note": "x"}, {"proposal": "hold"}, {"order": 9}):
        refused(lambda change=change: line.update(**change))
    refused(lambda: line._raw_delete(line.db))


def test_a_line_before_the_meeting_is(place):
    docket = place.docket(place.pledge(), place.pledge())
    DocketLine.objects.filter(docket=docket).update(proposal="hold", proposal_note="Chờ")
    building.take_off(docket.pk, [docket.lines.first().pk], by=place.board)
    assert building.dissolve(docket.pk, by=place.board)


@pytest.mark.parametrize(
    "change",
    [
        {"meeting_on": None},
        {"presided_by": "Ai đó"},
        {"agreed": 6},
        {"minutes": "x"},
        {"title": "x"},
        {"mode": "gives_opinion"},
        {"corrects": None, "seats": 12},
    ],
)
def test_the_facts_of_a_meeting_are_fixed(place, change):
    docket = conclude(place.docket(place.pledge()), place.recorder)
    refused(lambda: Docket.objects.filter(pk=docket.pk).update(**change))


def test_a_document_is_given_its_number_once(place):
    docket = conclude(place.docket(place.pledge()), place.recorder)
    dockets.issue(docket.pk, number="127-QĐ/QU", on=DAY, by=place.clerk, day=DAY)
    for change in ({"number": "128-QĐ/QU"}, {"state": "concluded"}, {"number_on": None}):
        refused(lambda change=change: Docket.objects.filter(pk=docket.pk).update(**change))
    refused(lambda: Docket.objects.filter(pk=docket.pk)._raw_delete("default"))


def test_a_docket_from_paper_is_recorded_with_guards_in_place(place):
    pledge = place.pledge()
    docket = dockets.record_from_paper(
        tier=place.tier,
        body=place.standing,
        title="Phê duyệt",
        source="danh-sach.xlsx",
        pledge_ids=[pledge.pk],
        by=None,
    )
    assert docket.lines.get().outcome == "approve"


@pytest.mark.parametrize("table", ["pledges_docketline", "pledges_docket"])
@pytest.mark.parametrize("verb", ["update", "delete"])
def test_a_guard_that_is_gone_is_missed(place, table, verb):
    assert missing_guards() == []
    on_table = f"ON {table}" if connection.vendor == "postgresql" else ""
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TRIGGER {table}_no_{verb} {on_table}")
    assert missing_guards() == [table]
    install_guards()
    assert missing_guards() == []
