"""The journal pages: who may read them, how far, what each row says and never says, how it is filtered."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings as site
from django.urls import reverse

from cadres import clock
from cadres.models import RecordEvent, Unit
from cadres.roles import Role
from pledges.actions import transitions
from pledges.actions.acts import Act
from pledges.actions.seal import check_and_seal
from pledges.models import Channel, PledgeEvent
from reports.journal_rows import PAGE
from reports.journal_words import ACTS
from tests.factories import HostFactory, MemberFactory, UserFactory, user_with
from tests.pledges.factories import (
    DAY,
    CampaignFactory,
    cell_of,
    members_tier,
    pledge_of,
    secretary_of,
)

pytestmark = pytest.mark.django_db
PLEDGES, RECORDS = "/journal/", "/journal/records/"


@pytest.fixture
def tier(settings):
    """The members' tier of a campaign that is open on the day."""
    settings.SITE_TODAY = DAY
    return members_tier(CampaignFactory())


@pytest.fixture
def cell(tier):
    """A cell with a telling name."""
    found = cell_of(tier.campaign)
    Unit.objects.filter(pk=found.pk).update(name="Chi bộ Hoa Sen", name_key="chi bo hoa sen")
    found.refresh_from_db()
    return found


@pytest.fixture
def pledge(tier, cell):
    """A registration typed by the secretary for a member."""
    lead = MemberFactory(unit=cell, family_names="Trần Thị", given_name="Hoà")
    return pledge_of(lead, tier, secretary_of(cell))


@pytest.fixture
def inspector(tier):
    """The inspector of the host."""
    return user_with(Role.INSPECTOR, unit=tier.campaign.host)


@pytest.fixture
def visit(client, settings, monkeypatch):
    """Sign somebody in; returns what a page says in English, without the navigation."""
    monkeypatch.setattr("config.context.navigation", lambda request: None)

    def read(user, url, **query):
        client.force_login(user)
        client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
        response = client.get(url, query)
        assert response.status_code == 200
        return response.content.decode()

    return read


def rows(text):
    """The rows of the table, as text without tags."""
    found = re.findall(r'<th scope="row">.*?</tr>', text, re.S)
    return [" ".join(re.sub(r"<[^>]+>", " ", row).split()) for row in found]


# ---- who ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("url", [PLEDGES, RECORDS])
@pytest.mark.parametrize("role", [role for role in Role if role not in (Role.BODY_MEMBER, Role.RECORDER)])
def test_inspector_and_administrator_read_it_nobody_else(client, tier, url, role):
    client.force_login(user_with(role, unit=tier.campaign.host))
    wanted = 200 if role in (Role.INSPECTOR, Role.ADMINISTRATOR) else 403
    assert client.get(url).status_code == wanted
    assert client.post(url, {"q": "x"}).status_code == (302 if wanted == 200 else 403)
    assert client.put(url).status_code == (405 if wanted == 200 else 403)


def test_an_inspector_of_another_place_reads_nothing_of_it(visit, pledge):
    other = user_with(Role.INSPECTOR, unit=HostFactory())
    RecordEvent.objects.create(action="role_granted", unit=pledge.unit, member=pledge.lead_member)
    RecordEvent.objects.create(action="account_created", user=UserFactory(member=pledge.lead_member))
    RecordEvent.objects.create(action="account_created", user=UserFactory())
    assert rows(visit(other, PLEDGES)) == []
    assert rows(visit(other, RECORDS)) == []


# ---- what --------------------------------------------------------------------------------------


def test_a_row_says_who_for_whom_what_and_when(visit, inspector, pledge):
    transitions.return_for_amendment(
        {pledge.pk: "Chưa rõ sản phẩm cuối cùng"},
        act=Act(by=None, on=DAY - timedelta(days=2), channel=Channel.PAPER),
    )
    text = visit(inspector, PLEDGES)
    returned, sent, begun = rows(text)
    assert "Amendment asked for · recorded from paper" in returned
    assert "Registered, awaiting approval → Amendment asked for" in returned
    assert "happened: 24/03/2024" in returned
    assert "the system" in returned
    secretary = PledgeEvent.objects.filter(action="submitted").get().actor.display_name
    assert f"{secretary} on behalf of Trần Thị Hoà" in sent
    assert "Draft begun · in the browser" in begun
    assert reverse("pledges:detail", args=[pledge.ref]) in text


def test_no_row_holds_the_text_of_a_pledge_or_of_a_return(visit, inspector, pledge):
    transitions.return_for_amendment({pledge.pk: "Chưa rõ sản phẩm cuối cùng"}, act=Act(by=None, on=DAY))
    text = visit(inspector, PLEDGES)
    assert pledge.title not in text
    assert "Chưa rõ sản phẩm" not in text


def test_the_administrator_gets_no_way_to_the_content(visit, tier, pledge):
    text = visit(user_with(Role.ADMINISTRATOR, unit=tier.campaign.host), PLEDGES)
    assert len(rows(text)) == 2
    assert "/pledges/" not in text


def test_a_record_says_what_was_done_and_its_numbers(visit, inspector, cell):
    member = MemberFactory(unit=cell)
    data = {"role": "clerk", "rows": 1632, "format": "xlsx", "filter": "status=late", "secret": "x"}
    RecordEvent.objects.create(actor=inspector, action="role_granted", unit=cell, member=member, data=data)
    [row] = rows(visit(inspector, RECORDS))
    assert row.startswith("Role given role: Records clerk · format: xlsx · filter: status=late · rows: 1,632")
    assert member.name in row
    assert "Chi bộ Hoa Sen" in row
    assert "secret" not in row


def test_every_act_that_the_code_records_has_words():
    found = set()
    for app in ("cadres", "pledges", "reports"):
        for file in (Path(site.BASE_DIR) / app).rglob("*.py"):
            if "migrations" in file.parts:
                continue
            text = file.read_text(encoding="utf-8")
            if "RecordEvent" in text or "record_accounts" in text or "_note(" in text:
                found |= set(
                    re.findall(r'(?:_note|_record|record_accounts)\(\s*(?:\{[^}]*\}, )?"(\w+)"', text)
                )
                found |= set(re.findall(r'\baction(?:=| = )"(\w+)"', text))
                found |= set(re.findall(r'else "(\w+_\w+)"', text))
    found &= {name for name in found if "_" in name}
    assert len(found) > 25
    assert found - set(ACTS) == set()


# ---- filters -----------------------------------------------------------------------------------


def test_days_kind_channel_and_organisation_stand_in_the_address(visit, inspector, pledge):
    PledgeEvent.objects.filter(action="created").update(at=clock.now() - timedelta(days=3))
    assert len(rows(visit(inspector, PLEDGES))) == 2
    assert len(rows(visit(inspector, PLEDGES, first="26/03/2024"))) == 1
    assert len(rows(visit(inspector, PLEDGES, last="25/3/2024"))) == 1
    assert len(rows(visit(inspector, PLEDGES, first="23/03/2024", last="26/03/2024"))) == 2
    assert len(rows(visit(inspector, PLEDGES, kind="submitted"))) == 1
    assert len(rows(visit(inspector, PLEDGES, channel="paper"))) == 0
    assert len(rows(visit(inspector, PLEDGES, unit="hoa sen"))) == 2
    assert len(rows(visit(inspector, PLEDGES, unit="hoa hồng"))) == 0


@pytest.mark.parametrize("url", [PLEDGES, RECORDS])
@pytest.mark.parametrize(
    ("query", "words"),
    [
        ({"first": "31/02/2024"}, "has only 29 days"),
        ({"first": "26/03/2024", "last": "25/03/2024"}, "The last day lies before the first."),
        ({"kind": "nothing"}, "Select a valid choice"),
    ],
)
def test_a_wrong_filter_is_told_and_shows_nothing(visit, inspector, pledge, url, query, words):
    text = visit(inspector, url, **query)
    assert words in text
    assert rows(text) == []


@pytest.mark.parametrize("after", ["x", "-1", "9" * 40, ""])
def test_a_page_that_is_none_begins_at_the_newest(visit, inspector, pledge, after):
    assert len(rows(visit(inspector, PLEDGES, after=after))) == 2


def test_people_are_searched_by_post_and_leave_no_name_in_the_address(
    client, visit, inspector, tier, cell, pledge
):
    other = MemberFactory(unit=cell, family_names="Lê", given_name="Khác")
    pledge_of(other, tier, secretary_of(cell))
    assert len(rows(visit(inspector, PLEDGES))) == 4
    response = client.post(PLEDGES + "?kind=submitted", {"q": "tran thi hoa"})
    assert response["Location"] == PLEDGES + "?kind=submitted&page=1"
    [row] = rows(visit(inspector, PLEDGES, kind="submitted", page=1))
    assert "Trần Thị Hoà" in row
    assert len(rows(visit(inspector, PLEDGES))) == 4  # another address is the whole list again


def test_accounts_are_found_among_the_records(client, visit, inspector, cell):
    user = UserFactory(display_name="Văn thư Quận ủy", username="vanthu1")
    RecordEvent.objects.create(action="role_granted", unit=cell, user=user)
    RecordEvent.objects.create(action="role_granted", unit=cell, user=UserFactory())
    visit(inspector, RECORDS)
    client.post(RECORDS, {"q": "vanthu1"})
    [row] = rows(visit(inspector, RECORDS, page=1))
    assert "Văn thư Quận ủy" in row


def test_pages_follow_one_another_without_a_gap(visit, inspector, cell):
    for n in range(PAGE + 3):
        RecordEvent.objects.create(action="role_granted", unit=cell, data={"rows": n})
    first = visit(inspector, RECORDS)
    after = re.search(r"after=(\d+)", first)[1]
    RecordEvent.objects.create(action="role_ended", unit=cell)  # what comes meanwhile moves nothing
    second = visit(inspector, RECORDS, after=after)
    numbers = [re.search(r"rows: (\d+)", row)[1] for row in rows(first) + rows(second)]
    assert numbers == [str(n) for n in range(PAGE + 2, -1, -1)]
    assert "First page" in second


# ---- proof and cost ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("problems", "words"), [(None, "not checked yet"), (0, "adds up"), (2, "2 problems found at")]
)
def test_the_page_shows_the_last_nightly_check(visit, inspector, problems, words):
    if problems is not None:
        data = {"problems": problems, "pledges": 1, "events": 2, "records": 3}
        RecordEvent.objects.create(action="journal_checked", data=data)
    assert words in visit(inspector, PLEDGES)


def test_the_seal_stands_on_the_page(visit, inspector, pledge, monkeypatch):
    monkeypatch.setattr("pledges.actions.seal.problems", lambda using: [])
    check_and_seal(settled=timedelta())
    sealed = RecordEvent.objects.get(action="journal_sealed")
    assert sealed.data["digest"][:16] in visit(inspector, PLEDGES)


@pytest.mark.parametrize("n", [1, 3])
@pytest.mark.parametrize("url", [PLEDGES, RECORDS])
def test_the_journal_costs_the_same(client, visit, inspector, tier, cell, url, n, django_assert_num_queries):
    for _n in range(n):
        lead = MemberFactory(unit=cell)
        pledge_of(lead, tier, secretary_of(cell))
        RecordEvent.objects.create(action="role_granted", unit=cell, member=lead, user=UserFactory())
    client.force_login(inspector)
    with django_assert_num_queries(6):  # session, account, roles; rows, last check, last seal
        client.get(url)


def test_a_day_is_told_as_an_office_writes_it(client, inspector, cell):
    RecordEvent.objects.create(action="members_added", unit=cell, data={"members": 3, "on": "2024-01-15"})
    client.force_login(inspector)
    page = client.get(RECORDS).content.decode()
    assert "15/01/2024" in page
    assert "2024-01-15" not in page
