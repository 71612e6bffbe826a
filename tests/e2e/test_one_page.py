"""On paper the dashboard and the page for the secretary are one sheet of A4 each, however much they say."""

import re
import uuid

import pytest

from cadres.models import Body, BodyKind
from cadres.roles import Role
from pledges.actions import obstacles, results, transitions
from pledges.actions.acts import Act
from pledges.models import Channel, Docket, Pledge, Theme
from pledges.states import CampaignState, PledgeStatus
from reports import counts
from tests.factories import UnitFactory, user_with
from tests.pledges.factories import DAY
from tests.reports.closing_scene import District
from tests.reports.conftest import make_cadre_tier, make_pledge

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, databases=["default", "reader"])]
PAPER = Act(by=None, on=DAY, channel=Channel.PAPER)
LONG = "Đảng bộ Các cơ quan Đảng, đoàn thể và chính quyền khu vực số"


@pytest.fixture
def district(site):
    """29 organisations, three years of cadres, six themes, ten fields, six dockets, seven stuck tasks."""
    found = District()
    for number in range(27):
        UnitFactory(parent=found.host, name=f"{LONG} {number}")
    for order in range(1, 7):
        Theme.objects.create(
            campaign=found.tier.campaign,
            order=order,
            title=f"Trật tự đô thị, vệ sinh môi trường, giải phóng mặt bằng {order}",
        )
    theme = found.tier.campaign.themes.first()
    for number in range(10):
        field = f"Tiếp công dân, giải quyết đơn thư {number}"
        make_pledge(found.other, found.tier, theme_id=theme.pk, field=field)
    for year in (2022, 2023, 2024):
        _cadres(found, year)
    standing = Body.objects.get(unit=found.host, kind=BodyKind.STANDING_COMMITTEE)
    for number in range(6):
        Docket.objects.create(
            tier=found.tier,
            campaign=found.tier.campaign,
            body=standing,
            title=f"Thông qua danh sách đăng ký của các chi bộ cơ sở, đợt {number}",
            seats=11,
        )
    for number, pledge in enumerate(Pledge.objects.filter(tier=found.tier)[:7]):
        transitions.approve([pledge.pk], act=PAPER)
        told = {"text": "Chờ", "since": DAY, "asked_name": f"Ủy ban nhân dân quận và các phường {number}"}
        obstacles.report({pledge.pk: obstacles.Reported(ref=uuid.uuid4(), **told)}, act=PAPER)
    counts.drain(DAY)
    return found


def _cadres(district, year):
    tier = make_cadre_tier(district.host, f"CB-{year}", year)
    for number in range(2):
        title = f"Vận động {number + 1} gia đình đồng ý di chuyển chỗ ở ra khỏi di tích để thực hiện dự án"
        pledge = make_pledge(district.other, tier, title=title, backlog_since=2011)
        transitions.approve([pledge.pk], act=PAPER)
        if year < 2024:
            done = results.FinalResult(outcome=PledgeStatus.DONE, text="1/1 gia đình", on_time=True)
            results.record_results({pledge.pk: done}, act=PAPER)
            results.feature(pledge.pk, featured=True, by=None)


@pytest.fixture
def sheets(browser, site, settings, client, district):
    """How many sheets of paper an address takes for the member of the standing committee."""
    standing = Body.objects.get(unit=district.host, kind=BodyKind.STANDING_COMMITTEE)
    client.force_login(user_with(Role.BODY_MEMBER, body=standing))
    context = browser.new_context(base_url=site.url)
    cookie = client.cookies[settings.SESSION_COOKIE_NAME]
    context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": site.url}])
    page = context.new_page()

    def count(address: str) -> int:
        page.goto(address)
        assert page.locator("h1").inner_text().startswith("Đảng bộ quận Tây Hồ")
        return len(re.findall(rb"/Type\s*/Page\b", page.pdf(prefer_css_page_size=True)))

    yield count
    context.close()


def test_dashboard_and_brief_are_one_sheet_each(sheets):
    assert sheets("/units/TAYHO/") == 1
    assert sheets("/units/TAYHO/brief/") == 1


def test_after_the_closing_it_is_one_sheet_as_well(sheets, district):
    district.close(official=True)
    district.move_to(CampaignState.CLOSED)
    assert sheets("/units/TAYHO/brief/") == 1
    assert sheets("/units/TAYHO/") == 1
