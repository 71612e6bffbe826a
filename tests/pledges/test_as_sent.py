"""A registration that was returned reads as it was sent until it is sent again; its author reads on."""

from io import BytesIO
from uuid import uuid4

import openpyxl
import pytest
from django.urls import reverse

from cadres.jobs import JobState
from cadres.roles import Role
from pledges.actions import attachments, obstacles, register, transitions
from pledges.actions.acts import Act
from pledges.content import CONTENT_FIELDS, MilestoneEntry, PartnerEntry, Parts, SubTargetEntry
from pledges.models import AttachmentKind, DeskAct, DeskJob, Pledge
from pledges.sent import as_sent
from pledges.states import PledgeStatus
from tests.factories import user_with
from tests.pledges.docket_scene import DAY, scene
from tests.pledges.factories import draft_of, pledge_in, pledge_of, secretary_of, typed
from tests.pledges.grassroots import grassroots
from tests.pledges.pages import at, of_cell, text
from tests.pledges.test_attachments import pdf

pytestmark = pytest.mark.django_db
SENT, TYPED = "Xóa điểm tập kết rác tự phát tại ngõ 76", "Trồng cây tại ngõ 5"


def amended(lead, tier, own, **content):
    """Returned, and since then written again without being sent."""
    pledge = pledge_in(PledgeStatus.RETURNED, lead, tier, own)
    again = typed(tier, lead, ref=pledge.ref, revision=pledge.revision, content={"title": TYPED} | content)
    return register.save_draft(again, act=Act(by=own, on=DAY), day=DAY)


@pytest.fixture
def pledge(lead, tier, own, on_the_day):
    return amended(lead, tier, own, product="Trồng 10 cây")


@pytest.fixture
def readers(lead, tier):
    """Who reads the cell and types for nobody in it."""
    ward, host = lead.unit.parent, tier.campaign.host
    return [
        user_with(Role.GRASSROOTS_OFFICER, unit=ward, language="en"),
        user_with(Role.BOARD_OFFICER, unit=host, language="en"),
        user_with(Role.INSPECTOR, unit=host, language="en"),
    ]


def pages(pledge, lead, tier):
    host = tier.campaign.host
    asked = f"?campaign={tier.campaign.code}"
    return [
        at("detail", pledge),
        reverse("pledges:member", args=[lead.code]),
        of_cell("cell", tier, lead.unit) + "?show=all",
        of_cell("cell_print", tier, lead.unit) + "?for=signing",
        *(reverse("reports:pledges", args=[unit.code]) + asked for unit in (host, lead.unit)),
        reverse("reports:figure", args=[lead.unit.code, "registered"]) + asked,
        *(reverse(f"pledges:{name}", args=args) + "?show=returned" for name, args in desk_of(pledge)),
    ]


def desk_of(pledge):
    """The pages of the desk, which the board alone opens."""
    code = pledge.campaign.code
    return (("desk", [code]), ("desk_pledge", [code, pledge.ref]))


def test_readers_read_what_was_sent(pledge, lead, tier, readers, visit):
    for reader in readers:
        client = visit(reader)
        found = [client.get(url) for url in pages(pledge, lead, tier)]
        told = [text(answer) for answer in found if answer.status_code == 200]
        assert len(told) >= 6
        assert [SENT in page for page in told] == [True] * len(told)
        assert [page for page in told if TYPED in page or "Trồng 10 cây" in page] == []


def test_the_author_and_who_types_for_him_read_what_is_typed(pledge, lead, tier, own, visit):
    for user in (own, secretary_of(lead.unit)):
        assert TYPED in text(visit(user).get(at("detail", pledge)))
    assert TYPED in text(visit(own).get(reverse("pledges:mine")))
    page = text(visit(secretary_of(lead.unit)).get(of_cell("cell", tier, lead.unit) + "?show=all"))
    assert (TYPED in page, SENT in page) == (True, False)


def test_workbooks_hold_what_was_sent(pledge, lead, tier, readers, visit):
    asked = f"?campaign={tier.campaign.code}"
    client = visit(readers[0])
    for name, args in (
        ("reports:pledges_xlsx", [lead.unit.code]),
        ("reports:figure_xlsx", [lead.unit.code, "registered"]),
    ):
        sheet = openpyxl.load_workbook(BytesIO(client.get(reverse(name, args=args) + asked).content)).active
        told = [str(value) for row in sheet.values for value in row if value is not None]
        assert (SENT in told, TYPED in told) == (True, False)


def test_sent_again_it_reads_as_sent_then(pledge, own, readers, visit):
    register.submit([pledge.pk], act=Act(by=own, on=DAY))
    page = text(visit(readers[0]).get(at("detail", pledge)))
    assert (TYPED in page, SENT in page) == (True, False)


def test_what_lies_before_it_and_what_stood_in_its_way_name_it_as_it_was_sent(
    lead, tier, own, on_the_day, readers, visit
):
    pledge = pledge_in(PledgeStatus.APPROVED, lead, tier, own)
    one = obstacles.Reported(ref=uuid4(), text="Chưa có mặt bằng.", since=DAY, asked=lead.unit.parent)
    obstacles.report({pledge.pk: one}, act=Act(by=own, on=DAY))
    earlier = pledge_of(lead, tier, own, content={"title": "Việc năm trước"})
    # As an act that corrects its approval puts it back, and then written again.
    back = {"status": PledgeStatus.RETURNED, "approved_version": None, "carried_from": earlier}
    Pledge.objects.filter(pk=pledge.pk).update(**back, title=TYPED)
    urls = [reverse("pledges:obstacle", args=[one.ref]), at("detail", earlier)]
    for user, shown in (*((reader, SENT) for reader in readers), (own, TYPED)):
        client = visit(user)
        for url in urls:
            page = text(client.get(url))
            assert [title for title in (SENT, TYPED) if title in page] == [shown], (user, url)


def test_acts_of_the_desk_name_it_as_it_was_sent(pledge, tier, readers, visit):
    client = visit(readers[1])
    foreseen = reverse("pledges:desk_all", args=[tier.campaign.code]) + "?show=all&act=vet"
    refused = {"pledges": [pledge.pk], "refused": [[pledge.pk, "Đã trả lại"]], "state": JobState.DONE}
    job = DeskJob.objects.create(ref=uuid4(), tier=tier, act=DeskAct.VET, **refused)
    told = [
        client.get(foreseen),
        client.get(reverse("pledges:desk_job", args=[job.pk])),
        client.post(at("return", pledge), {}),
    ]
    for page in map(text, told):
        assert [title for title in (SENT, TYPED) if title in page] == [SENT]


def test_withdrawn_it_still_reads_as_sent(pledge, own, readers, visit):
    transitions.withdraw([pledge.pk], act=Act(by=own, on=DAY))
    page = text(visit(readers[0]).get(at("detail", pledge)))
    assert (TYPED in page, SENT in page) == (False, True)
    assert TYPED in text(visit(own).get(at("detail", pledge)))


def test_key_cadres_are_amended_unread_too(on_the_day, visit):
    place = scene()
    lead = place.cadre()
    pledge = amended(lead, place.tier, lead.user, own_role="Chủ trì")
    url = at("detail", pledge)
    assert SENT in text(visit(place.inspector).get(url))
    assert TYPED not in text(visit(place.inspector).get(url))
    # The board types for a cadre who handed in a paper.
    assert TYPED in text(visit(place.board).get(url))


def test_the_list_of_cadres_of_a_committee_shows_others_what_was_sent(on_the_day, visit):
    place = grassroots()
    lead = place.cadre()
    amended(lead, place.tier, place.ward.officer)
    url = f"/campaigns/DV-2024/committees/{place.ward.unit.code}/cadres/?show=all"
    inspector = user_with(Role.INSPECTOR, unit=place.ward.unit)
    for user, told in ((inspector, SENT), (place.ward.officer, TYPED)):
        page = text(visit(user).get(url))
        assert [one for one in (SENT, TYPED) if one in page] == [told]


def test_every_field_is_put_back_as_it_was_sent(lead, tier, own, on_the_day):
    full = {"field": "Môi trường", "baseline": "3.50", "target": "10", "measure_unit": "cây", "start_on": DAY}
    pledge = pledge_of(lead, tier, own, content=full)
    pledge.refresh_from_db()
    before = {name: getattr(pledge, name) for name in CONTENT_FIELDS}
    transitions.return_for_amendment({pledge.pk: "Nêu rõ"}, act=Act(by=None, on=DAY))
    changed = {"title": TYPED, "field": "", "target": None, "start_on": None, "backlog_since": 2020}
    pledge.refresh_from_db()
    again = typed(tier, lead, ref=pledge.ref, revision=pledge.revision, content=full | changed)
    register.save_draft(again, act=Act(by=own, on=DAY), day=DAY)
    row = Pledge.objects.get()
    assert row.title == TYPED
    assert as_sent([row]).keys() == {row.pk}
    assert {name: getattr(row, name) for name in CONTENT_FIELDS} == before


def test_rows_of_the_form_and_files_are_those_that_were_sent(
    lead, tier, own, readers, visit, settings, tmp_path
):
    settings.MEDIA_ROOT = tmp_path
    act = Act(by=own, on=DAY)
    parts = Parts(
        (PartnerEntry("Hội Phụ nữ"),), (MilestoneEntry(DAY, "Họp dân"),), (SubTargetEntry("Ngõ 7"),)
    )
    pledge = draft_of(lead, tier, own, parts=parts)
    kept, gone = [
        attachments.attach(pledge, pdf(name=name, more=name.encode()), kind=AttachmentKind.DOCUMENT, act=act)
        for name in ("giu.pdf", "bo.pdf")
    ]
    register.submit([pledge.pk], act=act)
    transitions.return_for_amendment({pledge.pk: "Nêu rõ"}, act=Act(by=None, on=DAY))
    pledge.refresh_from_db()
    other = Parts((PartnerEntry("Đoàn Thanh niên"),))
    again = typed(tier, lead, ref=pledge.ref, revision=pledge.revision, parts=other)
    register.save_draft(again, act=act, day=DAY)
    attachments.take_off(gone.ref, act=act)
    attachments.attach(pledge, pdf(name="moi.pdf", more=b"moi"), kind=AttachmentKind.DOCUMENT, act=act)
    page = text(visit(readers[0]).get(at("detail", pledge)))
    sent = ("Hội Phụ nữ", "Họp dân", "Ngõ 7", kept.name, gone.name)
    assert [one for one in sent if one not in page] == []
    assert [one for one in ("Đoàn Thanh niên", "moi.pdf") if one in page] == []
    assert "Đoàn Thanh niên" in text(visit(own).get(at("detail", pledge)))


@pytest.mark.parametrize("item_count", [1, 3])
def test_many_cost_one_query(lead, tier, own, on_the_day, item_count, django_assert_num_queries):
    pledges = [amended(lead, tier, own) for _ in range(item_count)]
    with django_assert_num_queries(1):
        assert len(as_sent(pledges)) == item_count
    with django_assert_num_queries(0):
        assert as_sent(pledges, but=lambda pledge: True) == {}
    assert {pledge.title for pledge in pledges} == {SENT}
