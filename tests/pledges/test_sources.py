"""What a registration is taken from: last year's, a committee's suggestion; carrying over with the chain."""

from functools import partial

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from cadres.roles import Role
from pledges.actions import register
from pledges.actions.acts import Act, NotAllowedError
from pledges.models import Pledge, Suggestion, Theme
from pledges.permissions import visible_pledges
from pledges.sources import backlog_of, carried_on_by, chain_of, sources_for
from pledges.states import PledgeStatus
from tests.factories import MemberFactory, UserFactory, user_with
from tests.pledges.factories import (
    DAY,
    CampaignFactory,
    cell_of,
    draft_of,
    key_cadre_tier,
    members_tier,
    pledge_in,
    pledge_of,
    secretary_of,
    typed,
)
from tests.pledges.pages import answers, at, of_pledge, text
from tests.pledges.threads import at_once

S = PledgeStatus


@pytest.fixture
def last_year(tier):
    """The members' tier of the year before, still open for the actions of tests."""
    return year_before(tier, 2023)


def year_before(tier, year):
    """A tier of an earlier year of the same host; its window is that of the test's day."""
    campaign = CampaignFactory(host=tier.campaign.host, year=year)
    return members_tier(campaign) if not tier.is_listed else key_cadre_tier(campaign, [])


@pytest.fixture
def earlier(last_year, lead, own):
    """A way to make a pledge of last year, in a status, with some content."""

    def make(status=S.APPROVED, tier=last_year, **content):
        year = tier.campaign.year
        content = {"due_on": DAY.replace(year=year, month=6, day=30), "due_kind": "quarter"} | content
        return pledge_in(status, lead, tier, own, content=content)

    return make


@pytest.fixture
def url(tier, lead):
    return reverse("pledges:register", args=[tier.campaign.code, lead.code])


def carrying(tier, lead, pledge, **kwargs):
    return typed(tier, lead, content={"carried_from_id": pledge.pk} | kwargs.pop("content", {}), **kwargs)


def register_it(one, by):
    return register.register(one, act=Act(by=by, on=DAY), day=DAY)


def test_a_copy_takes_the_words_and_the_quarter_and_nothing_of_the_year(visit, url, earlier, own):
    pledge = earlier(S.DONE, title="Dọn ngõ 76", product="1 ngõ", novelty="new", backlog_since=2011)
    form = visit(own).get(url, {"from": str(pledge.ref)}).context["form"]
    shown = {
        name: form[name].value() for name in ("title", "product", "novelty", "due", "due_on", "revision")
    }
    told = {"title": "Dọn ngõ 76", "product": "1 ngõ", "novelty": "new", "due": "q2"}
    assert shown == told | {"due_on": None, "revision": None}
    assert form["ref"].value() != pledge.ref
    assert "carried_from" not in form.fields


def test_a_quarter_that_is_over_and_a_day_are_asked_for_again(visit, url, earlier, own):
    over = earlier(S.DONE, due_on=DAY.replace(year=2023, month=3, day=31))
    a_day = earlier(S.DONE, due_kind="day", due_on=DAY.replace(year=2023, month=9, day=15))
    for pledge in (over, a_day):
        form = visit(own).get(url, {"from": str(pledge.ref)}).context["form"]
        assert (form["due"].value(), form["due_on"].value()) == ("", None)


def test_the_theme_of_the_same_words_is_found_in_the_new_campaign(visit, lead, own, tier, earlier):
    cadres = key_cadre_tier(tier.campaign, [lead])
    before = key_cadre_tier(CampaignFactory(host=tier.campaign.host, year=2023), [lead])
    old = Theme.objects.create(campaign=before.campaign, order=1, title="Cải cách hành chính")
    new = Theme.objects.create(campaign=tier.campaign, order=4, title="Cải cách hành chính")
    content = {
        "theme_id": old.pk,
        "directive": "27-ĐA/QU",
        "place": "Ngõ 76",
        "due_on": DAY.replace(year=2023),
    }
    pledge = pledge_in(S.DONE, lead, before, own, content=content)
    url = reverse("pledges:register_full", args=[cadres.campaign.code, lead.code])
    form = visit(own).get(url, {"from": str(pledge.ref)}).context["form"]
    assert (form["theme"].value(), form["place"].value(), form["directive"].value()) == (
        new.pk,
        "Ngõ 76",
        None,
    )


def test_suggestions_come_from_the_unit_and_above_it(visit, url, tier, lead, own):
    cell, host = lead.unit, tier.campaign.host
    units = {"cell": cell, "committee": cell.parent, "host": host, "other": MemberFactory().unit}
    for name, unit in units.items():
        Suggestion.objects.create(tier=tier, unit=unit, order=1, title=f"Gợi ý {name}", product="10 hộ")
    offered = visit(own).get(url).context["sources"]
    assert [one.title for one in offered.suggestions] == ["Gợi ý cell", "Gợi ý committee", "Gợi ý host"]
    chosen = offered.suggestions[1]
    form = visit(own).get(url, {"suggestion": chosen.pk}).context["form"]
    assert (form["title"].value(), form["product"].value()) == ("Gợi ý committee", "10 hộ")
    elsewhere = Suggestion.objects.get(title="Gợi ý other")
    assert visit(own).get(url, {"suggestion": elsewhere.pk}).status_code == 404


def test_a_suggestion_brings_its_theme_into_the_full_form(visit, lead, own, tier):
    cadres = key_cadre_tier(tier.campaign, [lead])
    theme = Theme.objects.create(campaign=tier.campaign, order=1, title="Đơn thư")
    one = Suggestion.objects.create(tier=cadres, unit=tier.campaign.host, order=1, title="Đơn", theme=theme)
    url = reverse("pledges:register_full", args=[tier.campaign.code, lead.code])
    assert visit(own).get(url, {"suggestion": one.pk}).context["form"]["theme"].value() == theme.pk


def test_a_suggestion_keeps_its_theme_through_the_short_form(visit, url, lead, own, tier):
    theme = Theme.objects.create(campaign=tier.campaign, order=1, title="Môi trường")
    one = Suggestion.objects.create(tier=tier, unit=lead.unit, order=1, title="Rác", theme=theme)
    client = visit(own)
    assert client.get(url, {"suggestion": one.pk}).context["form"]["theme"].value() == theme.pk
    client.post(url, answers(title="Phân loại rác ở ngõ 35", theme=str(theme.pk)))
    pledge = Pledge.objects.get()
    assert (pledge.theme, pledge.versions.get().content["theme_id"]) == (theme, theme.pk)


@pytest.mark.parametrize("theme", ["x", "-1", "²", "9" * 30, "foreign"])
def test_a_theme_of_nobody_is_left_out(visit, url, lead, own, tier, theme):
    foreign = Theme.objects.create(campaign=CampaignFactory(), order=1, title="Môi trường")
    visit(own).post(url, answers(theme=str(foreign.pk) if theme == "foreign" else theme))
    assert Pledge.objects.get().theme is None


@pytest.mark.parametrize("name", ["from", "carry"])
@pytest.mark.parametrize("value", ["x", "0b0e4b0e-6a1f-4f6e-9d55-0c6f9a7e4d11"])
def test_what_does_not_exist_is_not_found(visit, url, own, name, value):
    assert visit(own).get(url, {name: value}).status_code == 404


@pytest.mark.parametrize("value", ["x", "-1", "²", "9" * 30, "12345"])
def test_a_suggestion_that_does_not_exist_is_not_found(visit, url, own, value):
    assert visit(own).get(url, {"suggestion": value}).status_code == 404


@pytest.mark.parametrize("name", ["from", "carry"])
def test_the_pledge_of_somebody_else_or_of_this_year_is_not_found(
    visit, url, tier, lead, own, last_year, name
):
    other = MemberFactory(unit=lead.unit)
    due = {"due_on": DAY.replace(year=2023, month=6, day=30)}
    theirs = pledge_of(other, last_year, UserFactory(member=other), content=due)
    now = pledge_of(lead, tier, own)
    for pledge in (theirs, now):
        assert visit(own).get(url, {name: str(pledge.ref)}).status_code == 404
    assert visit(own).post(url, answers(carry=str(theirs.ref), carried_from="on")).status_code == 404
    assert Pledge.objects.count() == 2


def test_only_what_is_unfinished_is_offered_to_be_carried_over(visit, url, earlier, own):
    for status in (S.APPROVED, S.NOT_DONE, S.CARRIED_OVER, S.DONE, S.WITHDRAWN, S.DRAFT):
        earlier(status, title=status)
    rows = {row.title: row.may_carry for row in visit(own).get(url).context["sources"].earlier}
    assert rows == {S.APPROVED: True, S.NOT_DONE: True, S.CARRIED_OVER: True, S.DONE: False}


def test_what_is_finished_is_told_and_not_carried_over(visit, url, earlier, own):
    pledge = earlier(S.DONE)
    response = visit(own).get(url, {"carry": str(pledge.ref)})
    assert "Only what is not finished" in text(response)
    assert "carried_from" not in response.context["form"].fields


def test_carrying_over_keeps_the_chain_and_the_backlog(visit, url, earlier, lead, own):
    pledge = earlier(backlog_since=2011, title="Thu hồi 3 căn nhà")
    response = visit(own).get(url, {"carry": str(pledge.ref)})
    assert response.context["form"]["title"].value() == "Thu hồi 3 căn nhà"
    assert "waiting since 2011" in text(response)
    form = answers(carry=str(pledge.ref), carried_from="on")
    assert visit(own).post(url, form)["Location"] == reverse("pledges:mine")
    new = Pledge.objects.get(campaign__year=2024)
    assert (new.carried_from, new.backlog_since, new.status) == (pledge, 2011, S.SUBMITTED)
    assert new.versions.get().content["carried_from_id"] == pledge.pk
    assert visit(own).post(url, form).status_code == 302
    assert Pledge.objects.filter(campaign__year=2024).count() == 1


def test_the_tick_taken_off_registers_a_task_of_its_own(visit, url, earlier, own):
    pledge = earlier(backlog_since=2011)
    visit(own).post(url, answers(carry=str(pledge.ref)))
    new = Pledge.objects.get(campaign__year=2024)
    assert (new.carried_from, new.backlog_since) == (None, None)


def test_the_secretary_carries_over_for_a_member(visit, url, earlier, lead):
    pledge = earlier(S.NOT_DONE)
    by = secretary_of(lead.unit)
    assert pledge in visit(by).get(url).context["sources"].earlier
    visit(by).post(url, answers(carry=str(pledge.ref), carried_from="on"))
    assert Pledge.objects.get(campaign__year=2024).carried_from == pledge


def test_a_key_cadre_carries_over_in_the_full_form(visit, tier, lead, own):
    cadres = key_cadre_tier(tier.campaign, [lead])
    before = key_cadre_tier(CampaignFactory(host=tier.campaign.host, year=2023), [lead])
    pledge = pledge_in(S.NOT_DONE, lead, before, own, content={"due_on": DAY.replace(year=2023)})
    url = reverse("pledges:register_full", args=[cadres.campaign.code, lead.code])
    form = visit(own).get(url, {"carry": str(pledge.ref)}).context["form"]
    assert (form["backlog_since"].value(), form["carried_from"].value()) == (2023, True)
    typed_in = answers(carry=str(pledge.ref), carried_from="on", result_kind="description", backlog_since="")
    assert visit(own).post(url, typed_in).status_code == 302
    new = Pledge.objects.get(campaign__year=2024)
    assert (new.carried_from, new.backlog_since) == (pledge, 2023)


def test_a_draft_that_carries_on_keeps_it_until_the_tick_goes(visit, tier, lead, own, earlier):
    pledge = earlier()
    act = Act(by=own, on=DAY)
    draft = register.save_draft(carrying(tier, lead, pledge), act=act, day=DAY)
    page = text(visit(own).get(at("edit", draft)))
    assert 'name="carried_from"' in page
    visit(own).post(at("edit", draft), of_pledge(draft, carried_from="on", title="Khác", draft="1"))
    draft.refresh_from_db()
    assert (draft.title, draft.carried_from, draft.backlog_since) == ("Khác", pledge, 2023)
    visit(own).post(at("edit", draft), of_pledge(draft, draft="1"))
    draft.refresh_from_db()
    assert draft.carried_from is None


def test_a_draft_that_saves_itself_carries_on(visit, tier, lead, own, earlier):
    pledge = earlier()
    url = reverse("pledges:autosave_new", args=[tier.campaign.code, lead.code, tier.kind])
    form = answers(carry=str(pledge.ref), carried_from="on")
    answer = visit(own).post(url, form).json()
    visit(own).post(answer["autosave"], form | {"revision": answer["revision"], "title": "Khác"})
    new = Pledge.objects.get(campaign__year=2024)
    assert (new.title, new.carried_from) == ("Khác", pledge)


def test_a_pledge_is_carried_over_once(visit, url, tier, lead, own, earlier):
    pledge = earlier()
    first = register_it(carrying(tier, lead, pledge), own)
    with pytest.raises(NotAllowedError, match=r"chuyển tiếp|carried over"):
        register_it(carrying(tier, lead, pledge), own)
    response = visit(own).post(url, answers(carry=str(pledge.ref), carried_from="on"))
    assert "This task has been carried over already." in text(response)
    assert response.context["form"]["title"].value() == answers()["title"]
    assert "This task has been carried over already." in text(visit(own).get(url, {"carry": str(pledge.ref)}))
    assert Pledge.objects.filter(carried_from=pledge).get() == first


def test_the_database_holds_it_too(tier, lead, own, earlier):
    pledge = earlier()
    register_it(carrying(tier, lead, pledge), own)
    other = draft_of(lead, tier, own)
    with pytest.raises(IntegrityError), transaction.atomic():
        Pledge.objects.filter(pk=other.pk).update(carried_from=pledge)


def test_what_was_withdrawn_carries_nothing_on(tier, lead, own, earlier):
    pledge = earlier()
    pledge_in(S.WITHDRAWN, lead, tier, own, content={"carried_from_id": pledge.pk})
    assert register_it(carrying(tier, lead, pledge), own).carried_from == pledge


@pytest.mark.parametrize("status", [S.DONE, S.DISCONTINUED, S.SUBMITTED, S.REPORTED])
def test_what_is_not_unfinished_is_refused(tier, lead, own, earlier, status):
    pledge = earlier(status)
    with pytest.raises(NotAllowedError):
        register_it(carrying(tier, lead, pledge), own)
    assert not Pledge.objects.filter(campaign=tier.campaign).exists()


def test_the_same_year_and_somebody_elses_are_refused(tier, lead, own, last_year):
    now = pledge_in(S.APPROVED, lead, tier, own)
    other = MemberFactory(unit=lead.unit)
    due = {"due_on": DAY.replace(year=2023)}
    theirs = pledge_in(S.APPROVED, other, last_year, UserFactory(member=other), content=due)
    for pledge in (now, theirs):
        with pytest.raises(NotAllowedError):
            register_it(carrying(tier, lead, pledge), own)


def test_the_backlog_is_the_earliest_that_the_chain_knows(tier, lead, own, earlier):
    oldest = earlier(tier=year_before(tier, 2022))
    assert backlog_of(oldest) == 2022
    middle_tier = year_before(tier, 2023)
    due = {"due_on": DAY.replace(year=2023)}
    middle = pledge_in(S.NOT_DONE, lead, middle_tier, own, content=due | {"carried_from_id": oldest.pk})
    assert (middle.backlog_since, backlog_of(middle)) == (2022, 2022)
    Pledge.objects.filter(pk=oldest.pk).update(backlog_since=2011)
    assert backlog_of(middle) == 2011


def test_the_chain_is_shown_both_ways(visit, tier, lead, own, earlier, django_assert_num_queries):
    oldest = earlier(tier=year_before(tier, 2022), title="Việc năm 2022", backlog_since=2011)
    due = {"due_on": DAY.replace(year=2023), "carried_from_id": oldest.pk, "title": "Việc năm 2023"}
    middle = pledge_in(S.NOT_DONE, lead, year_before(tier, 2023), own, content=due)
    new = register_it(carrying(tier, lead, middle, content={"title": "Việc năm 2024"}), own)
    with django_assert_num_queries(2):
        assert chain_of(new, Pledge.objects.all()) == [middle, oldest]
    page = text(visit(own).get(at("detail", new)))
    assert at("detail", middle) in page
    assert at("detail", oldest) in page
    assert "waiting since 2011" in page
    assert "Carried over to 2024:" in text(visit(own).get(at("detail", middle)))
    assert carried_on_by(new, Pledge.objects.all()) is None


def test_a_chain_shows_no_pledge_out_of_the_readers_sight(tier, lead, own, earlier):
    elsewhere = earlier()
    new = register_it(carrying(tier, lead, elsewhere), own)
    cell = MemberFactory().unit
    Pledge.objects.filter(pk=elsewhere.pk).update(unit=cell)
    reader = user_with(Role.BOARD_OFFICER, unit=tier.campaign.host)
    assert new in visible_pledges(reader)
    assert chain_of(new, visible_pledges(reader)) == []


@pytest.mark.parametrize("count", [1, 3])
def test_what_is_offered_costs_the_same_however_much_there_is(
    tier, lead, own, earlier, django_assert_num_queries, count
):
    for no in range(count):
        earlier(title=f"Việc {no}")
        Suggestion.objects.create(tier=tier, unit=lead.unit, order=no, title=f"Gợi ý {no}")
    with django_assert_num_queries(2):
        found = sources_for(lead, tier, unit=lead.unit, seen=Pledge.objects.all())
    assert (len(found.earlier), len(found.suggestions)) == (count, count)


def test_nothing_is_offered_on_a_pledge_that_is_there(visit, tier, lead, own, earlier):
    earlier()
    draft = draft_of(lead, tier, own)
    assert visit(own).get(at("edit", draft)).context["sources"] is None


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_who_carry_it_over_at_once_carry_it_once(on_the_day):
    tier = members_tier(CampaignFactory())
    lead = MemberFactory(unit=cell_of(tier.campaign))
    own, by = UserFactory(member=lead), secretary_of(lead.unit)
    due = {"due_on": DAY.replace(year=2023)}
    pledge = pledge_in(S.NOT_DONE, lead, year_before(tier, 2023), own, content=due)
    given = at_once(*(partial(register_it, carrying(tier, lead, pledge), user) for user in (own, by)))
    assert {type(answer) for answer in given} == {Pledge, NotAllowedError}
    assert Pledge.objects.filter(carried_from=pledge).count() == 1
