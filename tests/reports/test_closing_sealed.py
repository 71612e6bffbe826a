"""A closing that was made: later entries do not change it, the database refuses to, verification finds it."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, transaction
from django.db.models import QuerySet
from django.utils import translation

from cadres.actions.members import change_standing
from cadres.guards import install_guards
from cadres.models import Standing
from reports import closing_check, closing_seal, counts
from reports.closing_check import differences
from reports.models import ClosedPerson, ClosedPledge, ClosedUnit, Closing, UnitCount
from tests.factories import CellFactory, MemberFactory
from tests.reports.closing_scene import District
from tests.reports.conftest import DAY, make_members, make_pledge

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _on_the_day(settings):
    settings.SITE_TODAY = DAY
    with translation.override("en"):
        yield


@pytest.fixture
def place(db):
    return District()


def line(closing, unit):
    return ClosedUnit.objects.get(closing=closing, unit=unit)


def test_what_comes_later_does_not_change_it(place):
    closing = place.close()
    before = line(closing, place.host)
    make_pledge(place.other, place.tier)
    change_standing([place.members[2]], standing=Standing.EXEMPT, on=DAY, by=place.board)
    MemberFactory(unit=place.cells[1])
    place.members[0].given_name = "Khác"
    place.members[0].save()
    counts.drain(DAY)
    assert UnitCount.objects.get(tier=place.tier, unit=place.host).registered == 3
    after = line(closing, place.host)
    assert (after.registered, after.counted, after.digest) == (2, before.counted, before.digest)
    assert differences(closing) == []


def test_the_database_refuses_every_change(place, settings):
    settings.GUARD_TRIGGERS = True
    install_guards()
    closing = place.close()
    for rows, change in (
        (ClosedUnit.objects.all(), {"registered": 9}),
        (ClosedPerson.objects.all(), {"name": "x"}),
        (ClosedPledge.objects.all(), {"status": "done"}),
        (Closing.objects.all(), {"title": "x"}),
    ):
        for act in (lambda rows=rows, change=change: rows.update(**change), rows.delete):
            with pytest.raises(DatabaseError), transaction.atomic():
                act()
    assert differences(closing) == []


@pytest.mark.parametrize(
    ("model", "change", "told"),
    [
        (ClosedUnit, {"own_pledges": 9}, "its rows give"),
        (ClosedUnit, {"registered": 9}, "own and those below"),
        (ClosedUnit, {"own_cells": 7}, "cells do not fit"),
        (ClosedUnit, {"name": "Khác"}, "digest differs"),
        (ClosedPerson, {"name": "Khác"}, "digest differs"),
        (ClosedPerson, {"registered": 5}, "the pledges give"),
        (ClosedPledge, {"late": True}, "its rows give"),
        (Closing, {"title": "Khác"}, "digest of the whole"),
    ],
)
def test_verification_finds_each_change(place, model, change, told):
    closing = place.close()
    model.objects.update(**change)
    closing.refresh_from_db()
    assert any(told in one for one in differences(closing))


def test_verification_finds_what_was_taken_out(place):
    closing = place.close()
    ClosedPledge.objects.filter(lead_member=place.members[0]).delete()
    ClosedUnit.objects.filter(unit=place.cells[1]).delete()
    found = " | ".join(differences(closing))
    for told in ("digest differs", "digest of the whole", "rows of units", "the pledges give"):
        assert told in found


def test_verification_keeps_the_rows_of_one_unit_at_most(place, monkeypatch):
    """Whatever the closing holds: rows come unit by unit, sums and persons are compared in the database."""
    for cell in [CellFactory(parent=ward) for ward in place.wards * 3]:
        for member in make_members(cell, 4):
            make_pledge(member, place.tier)
    closing, held = place.close(), []

    def counting(keeps, rows_of):
        def kept(self, *args):
            found = keeps(self, *args)
            held.append(rows_of(self, found))
            return found

        return kept

    monkeypatch.setattr(
        QuerySet, "_fetch_all", counting(QuerySet._fetch_all, lambda rows, _: len(rows._result_cache))
    )
    monkeypatch.setattr(
        closing_seal._Groups, "of", counting(closing_seal._Groups.of, lambda _, found: len(found))
    )
    assert differences(closing) == []
    assert ClosedPerson.objects.filter(closing=closing).count() == 29
    assert held
    assert max(held) <= 4


def test_of_many_differences_the_first_are_told(place, monkeypatch):
    closing = place.close()
    ClosedUnit.objects.update(own_pledges=9, registered=9)
    monkeypatch.setattr(closing_check, "MOST", 3)
    assert len(differences(closing)) == 3


def test_the_command_prints_each_difference_and_fails(place):
    closing, out = place.close(), StringIO()
    call_command("verify_closing", str(closing.pk), stdout=out)
    assert closing.digest in out.getvalue()
    ClosedUnit.objects.filter(unit=place.host).update(counted=99)
    with pytest.raises(CommandError, match="differences"):
        call_command("verify_closing", str(closing.pk), stdout=out)
    assert "99" in out.getvalue()
    with pytest.raises(CommandError, match="no finished closing"):
        call_command("verify_closing", "0")
