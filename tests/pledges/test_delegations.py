"""Typing for a key cadre by delegation: who gives it, what it opens, and that it ends."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils import translation

from cadres.actions.delegations import DelegationError, delegate, end_delegation
from cadres.models import Delegation, RecordEvent, User
from cadres.roles import Role
from pledges.models import Pledge
from pledges.states import PledgeStatus
from tests.factories import MemberFactory, UnitFactory, UserFactory, user_with
from tests.pledges.factories import DAY, CampaignFactory, cell_of, draft_of, key_cadre_tier, pledge_of
from tests.pledges.pages import TITLE, answers, at, text
from tests.pledges.threads import at_once

pytestmark = pytest.mark.django_db

END = date(2025, 1, 1)
TOMORROW = DAY + timedelta(days=1)


class Place:
    """A key cadre with an account, an assistant of the same organisation, the board of the host."""

    def __init__(self, people=1):
        self.campaign = CampaignFactory()
        self.cell = cell_of(self.campaign)
        self.cadres = [MemberFactory(unit=self.cell) for _no in range(people)]
        self.cadre = self.cadres[0]
        self.tier = key_cadre_tier(self.campaign, self.cadres)
        self.own = UserFactory(member=self.cadre)
        self.board = user_with(Role.BOARD_OFFICER, unit=self.campaign.host)
        colleague = MemberFactory(unit=self.cell, family_names="Đỗ Thị", given_name="Hòa")
        self.assistant = UserFactory(username="dothihoa", display_name=colleague.name, member=colleague)
        self.list = reverse("cadres:delegation_list")
        self.page = reverse("cadres:delegation", args=[self.cadre.code])
        self.form = reverse("pledges:register_full", args=[self.campaign.code, self.cadre.code])
        self.member = reverse("pledges:member", args=[self.cadre.code])

    def give(self, **kwargs):
        given = {"user": self.assistant, "member": self.cadre, "end": END, "by": self.own, "on": DAY}
        return delegate(**given | kwargs)


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


@pytest.fixture
def place(on_the_day):
    return Place()


def journal():
    rows = RecordEvent.objects.filter(action__startswith="delegation_").order_by("pk")
    return list(rows.values_list("action", flat=True))


def sent(place, **kwargs):
    return {"account": place.assistant.username, "last_day": "31/12/2024"} | kwargs


# Giving, prolonging, ending


def test_a_cadre_delegates_and_the_journal_names_everybody(place):
    given = place.give()
    assert (given.start, given.end, given.last_day) == (DAY, END, date(2024, 12, 31))
    event = RecordEvent.objects.get(action="delegation_given")
    assert (event.actor, event.member, event.user) == (place.own, place.cadre, place.assistant)
    assert event.data == {"from": "2024-03-26", "until": "2025-01-01"}


def test_twice_is_once_and_a_later_end_prolongs(place):
    first = place.give()
    assert place.give() == first
    assert place.give(end=END - timedelta(days=90)) == first
    first.refresh_from_db()
    assert first.end == END
    assert place.give(end=END + timedelta(days=30), by=place.board, on=TOMORROW) == first
    row = Delegation.objects.get()
    assert (row.end, row.granted_by) == (END + timedelta(days=30), place.board)
    assert journal() == ["delegation_given", "delegation_prolonged"]


def test_what_was_ended_today_is_given_again_today(place):
    first = place.give()
    end_delegation(delegation=first, by=place.own, on=DAY)
    end_delegation(delegation=first, by=place.own, on=DAY)
    assert not Delegation.objects.on(DAY).exists()
    assert place.give() == first
    assert Delegation.objects.on(DAY).get().end == END
    assert journal() == ["delegation_given", "delegation_ended", "delegation_prolonged"]


@pytest.mark.parametrize(
    ("end", "words"),
    [(DAY, "in the past"), (DAY + timedelta(days=367), "a year at most")],
)
def test_it_ends_within_a_year(place, end, words):
    with pytest.raises(DelegationError, match=words):
        place.give(end=end)
    assert place.give(end=DAY + timedelta(days=366)).last_day == date(2025, 3, 26)


def test_nobody_delegates_to_himself(place):
    with pytest.raises(DelegationError, match="himself"):
        place.give(user=place.own)
    with pytest.raises(DelegationError, match="himself"):
        place.give(user=place.board, by=place.board)
    with pytest.raises(DelegationError, match="himself"):
        place.give(user=place.own, by=None)


def test_only_open_accounts_of_the_organisation_are_reached(place):
    with pytest.raises(DelegationError, match="does not belong"):
        place.give(user=UserFactory(member=MemberFactory()))
    User.objects.filter(pk=place.assistant.pk).update(is_active=False)
    place.assistant.refresh_from_db()
    with pytest.raises(DelegationError, match="closed"):
        place.give()


def test_others_neither_give_nor_end(place):
    given = place.give()
    ward = place.cell.parent
    for other in (place.assistant, user_with(Role.GRASSROOTS_OFFICER, unit=ward), UserFactory()):
        with pytest.raises(PermissionDenied):
            place.give(by=other, end=END + timedelta(days=1))
        with pytest.raises(PermissionDenied):
            end_delegation(delegation=given, by=other, on=DAY)
    assert journal() == ["delegation_given"]


def test_the_database_holds_what_the_action_says(place):
    with pytest.raises(Exception, match="delegation_not_by_oneself"):
        Delegation.objects.create(
            user=place.own, member=place.cadre, start=DAY, end=END, granted_by=place.own
        )


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_who_delegate_at_once_make_one_row(on_the_day):
    place = Place()
    given = at_once(lambda: place.give(), lambda: place.give(by=place.board))
    assert [type(one) for one in given] == [Delegation, Delegation]
    assert Delegation.objects.count() == 1
    assert journal() == ["delegation_given"]


# Pages of who delegates


def test_a_cadre_finds_his_assistant_without_marks_and_delegates(visit, place):
    client = visit(place.own)
    found = client.post(place.page, {"q": "do thi hoa"}, follow=True)
    assert "Đỗ Thị Hòa" in text(found)
    response = client.post(found.request["PATH_INFO"] + "?page=1", sent(place), follow=True)
    assert "Đỗ Thị Hòa types for" in text(response)
    assert "31/12/2024" in text(response)
    assert Delegation.objects.get().granted_by == place.own
    assert place.page in text(client.get(reverse("pledges:mine")))


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"last_day": "31/02/2024"}, "month 2/2024 has only 29 days"),
        ({"last_day": "26/03/2026"}, "a year at most"),
        ({"last_day": "25/03/2024"}, "in the past"),
        ({"last_day": ""}, "The day is missing."),
        ({"account": "nobody"}, "The account was not found"),
        ({"account": ""}, "This field is required"),
    ],
)
def test_what_is_wrong_is_told_and_what_was_typed_stays(visit, place, typed, words):
    response = visit(place.own).post(place.page, sent(place, **typed))
    assert response.status_code == 200
    assert words in text(response)
    if typed.get("last_day"):
        assert f'value="{typed["last_day"]}"' in text(response)
    assert not Delegation.objects.exists()


def test_names_are_found_near_the_cadre_and_user_names_in_the_whole_host(visit, place):
    entry = place.cadre.cadre_entries.get()
    entry.unit = place.cell.parent
    entry.save()
    stranger = MemberFactory(unit=cell_of(place.campaign), family_names="Lê Thị", given_name="Xuân")
    UserFactory(username="lethixuan75", display_name=stranger.name, member=stranger)
    outsider = MemberFactory(family_names="Lê Thị", given_name="Yến")
    UserFactory(username="lethiyen", display_name=outsider.name, member=outsider)
    client = visit(place.own)
    for term, seen in (("le thi xuan", False), ("lethixuan75", True), ("lethiyen", False), ("l", False)):
        assert ("Lê Thị" in text(client.post(place.page, {"q": term}, follow=True))) is seen, term
    assert "lethixuan75" in text(visit(place.board).post(place.page, {"q": "le thi xuan"}, follow=True))


def test_the_board_looks_for_a_cadre_and_keeps_all_delegations(visit, place):
    client = visit(place.board)
    name = place.cadre.name
    assert place.page in text(client.post(place.list, {"q": name}, follow=True))
    assert "Nobody of this name is on your lists" in text(client.post(place.list, {"q": "Hòa"}, follow=True))
    client.post(place.page, sent(place))
    assert "Đỗ Thị Hòa" in text(client.get(place.list))
    assert place.page in text(client.get(place.member))


def test_ending_asks_first_and_twice_is_once(visit, place):
    given, client = place.give(), visit(place.own)
    url = reverse("cadres:delegation_end", args=[given.pk])
    assert "End the delegation" in text(client.get(url))
    assert "no longer types" in text(client.post(url, follow=True))
    assert "ended already" in text(client.post(url, follow=True))
    assert "nothing is left to do" in text(client.get(url))
    assert journal() == ["delegation_given", "delegation_ended"]


def test_who_may_enter_the_pages(visit, place):
    given = place.give()
    end = reverse("cadres:delegation_end", args=[given.pk])
    secretary = user_with(Role.CELL_SECRETARY, unit=place.cell)
    away = user_with(Role.BOARD_OFFICER, unit=UnitFactory())
    for user, status in ((place.own, 200), (place.board, 200), (secretary, 403), (away, 404)):
        client = visit(user)
        assert [client.get(url).status_code for url in (place.page, end)] == [status] * 2
    client = visit(place.assistant)
    assert [client.get(url).status_code for url in (place.page, end, place.list)] == [403] * 3
    assert client.post(end).status_code == client.post(place.page, sent(place)).status_code == 403
    assert visit(place.own).get(place.list).url == place.page
    assert visit(secretary).get(place.list).status_code == 403
    assert [visit(place.own).put(url).status_code for url in (place.page, end, place.list)] == [405] * 3
    assert visit(place.own).get(reverse("cadres:delegation_end", args=[given.pk + 1])).status_code == 404


def test_a_member_on_no_list_delegates_nothing(visit, place):
    page = reverse("cadres:delegation", args=[place.assistant.member.code])
    assert visit(place.assistant).get(page).status_code == 403
    assert place.list not in text(visit(place.assistant).get(reverse("pledges:mine")))


@pytest.mark.parametrize("people", [1, 3])
def test_lists_cost_the_same_however_many(visit, on_the_day, page_alone, django_assert_num_queries, people):
    place = Place(people)
    for cadre in place.cadres:
        place.give(member=cadre, by=place.board)
        draft_of(cadre, place.tier, place.board)
    client = visit(place.board)
    with django_assert_num_queries(5):
        response = client.get(place.list)
    assert text(response).count("dothihoa") == people
    client = visit(place.assistant)
    with django_assert_num_queries(8):
        response = client.get(reverse("pledges:typing"))
    assert text(response).count("Register, 2024") == people


# The assistant


def test_an_assistant_registers_for_his_cadre_and_the_pledge_says_so(visit, place):
    place.give()
    client = visit(place.assistant)
    page = text(client.get(reverse("pledges:typing")))
    assert place.form in page
    assert "until the end of 31/12/2024" in page
    assert "by delegation" in text(client.get(place.form))
    response = client.post(place.form, answers(result_kind="event", own_role="Chỉ đạo"))
    assert response.url == place.member
    assert "You type for this comrade by delegation" in text(client.get(place.member))
    pledge = Pledge.objects.get()
    assert (pledge.status, pledge.lead_member) == (PledgeStatus.SUBMITTED, place.cadre)
    said = f"typed for {place.cadre.name} by delegation"
    for user in (place.own, place.board, place.assistant):
        assert said in text(visit(user).get(at("detail", pledge)))


def test_what_the_board_types_is_not_called_delegated(visit, place):
    pledge = pledge_of(place.cadre, place.tier, place.board)
    shown = text(visit(place.own).get(at("detail", pledge)))
    assert f"on behalf of {place.cadre.name}" in shown
    assert "by delegation" not in shown


def test_an_assistant_goes_on_with_a_draft_of_the_cadre(visit, place):
    pledge = draft_of(place.cadre, place.tier, place.own)
    place.give()
    client = visit(place.assistant)
    assert at("edit", pledge) in text(client.get(reverse("pledges:typing")))
    assert client.get(at("edit", pledge)).status_code == 200
    autosave = client.post(
        at("autosave", pledge),
        answers(ref=str(pledge.ref), revision=str(pledge.revision), title="Sửa hộ", result_kind="event"),
    )
    assert autosave.status_code == 200
    pledge.refresh_from_db()
    assert pledge.title == "Sửa hộ"


def test_a_delegation_that_ended_yesterday_stops_typing(visit, place, settings):
    pledge = draft_of(place.cadre, place.tier, place.own)
    place.give(end=TOMORROW)
    assert visit(place.assistant).get(at("edit", pledge)).status_code == 200
    settings.SITE_TODAY = TOMORROW
    client = visit(place.assistant)
    assert client.get(reverse("pledges:typing")).status_code == 403
    for url in (place.form, place.member, at("edit", pledge), at("detail", pledge)):
        assert client.get(url).status_code == 404, url
    given = answers(ref=str(pledge.ref), revision=str(pledge.revision), title="Muộn")
    assert client.post(at("edit", pledge), given).status_code == 404
    assert client.post(at("autosave", pledge), given).status_code == 404
    assert client.post(place.form, answers()).status_code == 404
    pledge.refresh_from_db()
    assert pledge.title != "Muộn"


def test_an_assistant_types_only_in_the_tier_of_the_list(visit, place):
    place.give()
    client = visit(place.assistant)
    short = reverse("pledges:autosave_new", args=[place.campaign.code, place.cadre.code, "members"])
    assert client.post(short, answers(title=TITLE)).status_code in (403, 404)
    assert not Pledge.objects.exists()


def test_an_account_of_no_member_lands_on_what_it_types(visit, place):
    user = user_with(Role.CLERK, unit=place.campaign.host)
    place.give(user=user, by=place.board)
    user.roles.all().delete()
    assert reverse("pledges:typing") in text(visit(user).get("/", follow=True))
    assert visit(user).get("/").url == reverse("pledges:typing")
