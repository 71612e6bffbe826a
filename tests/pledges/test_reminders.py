"""Reminders: only to those who have not acted, once a stage, and silent the moment they have."""

from datetime import date, datetime, time, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone, translation

from cadres.mail import deliver
from cadres.models import Mail, Notification
from cadres.notice_kinds import words_of
from cadres.queries.notices import unread_count
from cadres.roles import Role
from pledges import tasks
from pledges.actions import dockets, lists
from pledges.actions.reminders import remind
from pledges.models import Campaign, Docket, OpinionSheet, OpinionSource
from pledges.states import CampaignState, PledgeStatus
from tests.factories import MemberFactory, UserFactory, user_with
from tests.pledges.docket_scene import conclude, scene
from tests.pledges.factories import (
    CampaignFactory,
    cell_of,
    draft_of,
    key_cadre_tier,
    members_tier,
    pledge_in,
    pledge_of,
    secretary_of,
)

pytestmark = pytest.mark.django_db
CLOSES = date(2024, 3, 31)


@pytest.fixture(autouse=True)
def _english(on_the_day):
    with translation.override("en"):
        yield


def told(kind):
    return [row.user for row in Notification.objects.filter(kind=kind).order_by("pk")]


def before(days):
    return CLOSES - timedelta(days=days)


def register(lead, tier, by):
    return pledge_of(lead, tier, by)


# ---- members -----------------------------------------------------------------------------------


def test_who_has_an_account_and_has_not_registered_is_reminded(tier, lead, own):
    done = MemberFactory(unit=lead.unit)
    register(done, tier, UserFactory(member=done))
    MemberFactory(unit=lead.unit)  # without an account
    typing = MemberFactory(unit=lead.unit)
    drafts = UserFactory(member=typing)
    draft_of(typing, tier, drafts)
    remind(before(7))
    assert set(told("remind_register")) == {own, drafts}
    notice = Notification.objects.get(user=own)
    assert notice.path == reverse("pledges:mine")
    assert words_of(notice).detail == "Registration is open until 31/03/2024."


@pytest.mark.parametrize(("days", "stage"), [(8, None), (7, 7), (5, 7), (3, 3), (2, 3), (1, 1), (0, 1)])
def test_the_stage_that_was_reached(tier, own, days, stage):
    remind(before(days))
    keys = list(Notification.objects.filter(user=own).values_list("key", flat=True))
    assert keys == ([f"remind:register:{tier.campaign_id}:{stage}"] if stage is not None else [])


def test_each_stage_is_told_once_whatever_runs_how_often(tier, own):
    for days in range(9, -2, -1):
        remind(before(days))
        assert remind(before(days)) == 0
    assert told("remind_register") == [own] * 3


@pytest.mark.parametrize(
    "changes",
    [
        {"state": CampaignState.DRAFT},
        {"state": CampaignState.CLOSED},
        {"closes_on": None},
        {"opens_on": before(1)},
    ],
)
def test_no_reminder_outside_a_window(tier, own, changes):
    Campaign.objects.update(**changes)
    assert remind(before(3)) == 0


def test_a_closed_account_is_not_reminded(tier, own):
    type(own).objects.update(is_active=False)
    assert remind(before(3)) == 0


def test_on_two_lists_of_a_campaign_one_is_reminded_once():
    campaign = CampaignFactory()
    lead = MemberFactory(unit=cell_of(campaign))
    own = UserFactory(member=lead)
    key_cadre_tier(campaign, [lead])
    members_tier(campaign)
    remind(before(3))
    assert told("remind_register") == [own]


def test_the_bell_falls_silent_with_the_registration(tier, lead, own):
    remind(before(7))
    assert unread_count(own, before(7)) == 1
    register(lead, tier, own)
    assert unread_count(own, before(6)) == 0
    assert remind(before(3)) == 0


def test_it_falls_silent_with_the_window(tier, own):
    remind(before(1))
    assert unread_count(own, CLOSES) == 1
    assert unread_count(own, CLOSES + timedelta(days=1)) == 0


def test_the_letter_is_judged_again_when_it_goes(tier, lead, own, mailoutbox, settings):
    type(own).objects.update(email="dv@example.org")
    settings.SITE_TODAY = before(3)
    remind(before(3))
    register(lead, tier, own)
    deliver(Mail.objects.get().pk)
    assert (Mail.objects.get().state, mailoutbox) == ("done", [])


def test_the_letter_goes_while_the_cause_holds(tier, own, mailoutbox, settings):
    type(own).objects.update(email="dv@example.org")
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    settings.SITE_TODAY = before(3)
    remind(before(3))
    deliver(Mail.objects.get().pk)
    assert len(mailoutbox) == 1
    assert not any(sign.isdigit() for sign in mailoutbox[0].subject)


# ---- cells -------------------------------------------------------------------------------------


def test_a_secretary_hears_how_many_are_missing_and_no_name(tier, lead):
    secretary = secretary_of(lead.unit)
    MemberFactory(unit=lead.unit)
    remind(before(3))
    notice = Notification.objects.get(user=secretary)
    assert words_of(notice).title == "2 members of your cell have not registered yet."
    assert lead.given_name not in str(notice.data)
    assert notice.path == reverse("pledges:cell", args=[tier.campaign.code, lead.unit.code])


def test_a_cell_that_is_complete_and_sent_is_left_alone(tier, lead, own):
    secretary = secretary_of(lead.unit)
    register(lead, tier, own)
    remind(before(3))
    assert words_of(Notification.objects.get(user=secretary)).title == (
        "The list of your cell has not been sent yet."
    )
    assert unread_count(secretary, before(3)) == 1
    lists.mark_sent(tier=tier, units=[lead.unit], on=before(3), by=secretary)
    assert unread_count(secretary, before(3)) == 0
    assert remind(before(1)) == 0


def test_a_cell_that_was_sent_and_misses_members_is_reminded(tier, lead):
    secretary = secretary_of(lead.unit)
    lists.mark_sent(tier=tier, units=[lead.unit], on=before(9), by=secretary)
    remind(before(3))
    assert told("remind_cell") == [secretary]


# ---- bodies and clerks -------------------------------------------------------------------------


@pytest.fixture
def place(db):
    return scene()


def at(day):
    return datetime.combine(day, time(9), timezone.get_current_timezone())


def test_a_member_of_the_body_without_an_opinion_is_reminded_after_two_days(place):
    seated = user_with(Role.BODY_MEMBER, body=place.standing, member=MemberFactory())
    spoken = user_with(Role.BODY_MEMBER, body=place.standing, member=MemberFactory())
    docket = place.docket(place.pledge())
    Docket.objects.update(created_at=at(date(2024, 3, 20)))
    OpinionSheet.objects.create(docket=docket, member=spoken.member, source=OpinionSource.BROWSER, by=spoken)
    assert remind(date(2024, 3, 21)) == 0
    remind(date(2024, 3, 22))
    assert told("remind_opinion") == [seated]
    assert remind(date(2024, 3, 23)) == 0
    assert unread_count(seated, date(2024, 3, 23)) == 2  # asked, and reminded
    OpinionSheet.objects.create(docket=docket, member=seated.member, source=OpinionSource.BROWSER, by=seated)
    assert unread_count(seated, date(2024, 3, 23)) == 0


def test_what_the_meeting_has_decided_asks_for_no_opinion_any_more(place):
    docket = place.docket(place.pledge())
    assert unread_count(place.body_member, date(2024, 3, 26)) == 1
    conclude(docket, place.recorder)
    assert unread_count(place.body_member, date(2024, 3, 26)) == 0


def test_the_clerk_is_reminded_of_a_document_after_three_days(place):
    docket = place.docket(place.pledge())
    conclude(docket, place.recorder)
    Docket.objects.update(concluded_at=at(date(2024, 3, 26)))
    remind(date(2024, 3, 28))
    assert told("remind_number") == []
    remind(date(2024, 3, 29))
    assert told("remind_number") == [place.clerk]
    dockets.issue(docket.pk, number="12-QĐ/QU", on=date(2024, 3, 26), by=place.clerk, day=date(2024, 3, 29))
    assert unread_count(place.clerk, date(2024, 3, 29)) == 0
    assert remind(date(2024, 3, 30)) == 0


# ---- the task and its cost ---------------------------------------------------------------------


def test_the_task_reminds_for_the_day_of_the_site(tier, own, settings):
    settings.SITE_TODAY = before(3)
    assert tasks.send_reminders() == 1
    assert tasks.send_reminders() == 0


@pytest.mark.parametrize("n", [1, 3])
def test_reminding_costs_the_same_however_many(tier, n, django_assert_num_queries):
    for _n in range(n):
        cell = cell_of(tier.campaign)
        secretary_of(cell)
        UserFactory(member=MemberFactory(unit=cell))
    with django_assert_num_queries(13):
        assert remind(before(3)) == 2 * n


@pytest.mark.parametrize("n", [1, 3])
def test_the_bell_costs_the_same_however_many_reminders(tier, lead, own, n, django_assert_num_queries):
    for days in (7, 3, 1)[:n]:
        remind(before(days))
    with django_assert_num_queries(3):  # the notices, open windows, whether he leads something
        assert unread_count(own, before(1)) == n


@pytest.mark.parametrize("n", [1, 3])
def test_a_secretarys_bell_costs_the_same_however_many(tier, lead, n, django_assert_num_queries):
    secretary = secretary_of(lead.unit)
    for days in (7, 3, 1)[:n]:
        remind(before(days))
    with django_assert_num_queries(4):  # the notices, open windows, cells, members missing
        assert unread_count(secretary, before(1)) == n


def test_a_returned_pledge_is_a_registered_one(tier, lead, own):
    pledge_in(PledgeStatus.RETURNED, lead, tier, own)
    assert remind(before(3)) == 0
