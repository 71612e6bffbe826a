from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from cadres.guards import install_guards
from pledges.actions.journal import altered_versions, broken_chains
from pledges.imports import run
from pledges.models import Pledge, PledgeEvent, PledgeVersion
from tests.pledges.registration_lists import TODAY, cadres_campaign, cadres_list, content, district, person

pytestmark = pytest.mark.django_db


@pytest.fixture
def recorded(tmp_path):
    """Two pledges that were registered, approved and done: three events each."""
    place = district()
    member = person(place.cell, "Nguyễn Phương Ngọc", "03334698")
    result = ("7/7 hộ", "x", "")
    lines = [content(member, place.ward.name, title, result=result) for title in ("Việc một", "Việc hai")]
    campaign = cadres_campaign(place.host, 2023)
    checked = run.check(cadres_list(tmp_path / "cb.xlsx", lines), campaign, day=TODAY)
    run.write(checked, by=None, on=None, source="cb.xlsx")
    return list(Pledge.objects.order_by("pk"))


@pytest.fixture
def guarded(settings):
    """The triggers as they stand outside tests."""
    settings.GUARD_TRIGGERS = True
    install_guards()


def check():
    out = StringIO()
    try:
        call_command("check_journal", stdout=out)
    except CommandError as error:
        return out.getvalue(), error.returncode
    return out.getvalue(), 0


def test_untouched_journal_adds_up(recorded, guarded):
    assert check() == ("The journal adds up; every append-only table is guarded.\n", 0)


def test_missing_guard_is_a_problem(recorded, guarded):
    drop = "DROP TRIGGER pledges_pledgeversion_no_{} {}"
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            for name in ("update", "delete", "truncate"):
                cursor.execute(drop.format(name, "ON pledges_pledgeversion"))
        else:
            for name in ("update", "delete"):
                cursor.execute(drop.format(name, ""))
    assert check() == ("table pledges_pledgeversion has no guard against changes\n", 1)


def _change_the_day(pledge):
    PledgeEvent.objects.filter(pledge=pledge, seq=2).update(on="2023-01-01")


def _rewrite_the_last(pledge):
    PledgeEvent.objects.filter(pledge=pledge, seq=3).update(digest="0" * 64)


def _cut_the_tail(pledge):
    PledgeEvent.objects.filter(pledge=pledge, seq=3).delete()


def _cut_a_gap(pledge):
    PledgeEvent.objects.filter(pledge=pledge, seq=2).delete()


def _cut_the_head(pledge):
    PledgeEvent.objects.filter(pledge=pledge, seq=1).delete()


def _remove_everything(pledge):
    PledgeEvent.objects.filter(pledge=pledge).delete()
    Pledge.objects.filter(pk=pledge.pk).update(journal_head="", journal_seq=0)


def _move_the_tail(pledge):
    Pledge.objects.filter(pk=pledge.pk).update(journal_seq=4)


@pytest.mark.parametrize(
    "tamper",
    [
        _change_the_day,
        _rewrite_the_last,
        _cut_the_tail,
        _cut_a_gap,
        _cut_the_head,
        _remove_everything,
        _move_the_tail,
    ],
)
def test_journal_that_was_tampered_with_names_the_pledge(recorded, tamper):
    tamper(recorded[1])
    assert broken_chains() == [str(recorded[1].ref)]
    assert altered_versions() == []


def test_altered_or_missing_version_names_the_pledge(recorded):
    PledgeVersion.objects.filter(pledge=recorded[0]).update(content={"title": "Việc dễ hơn"})
    assert altered_versions() == [str(recorded[0].ref)]
    Pledge.objects.filter(pk=recorded[1].pk).update(versions_made=2)
    assert altered_versions() == sorted(str(pledge.ref) for pledge in recorded)
    assert broken_chains() == []


def test_command_names_what_is_wrong_and_fails(recorded, guarded):
    Pledge.objects.filter(pk=recorded[0].pk).update(journal_head="")
    Pledge.objects.filter(pk=recorded[1].pk).update(versions_made=2)
    text, code = check()
    assert code == 1
    assert text.splitlines() == [
        f"journal of pledge {recorded[0].ref} does not add up",
        f"a version of pledge {recorded[1].ref} was altered or is missing",
    ]
