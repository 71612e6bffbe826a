"""What stands in the way of tasks of the demo: in the ward of its officer, elsewhere, and last year."""

import uuid
from collections.abc import Iterable
from datetime import date

from cadres.models import Unit, User
from config import demo_story as story
from pledges.actions import obstacles
from pledges.actions.acts import Act
from pledges.models import Campaign, Channel, Obstacle, Pledge
from pledges.states import PledgeStatus


def hold_up(campaign: Campaign) -> None:
    """Obstacles of members' tasks under way, reported and asked about on the days of the story."""
    ward = User.objects.get(username="demo-phuong").roles.get().unit
    assert ward is not None
    running = Pledge.objects.filter(campaign=campaign, status=PledgeStatus.APPROVED).order_by("pk")
    taken: list[int] = []
    for told in story.OBSTACLES:
        place = {"unit__path__startswith": ward.path}
        some = running.filter(**place) if told.in_ward else running.exclude(**place)
        pledge = some.filter(title__contains=told.words).exclude(pk__in=taken)[0]
        taken.append(pledge.pk)
        asked = {story.OF_THE_WARD: ward, story.OF_THE_HOST: campaign.host}.get(told.asked)
        _report(pledge, told, asked)


def hold_up_last_year(campaign: Campaign) -> None:
    """The two undertakings whose results come late; what held up the first has been removed since."""
    late = Pledge.objects.filter(campaign=campaign, status=PledgeStatus.APPROVED).order_by("pk")
    for pledge, told in zip(late, story.OBSTACLES_LAST_YEAR, strict=True):
        _report(pledge, told, None)
    remove_last_year(late[:1], story.REMOVED_ON)


def remove_last_year(pledges: Iterable[Pledge], day: date) -> None:
    """Record how the obstacles of these pledges were removed."""
    keys = Obstacle.objects.open().filter(pledge__in=[pledge.pk for pledge in pledges])
    how = dict.fromkeys(keys.values_list("pk", flat=True), story.HOW_REMOVED)
    obstacles.remove(how, act=_act(day))


def _report(pledge: Pledge, told: story.Obstacle, asked: Unit | None) -> None:
    reported = obstacles.Reported(
        ref=uuid.uuid5(pledge.ref, "obstacle"),
        text=told.text,
        since=told.since,
        asked=asked,
        asked_name="" if asked else told.asked,
    )
    obstacles.report({pledge.pk: reported}, act=_act(told.since))
    for day in told.again:
        obstacles.ask_again([Obstacle.objects.get(ref=reported.ref).pk], act=_act(day))


def _act(day: date) -> Act:
    return Act(by=None, on=day, channel=Channel.PAPER)
