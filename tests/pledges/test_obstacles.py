"""Obstacles: what the database holds, who reports, asks again and removes."""

import uuid
from datetime import date, timedelta

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.utils.translation import override

from cadres.actions.notices import mark_all_read
from cadres.guards import install_guards
from cadres.models import Notification, Unit, UnitChange
from cadres.queries.notices import unread_count
from pledges import queries
from pledges.actions import obstacles
from pledges.actions.acts import Act
from pledges.actions.journal import broken_chains
from pledges.models import Campaign, EventAction, Obstacle, Pledge, PledgeEvent
from pledges.states import CampaignState, PledgeStatus
from tests.factories import CellFactory, MemberFactory, UnitFactory
from tests.pledges.factories import DAY, pledge_in
from tests.pledges.obstacle_scene import HOW, TEXT, scene, told
from tests.pledges.threads import at_once

pytestmark = pytest.mark.django_db
LATER = DAY + timedelta(days=3)


@pytest.fixture
def place(on_the_day):
    with override("en"):
        yield scene()


def is_stuck(place) -> bool:
    return queries.stuck(Pledge.objects.all()).filter(pk=place.pledge.pk).exists()


def actions_of(place) -> list[tuple[str, str]]:
    rows = PledgeEvent.objects.filter(pledge=place.pledge).order_by("seq")
    return [(row.action, row.note) for row in rows if row.action in ("obstacle", "reminded", "unblocked")]


def told_to(user) -> list[str]:
    return list(Notification.objects.filter(user=user).order_by("pk").values_list("kind", flat=True))


def remove(one, by, on=DAY, how=HOW):
    return obstacles.remove({one.pk: how}, act=Act(by=by, on=on))


# ---- what the database holds --------------------------------------------------------------------


IMPOSSIBLE = (
    ({"asked_name": "Sở Xây dựng"}, "asks_exactly_one"),
    ({"asked": None}, "asks_exactly_one"),
    ({"text": ""}, "says_what"),
    ({"asked_times": 0}, "asked_once_at_least"),
    ({"since": LATER}, "days_in_order"),
    ({"last_asked_on": date(2024, 3, 1)}, "days_in_order"),
    ({"removed_on": DAY}, "removed_says_how"),
    ({"how": HOW}, "removed_says_how"),
)


def test_the_database_refuses_what_cannot_be(place):
    rows = Obstacle.objects.filter(pk=place.stuck().pk)
    for change, constraint in IMPOSSIBLE:
        with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
            rows.update(**change)


def test_a_row_is_never_deleted_and_once_removed_never_changed(place, settings):
    settings.GUARD_TRIGGERS = True
    install_guards()
    one = place.stuck()
    rows = Obstacle.objects.filter(pk=one.pk)

    def refused(act):
        with pytest.raises(DatabaseError, match="append only"), transaction.atomic():
            act()

    for change in ({"text": "x"}, {"since": DAY}, {"asked": place.lead.unit}):
        refused(lambda change=change: rows.update(**change))
    refused(lambda: rows._raw_delete(rows.db))
    obstacles.ask_again([one.pk], act=Act(by=place.own, on=LATER))
    remove(one, place.own, on=LATER)
    for change in ({"how": "x"}, {"asked_times": 9}, {"removed_on": None}):
        refused(lambda change=change: rows.update(**change))


# ---- report --------------------------------------------------------------------------------------


def test_a_report_is_on_record_counted_and_told_to_those_asked(place):
    UnitChange.objects.all().delete()
    assert place.report().done == [place.pledge]
    one = Obstacle.objects.get()
    assert (one.text, one.holder, one.days(DAY), one.asked_times) == (TEXT, place.ward.name, 25, 1)
    assert (one.reported_on, one.last_asked_on, one.by) == (DAY, DAY, place.own)
    assert is_stuck(place)
    assert actions_of(place) == [(EventAction.OBSTRUCTED, place.ward.name)]
    assert TEXT not in "".join(PledgeEvent.objects.values_list("note", flat=True))
    assert broken_chains() == []
    assert list(UnitChange.objects.values_list("unit", "campaign")) == [
        (place.pledge.unit_id, place.pledge.campaign_id)
    ]
    assert (told_to(place.officer), told_to(place.board), told_to(place.own)) == (["obstacle"], [], [])


def test_a_name_outside_the_tree_is_kept_as_printed(place):
    one = place.stuck(asked=None, asked_name="Sở Tài nguyên và Môi trường")
    assert (one.holder, one.asked) == ("Sở Tài nguyên và Môi trường", None)
    assert Notification.objects.count() == 0


def test_the_same_form_twice_is_one_obstacle(place):
    ref = uuid.uuid4()
    assert place.report(ref=ref).done == [place.pledge]
    assert place.report(ref=ref).unchanged == [place.pledge]
    other = place.another()
    assert "another registration" in place.report(other, by=place.secretary, ref=ref).refused[0].reason
    assert (Obstacle.objects.count(), len(actions_of(place))) == (1, 1)


def test_the_side_of_the_lead_reports_and_nobody_else(place):
    for who in ("own", "secretary", "board"):
        assert place.report(by=getattr(place, who)).done == [place.pledge], who
    for who in ("officer", "beside", "inspector", "stranger"):
        assert "by the lead" in place.report(by=getattr(place, who)).refused[0].reason, who
    assert Obstacle.objects.count() == 3


def test_only_what_is_approved_and_under_way_can_be_stuck(place):
    for status in PledgeStatus:
        if status != PledgeStatus.APPROVED:
            pledge = pledge_in(status, MemberFactory(unit=place.lead.unit), place.tier, place.secretary)
            assert "under way" in place.report(pledge, by=place.board).refused[0].reason, status
    assert Obstacle.objects.count() == 0


def test_nothing_is_reported_from_the_future_nor_of_a_strange_tree(place):
    outside = UnitFactory()
    gone = CellFactory(parent=place.ward)
    type(gone).objects.filter(pk=gone.pk).update(ended_on=DAY)
    gone.refresh_from_db()
    reasons = [
        place.report(since=LATER).refused[0].reason,
        place.report(asked=outside).refused[0].reason,
        place.report(asked=gone).refused[0].reason,
    ]
    assert ["ahead" in reasons[0], "own tree" in reasons[1], "own tree" in reasons[2]] == [True] * 3


def test_a_closed_campaign_takes_nothing(place):
    one = place.stuck()
    Campaign.objects.update(state=CampaignState.CLOSED)
    for answer in (
        place.report(),
        obstacles.ask_again([one.pk], act=Act(by=place.own, on=LATER)),
        remove(one, place.own),
    ):
        assert "closed" in answer.refused[0].reason


# ---- ask again -----------------------------------------------------------------------------------


def test_asking_again_counts_once_a_day_and_is_told_each_time(place):
    one = place.stuck()
    assert obstacles.ask_again([one.pk], act=Act(by=place.own, on=DAY)).unchanged == [place.pledge]
    UnitChange.objects.all().delete()
    for _twice in range(2):
        obstacles.ask_again([one.pk], act=Act(by=place.secretary, on=LATER))
    one.refresh_from_db()
    assert (one.asked_times, one.last_asked_on, one.since) == (2, LATER, date(2024, 3, 1))
    assert actions_of(place)[1:] == [(EventAction.ASKED_AGAIN, place.ward.name)]
    assert told_to(place.officer) == ["obstacle", "obstacle_again"]
    assert UnitChange.objects.count() == 0
    assert broken_chains() == []


def test_an_organisation_that_has_ended_is_not_asked_again(place):
    one = place.stuck(asked=place.beside.roles.get().unit)
    Unit.objects.filter(pk=one.asked_id).update(ended_on=DAY)
    answer = obstacles.ask_again([one.pk], act=Act(by=place.own, on=LATER))
    assert "has ended" in answer.refused[0].reason
    assert told_to(place.beside) == ["obstacle"]
    assert remove(one, by=place.own).done == [place.pledge]


def test_several_obstacles_of_a_task_are_one_event_in_its_journal(place):
    keys = [place.stuck().pk, place.stuck(asked=place.ward.parent).pk]
    answer = obstacles.ask_again(keys, act=Act(by=place.own, on=LATER))
    assert answer.done == [place.pledge]
    names = f"{place.ward.name}; {place.ward.parent.name}"
    assert actions_of(place)[2:] == [(EventAction.ASKED_AGAIN, names)]
    assert broken_chains() == []
    assert told_to(place.board) == ["obstacle", "obstacle_again"]


def test_who_is_asked_does_not_ask(place):
    one = place.stuck()
    for who in ("officer", "beside", "inspector", "stranger"):
        answer = obstacles.ask_again([one.pk], act=Act(by=getattr(place, who), on=LATER))
        assert "by the lead" in answer.refused[0].reason, who


# ---- remove --------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["own", "secretary", "officer", "board"])
def test_who_is_asked_and_the_side_of_the_lead_remove_it(place, who):
    one, by = place.stuck(), getattr(place, who)
    UnitChange.objects.all().delete()
    assert remove(one, by, on=LATER).done == [place.pledge]
    one.refresh_from_db()
    assert (one.removed_on, one.how, one.removed_by, one.days(LATER)) == (LATER, HOW, by, 28)
    assert not is_stuck(place)
    assert actions_of(place)[1:] == [(EventAction.UNBLOCKED, place.ward.name)]
    assert UnitChange.objects.count() == 1
    assert told_to(place.own) == ([] if who == "own" else ["unblocked"])
    assert broken_chains() == []


def test_nobody_else_removes_it(place):
    one = place.stuck()
    for _before_and_after in range(2):
        for who in ("beside", "inspector", "stranger"):
            assert "Who is asked" in remove(one, getattr(place, who)).refused[0].reason, who
        remove(one, place.own)
    assert Obstacle.objects.get().removed_by == place.own


def test_what_was_removed_stays_as_it_was_recorded(place):
    one = place.stuck()
    remove(one, place.officer)
    assert remove(one, place.own, how="Khác").unchanged == [place.pledge]
    assert "removed" in obstacles.ask_again([one.pk], act=Act(by=place.own, on=LATER)).refused[0].reason
    assert Obstacle.objects.get().how == HOW
    assert len(actions_of(place)) == 2


def test_a_removal_says_how_and_is_not_before_the_beginning(place):
    one = place.stuck()
    with pytest.raises(ValueError, match="how"):
        remove(one, place.own, how=" ")
    assert "before" in remove(one, place.own, on=date(2024, 2, 29)).refused[0].reason
    assert Obstacle.objects.get().is_open


def test_the_bell_falls_silent_once_it_is_removed(place):
    one = place.stuck()
    assert unread_count(place.officer, DAY) == 1
    remove(one, place.own)
    assert unread_count(place.officer, DAY) == 0
    assert mark_all_read(place.officer, up_to=10**6) == 1


# ---- two at once ----------------------------------------------------------------------------------


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_at_once_report_ask_and_remove_once(on_the_day):
    place = scene()
    ref = uuid.uuid4()
    at_once(*(lambda: place.report(ref=ref) for _ in range(2)))
    one = Obstacle.objects.get()
    at_once(*(lambda: obstacles.ask_again([one.pk], act=Act(by=place.own, on=LATER)) for _ in range(2)))
    at_once(
        lambda: remove(one, place.officer, on=LATER), lambda: remove(one, place.own, on=LATER, how="Khác")
    )
    one.refresh_from_db()
    assert (one.asked_times, one.is_open) == (2, False)
    assert [action for action, _note in actions_of(place)] == ["obstacle", "reminded", "unblocked"]
    assert broken_chains() == []


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_one_form_at_once_for_two_tasks_is_one_obstacle(on_the_day):
    place = scene()
    other, ref = place.another(), uuid.uuid4()
    by = Act(by=place.secretary, on=DAY)
    answers = at_once(
        lambda: obstacles.report({place.pledge.pk: told(place, ref=ref)}, act=by),
        lambda: obstacles.report({other.pk: told(place, ref=ref)}, act=by),
    )
    assert Obstacle.objects.count() == 1
    assert sum(bool(getattr(answer, "done", [])) for answer in answers) == 1
