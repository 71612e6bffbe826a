"""Files with a pledge: who brings, opens and takes off what, and what is kept of it."""

import uuid
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from cadres.models import RecordEvent
from cadres.roles import Role
from pledges.actions import attachments as actions
from pledges.actions.acts import Act, NotAllowedError
from pledges.models import Attachment, AttachmentKind
from pledges.states import CampaignState, PledgeStatus
from tests.factories import MemberFactory, UserFactory, user_with
from tests.pledges.factories import (
    DAY,
    CampaignFactory,
    apply,
    cell_of,
    draft_of,
    key_cadre_tier,
    members_tier,
    pledge_in,
    pledge_of,
    secretary_of,
)
from tests.pledges.pages import at, of_pledge, text
from tests.pledges.threads import at_once

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF\n"
SLIP, DOCUMENT = AttachmentKind.SLIP, AttachmentKind.DOCUMENT


@pytest.fixture(autouse=True)
def store(settings, tmp_path):
    """Files of a test lie in a folder of its own."""
    settings.MEDIA_ROOT = str(tmp_path)
    return tmp_path


@pytest.fixture
def draft(tier, lead, own, on_the_day):
    return draft_of(lead, tier, own)


def pdf(name="ke-hoach.pdf", more=b""):
    return SimpleUploadedFile(name, PDF + more, content_type="application/pdf")


def bring(pledge, by, kind=DOCUMENT, **kwargs):
    return actions.attach(pledge, pdf(**kwargs), kind=kind, act=Act(by=by, on=DAY))


def opened(client, row):
    """The status of a download, and what it brings."""
    response = client.get(reverse("pledges:file", args=[row.ref]))
    body = b"".join(response.streaming_content) if response.streaming else b""
    return response.status_code, body


def stored(store):
    return [path for path in Path(store).rglob("*") if path.is_file()]


def journal():
    return list(RecordEvent.objects.order_by("pk").values_list("action", flat=True))


# By the pages


def test_a_member_brings_a_file_and_saves_it_again(visit, draft, own, store):
    client = visit(own)
    response = client.post(at("attach", draft), {"file": pdf("Kế hoạch.pdf"), "kind": "document"})
    assert response.url == at("edit", draft) + "#files"
    row = Attachment.objects.get()
    assert (row.name, row.size, row.by, row.kind) == ("Kế hoạch.pdf", len(PDF), own, DOCUMENT)
    assert [path.name for path in stored(store)] != ["Kế hoạch.pdf"]
    assert "Kế hoạch.pdf" in text(client.get(at("edit", draft)))
    saved = client.get(reverse("pledges:file", args=[row.ref]))
    assert b"".join(saved.streaming_content) == PDF
    assert saved["Content-Disposition"].startswith("attachment;")
    assert (saved["X-Content-Type-Options"], saved["Content-Type"]) == ("nosniff", "application/octet-stream")
    assert "no-store" in saved["Cache-Control"]
    assert journal() == ["attachment_added", "attachment_opened"]
    assert "Kế hoạch" not in str(list(RecordEvent.objects.values_list("data", flat=True)))


def test_a_script_gets_the_list_alone(visit, draft, own):
    headers = {"HX-Request": "true"}
    told = visit(own).post(at("attach", draft), {"file": pdf(), "kind": "document"}, headers=headers)
    assert told.status_code == 200
    assert "The file has been added." in text(told)
    assert "<html" not in text(told)
    wrong = visit(own).post(at("attach", draft), {"kind": "document"}, headers=headers)
    assert "Choose the file." in text(wrong)
    taken = visit(own).post(reverse("pledges:take_off", args=[Attachment.objects.get().ref]), headers=headers)
    assert "The file has been taken off." in text(taken)


@pytest.mark.parametrize(
    ("file", "words"),
    [
        (None, "Choose the file."),
        (SimpleUploadedFile("trong.pdf", b""), "The file is empty."),
        (SimpleUploadedFile("x.exe", b"MZ" + b"0" * 99), "This kind of file is not taken."),
        (SimpleUploadedFile("x.pdf", b"MZ" + b"0" * 99), "is not"),
        (SimpleUploadedFile("x.pdf", PDF + b"0" * actions.LARGEST), "10 MB"),
    ],
    ids=["none", "empty", "program", "disguised", "large"],
)
def test_what_is_not_taken_is_told_beside_the_form(visit, draft, own, store, file, words):
    response = visit(own).post(at("attach", draft), {"kind": "document"} | ({"file": file} if file else {}))
    assert response.status_code == 200
    assert words in text(response)
    assert "Nothing that is a state secret" in text(response)
    assert not Attachment.objects.exists()
    assert stored(store) == []


def test_who_may_do_what(visit, draft, own, lead):
    row = bring(draft, own)
    urls = [at("attach", draft), reverse("pledges:take_off", args=[row.ref])]
    for user in (UserFactory(), user_with(Role.INSPECTOR, unit=lead.unit)):
        client = visit(user)
        # Others' drafts are not theirs to see.
        assert [client.post(url, {"file": pdf()}).status_code for url in urls] == [404, 404]
        assert opened(client, row)[0] == 404
    apply(PledgeStatus.SUBMITTED, draft, own)
    client = visit(user_with(Role.INSPECTOR, unit=lead.unit))
    assert opened(client, row) == (200, PDF)
    assert [client.post(url, {"file": pdf()}).status_code for url in urls] == [403, 403]
    assert [visit(own).get(url).status_code for url in urls] == [405, 405]
    assert visit(own).post(reverse("pledges:file", args=[row.ref])).status_code == 405
    assert visit(own).post(reverse("pledges:take_off", args=[uuid.uuid4()])).status_code == 404


def test_the_signed_slip_comes_later_from_who_registered_for_another(visit, tier, lead, own):
    secretary = secretary_of(lead.unit)
    pledge = pledge_in(PledgeStatus.APPROVED, lead, tier, secretary)
    client = visit(secretary)
    assert "Scan of the signed slip" not in text(client.get(at("detail", pledge)))
    response = client.post(at("attach", pledge), {"file": pdf("phieu.pdf"), "kind": "slip"})
    assert response.url == at("detail", pledge) + "#files"
    assert "Scan of the signed slip" in text(client.get(at("detail", pledge)))
    assert client.post(at("attach", pledge), {"file": pdf(more=b"x"), "kind": "document"}).status_code == 200
    assert visit(own).post(at("attach", pledge), {"file": pdf(), "kind": "slip"}).status_code == 403
    assert [row.kind for row in Attachment.objects.all()] == [SLIP]


def test_the_form_of_what_is_begun_offers_files_and_a_new_one_says_when(visit, draft, own, tier, lead):
    page = text(visit(own).get(at("edit", draft)))
    assert at("attach", draft) in page
    cadre = MemberFactory(unit=cell_of(CampaignFactory()))
    campaign = CampaignFactory(host=cadre.unit.parent.parent)
    key_cadre_tier(campaign, [cadre])
    new = visit(UserFactory(member=cadre)).get(
        reverse("pledges:register_full", args=[campaign.code, cadre.code])
    )
    assert "Save the draft first; then files can be added" in text(new)


# By the actions


def test_the_same_file_twice_is_one(draft, own, store):
    assert bring(draft, own) == bring(draft, own, name="khac.pdf")
    assert Attachment.objects.count() == len(stored(store)) == 1
    with pytest.raises(NotAllowedError):
        bring(draft, own, kind=SLIP)
    assert journal() == ["attachment_added"]


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_who_bring_it_at_once_bring_one(on_the_day, store):
    tier = members_tier(CampaignFactory())
    lead = MemberFactory(unit=cell_of(tier.campaign))
    own = UserFactory(member=lead)
    draft = draft_of(lead, tier, own)
    secretary = secretary_of(lead.unit)
    answers = at_once(lambda: bring(draft, own), lambda: bring(draft, secretary))
    assert answers[0] == answers[1]
    assert Attachment.objects.count() == len(stored(store)) == 1


def test_at_most_ten(draft, own, store):
    for no in range(actions.MOST):
        bring(draft, own, more=str(no).encode())
    with pytest.raises(NotAllowedError):
        bring(draft, own)
    assert Attachment.objects.count() == len(stored(store)) == actions.MOST


def test_taken_off_before_it_was_sent_nothing_is_left(draft, own, store, django_capture_on_commit_callbacks):
    row = bring(draft, own)
    with django_capture_on_commit_callbacks(execute=True):
        for _again in range(2):
            actions.take_off(row.ref, act=Act(by=own, on=DAY))
    assert stored(store) == []
    assert journal() == ["attachment_added", "attachment_removed"]
    assert bring(draft, own).pk != row.pk


def test_what_a_version_names_is_kept_and_can_still_be_opened(
    visit, draft, own, store, django_capture_on_commit_callbacks
):
    row = bring(draft, own)
    apply(PledgeStatus.SUBMITTED, draft, own)
    apply(PledgeStatus.RETURNED, draft, own)
    [named] = draft.versions.get().content["attachments"]
    assert named["digest"] == row.digest
    with django_capture_on_commit_callbacks(execute=True):
        visit(own).post(reverse("pledges:take_off", args=[row.ref]))
    assert len(stored(store)) == 1
    assert row.name not in text(visit(own).get(at("detail", draft)))
    assert opened(visit(own), row) == (200, PDF)


def test_a_task_under_a_separate_document_keeps_no_file(
    db, visit, on_the_day, store, django_capture_on_commit_callbacks
):
    campaign = CampaignFactory()
    cadre = MemberFactory(unit=cell_of(campaign))
    own = UserFactory(member=cadre)
    draft = draft_of(cadre, key_cadre_tier(campaign, [cadre]), own)
    bring(draft, own)
    stub = {"is_stub": "on", "stub_reference": "12-KH/QU ngày 01/02/2024", "draft": "1"}
    with django_capture_on_commit_callbacks(execute=True):
        visit(own).post(at("edit", draft), of_pledge(draft, result_kind="event", **stub))
    draft.refresh_from_db()
    assert draft.is_stub
    assert stored(store) == []
    assert not Attachment.objects.filter(removed_at=None).exists()
    assert visit(own).post(at("attach", draft), {"file": pdf(), "kind": "document"}).status_code == 403


def test_a_closed_campaign_takes_nothing(tier, lead, own):
    secretary = secretary_of(lead.unit)
    pledge = pledge_of(lead, tier, secretary)
    bring(pledge, secretary, kind=SLIP)
    tier.campaign.state = CampaignState.CLOSED
    tier.campaign.save()
    with pytest.raises(NotAllowedError):
        bring(pledge, secretary, kind=SLIP, more=b"x")


def test_a_name_is_kept_without_folders_and_with_its_ending(draft, own):
    assert bring(draft, own, name="C:\\Tài liệu\\biên bản.pdf").name == "biên bản.pdf"
    long = bring(draft, own, name="x" * 300 + ".pdf", more=b"y").name
    assert (len(long), long[-5:]) == (200, "x.pdf")


@pytest.mark.parametrize("count", [1, 3])
def test_the_form_costs_the_same_however_many_files(
    visit, draft, own, page_alone, django_assert_num_queries, count
):
    for no in range(count):
        bring(draft, own, more=str(no).encode())
    client = visit(own)
    with django_assert_num_queries(8):
        client.get(at("edit", draft))
