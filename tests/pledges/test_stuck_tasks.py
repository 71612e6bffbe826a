"""What makes a task stuck, with whom, and who sees it."""

import uuid
from datetime import date, timedelta

import pytest
from django.utils.translation import override

from cadres.models import Delegation
from cadres.queries.notices import unread_count
from pledges import queries
from pledges.actions import obstacles, transitions
from pledges.actions.acts import Act
from pledges.actions.journal import broken_chains
from pledges.models import EventAction, Obstacle, Pledge
from pledges.obstacles import holders, longest, stuck_now, visible_obstacles
from pledges.states import APPROVED, PledgeStatus
from tests.factories import UserFactory
from tests.pledges.docket_scene import scene as key_cadres
from tests.pledges.factories import DAY, members_tier, pledge_in
from tests.pledges.obstacle_scene import HOW, TEXT, scene

pytestmark = pytest.mark.django_db
LATER = DAY + timedelta(days=3)


@pytest.fixture
def place(on_the_day):
    with override("en"):
        yield scene()


def stuck() -> set[Pledge]:
    return set(queries.stuck(Pledge.objects.all()))


def remove(one, by, on=DAY):
    return obstacles.remove({one.pk: HOW}, act=Act(by=by, on=on))


OVER = [status for status in APPROVED if status != PledgeStatus.APPROVED]


def test_what_is_over_is_not_stuck_though_nobody_removed_the_obstacle(place):
    act = Act(by=place.board, on=LATER)
    for status in OVER:
        pledge = place.another()
        one = place.stuck(pledge, by=place.secretary)
        transitions.move([pledge.pk], to=status, action=EventAction.EVALUATED, act=act)
        assert stuck() == set(), status
        assert not stuck_now(Obstacle.objects.all()).exists(), status
        assert unread_count(place.officer, LATER) == 0, status
        assert "under way" in obstacles.ask_again([one.pk], act=act).refused[0].reason, status
        assert remove(one, place.officer, on=LATER).done == [pledge], status
    assert broken_chains() == []


def test_a_task_with_two_obstacles_is_stuck_once_and_until_the_last_is_removed(place):
    first, second = place.stuck(), place.stuck(asked=None, asked_name="Sở Xây dựng", since=DAY)
    assert stuck() == {place.pledge}
    remove(first, place.own)
    assert stuck() == {place.pledge}
    remove(second, place.own)
    assert stuck() == set()


def test_with_whom_is_told_by_the_number_of_tasks(place, django_assert_num_queries):
    place.stuck()
    place.stuck()
    place.stuck(place.another(), by=place.secretary, since=date(2024, 2, 1))
    place.stuck(place.another(), by=place.secretary, asked=None, asked_name="Sở Xây dựng")
    with django_assert_num_queries(2):
        found = holders(longest(stuck_now(Obstacle.objects.all())))
    assert [(one.code, one.name, one.n, one.days(DAY)) for one in found] == [
        (place.ward.code, place.ward.name, 2, 54),
        ("", "Sở Xây dựng", 1, 25),
    ]


def test_who_sees_an_obstacle(place):
    one = place.stuck(asked=place.beside.roles.get().unit)
    sees = {
        who: visible_obstacles(getattr(place, who)).filter(pk=one.pk).exists()
        for who in ("own", "secretary", "officer", "board", "beside", "inspector", "stranger")
    }
    assert [who for who, can in sees.items() if not can] == ["stranger"]


def test_who_types_for_a_cadre_sees_those_of_the_tier_in_which_he_types(on_the_day):
    cadres, helper = key_cadres(), UserFactory()
    lead, tiers = cadres.cadre(), (cadres.tier, members_tier(cadres.tier.campaign))
    content = {"own_role": "Chủ trì"}
    pledges = [pledge_in(PledgeStatus.APPROVED, lead, tier, lead.user, content=content) for tier in tiers]
    for pledge in pledges:
        one = obstacles.Reported(ref=uuid.uuid4(), text=TEXT, since=DAY, asked_name="Sở Xây dựng")
        obstacles.report({pledge.pk: one}, act=Act(by=lead.user, on=DAY))
    Delegation.objects.create(user=helper, member=lead, start=DAY, end=LATER)
    assert [one.pledge for one in visible_obstacles(helper)] == pledges[:1]
    assert {one.pledge for one in visible_obstacles(lead.user)} == set(pledges)
