"""A docket on paper: the submission letter before the meeting, the conclusion after it, read back."""

from io import BytesIO

import pytest
from django.utils import translation
from docx import Document
from docx.oxml.ns import qn

from cadres.models import Body, BodyKind, RecordEvent
from cadres.roles import Role
from pledges.actions import dockets
from pledges.actions.dockets import Decision
from pledges.actions.endorsements import build_endorsement
from pledges.models import Authority, Docket, Pledge, Vetting
from pledges.states import Outcome
from reports.annex import docket_document
from reports.writers.word import build_docket_annex
from tests.factories import HostFactory, user_with
from tests.pledges.docket_scene import DAY, conclude, scene, ward
from tests.pledges.test_corrections import put_right

pytestmark = pytest.mark.django_db


@pytest.fixture
def place(db):
    found = scene()
    Body.objects.create(unit=found.host, kind=BodyKind.COMMITTEE, name="Quận ủy Tây Hồ", symbol="QU")
    Body.objects.create(
        unit=found.host, kind=BodyKind.ORGANISATION_BOARD, name="Ban Tổ chức Quận ủy Tây Hồ", symbol="BTCQU"
    )
    return found


def address(docket):
    return f"/dockets/{docket.ref}/annex.docx"


def reopen(docket):
    """The document as Word opens it, made on an English page: it is in Vietnamese all the same."""
    docket = Docket.objects.get(pk=docket.pk)
    with translation.override("en"):
        return Document(BytesIO(build_docket_annex(docket_document(docket))))


def texts(document):
    return [paragraph.text for paragraph in document.paragraphs if paragraph.text]


def head(document):
    return [paragraph.text for cell in document.tables[0].rows[0].cells for paragraph in cell.paragraphs]


def rows(document):
    """The lines of the annex below its heading, cell by cell."""
    table = document.tables[-1]._tbl
    found = [
        ["".join(text.text or "" for text in cell.iter(qn("w:t"))) for cell in row.iter(qn("w:tc"))]
        for row in table.iter(qn("w:tr"))
    ]
    return found[1:]


# ---- before the meeting ------------------------------------------------------------------------


def test_before_the_meeting_it_is_the_boards_submission_letter(place):
    first, second = place.cadre(family_names="Nguyễn", given_name="An"), place.cadre(given_name="Bình")
    for lead in (first, first, second):
        place.pledge(lead, backlog_since=2012)
    document = reopen(place.docket(*Pledge.objects.all()))
    assert head(document)[:5] == [
        "QUẬN ỦY TÂY HỒ",
        "BAN TỔ CHỨC QUẬN ỦY TÂY HỒ",
        "*",
        "Số        -TTr/BTCQU",
        "DỰ THẢO",
    ]
    body = texts(document)
    assert body[:2] == ["TỜ TRÌNH", "phê duyệt nội dung cán bộ chủ chốt đăng ký đảm nhận năm 2024"]
    assert "Kính gửi: Ban Thường vụ Quận ủy Tây Hồ" in body
    assert (
        "Ban Tổ chức Quận ủy Tây Hồ trình Ban Thường vụ Quận ủy Tây Hồ xem xét, phê duyệt "
        "3 nội dung của 2 đồng chí (danh sách tại Phụ lục kèm theo)."
    ) in body
    table = rows(document)
    assert [row[:4] for row in table] == [
        [
            "1",
            "Nguyễn An",
            "Bí thư Đảng ủy",
            "1. Xóa điểm tập kết rác tự phát tại ngõ 76 (tồn đọng từ năm 2012)",
        ],
        ["", "", "", "2. Xóa điểm tập kết rác tự phát tại ngõ 76 (tồn đọng từ năm 2012)"],
        [
            "2",
            second.name,
            "Bí thư Đảng ủy",
            "3. Xóa điểm tập kết rác tự phát tại ngõ 76 (tồn đọng từ năm 2012)",
        ],
    ]
    assert [row[4:] for row in table] == [["Khó", "Xóa 1 điểm", "quý II/2024", "Phê duyệt"]] * 3


def test_without_a_board_the_committee_submits(place):
    Body.objects.filter(kind=BodyKind.ORGANISATION_BOARD).delete()
    assert "Số        -TTr/QU" in head(reopen(place.docket(place.pledge())))


def test_the_submission_tells_what_the_board_proposes(place):
    pledge = place.pledge()
    version = pledge.versions.get()
    Vetting.objects.create(
        pledge=pledge, version=version, proposal=Outcome.HOLD, note="Chờ Thành ủy", on=DAY, by=place.board
    )
    assert rows(reopen(place.docket(pledge)))[0][-1] == "Để lại hội nghị sau: Chờ Thành ủy"


def test_a_body_that_only_speaks_is_asked_for_its_opinion(place):
    docket = place.docket(place.pledge())
    Docket.objects.filter(pk=docket.pk).update(mode="gives_opinion")
    body = texts(reopen(docket))
    assert body[1] == "xin ý kiến về nội dung cán bộ chủ chốt đăng ký đảm nhận năm 2024"
    assert "xem xét, cho ý kiến về 1 nội dung của 1 đồng chí" in " ".join(body)


# ---- corrections -------------------------------------------------------------------------------


def test_a_correction_names_the_first_and_shows_what_holds(place):
    kept, wrong = place.pledge(), place.pledge()
    first = conclude(place.docket(kept, wrong), place.recorder)
    dockets.issue(first.pk, number="127-QĐ/QU", on=DAY, by=place.clerk, day=DAY)
    act = put_right(first, place.recorder, {wrong: Decision(Outcome.REJECT, "Thường xuyên")}, note="Ghi nhầm")
    dockets.issue(act.pk, number="130-QĐ/QU", on=DAY, by=place.clerk, day=DAY)
    document = reopen(act)
    body = texts(document)
    assert body[:2] == [
        "QUYẾT ĐỊNH",
        "đính chính văn bản số 127-QĐ/QU ngày 26/03/2024 về nội dung cán bộ chủ chốt "
        "đăng ký đảm nhận năm 2024",
    ]
    assert "Ghi nhầm." in body
    assert [(row[3][:2], row[-1]) for row in rows(document)] == [("2.", "Không phê duyệt: Thường xuyên")]


def test_a_correction_in_words_alone_has_no_annex(place, visit):
    first = conclude(place.docket(place.pledge()), place.recorder)
    act = put_right(first, place.recorder, note="Người chủ trì: đồng chí Phó Bí thư")
    body = texts(reopen(act))
    assert "đính chính kết luận tại hội nghị ngày 26/03/2024" in " ".join(body)
    assert "PHỤ LỤC" not in body
    assert "Người chủ trì: đồng chí Phó Bí thư." in body
    assert visit(place.clerk).get(address(act)).status_code == 200


# ---- after the meeting -------------------------------------------------------------------------


@pytest.fixture
def concluded(place):
    """Four lines, each with another end; the last awaits the second body."""
    pledges = [place.pledge() for _ in range(3)] + [place.pledge(authority=Authority.STATE)]
    docket = place.docket(*pledges)
    lines = list(docket.lines.order_by("order"))
    decisions = {
        lines[1].pk: Decision(Outcome.RETURN, "Chưa rõ sản phẩm"),
        lines[2].pk: Decision(Outcome.REJECT, "Không thuộc thẩm quyền"),
    }
    return conclude(docket, place.recorder, decisions)


def test_after_the_meeting_it_is_the_conclusion_line_by_line(concluded):
    document = reopen(concluded)
    assert head(document)[:5] == [
        "QUẬN ỦY TÂY HỒ",
        "*",
        "Số        -TB/QU",
        "DỰ THẢO",
        "ĐẢNG CỘNG SẢN VIỆT NAM",
    ]
    body = texts(document)
    assert body[0] == "THÔNG BÁO"
    assert body[1].startswith("kết luận của Ban Thường vụ Quận ủy Tây Hồ về nội dung cán bộ chủ chốt")
    assert any(text.startswith("Tại hội nghị ngày 26 tháng 3 năm 2024, Ban Thường vụ") for text in body)
    assert [row[-1] for row in rows(document)] == [
        "Phê duyệt",
        "Đề nghị chỉnh sửa, bổ sung: Chưa rõ sản phẩm",
        "Không phê duyệt: Không thuộc thẩm quyền",
        "Đồng ý, chờ Ủy ban nhân dân quận Tây Hồ",
    ]
    assert "- Tán thành: 9/11 ủy viên; có mặt: 9." in body
    [tally] = [text for text in body if text.startswith("- Phê duyệt: ")]
    assert tally == (
        "- Phê duyệt: 1 nội dung; Đề nghị chỉnh sửa, bổ sung: 1 nội dung; Không phê duyệt: 1 nội dung; "
        "Đồng ý, chờ Ủy ban nhân dân quận Tây Hồ: 1 nội dung."
    )


@pytest.mark.parametrize(
    ("number", "title", "wording", "printed"),
    [
        ("127-QĐ/QU", "QUYẾT ĐỊNH", "phê duyệt", "Số 127-QĐ/QU"),
        ("127/QĐ", "QUYẾT ĐỊNH", "phê duyệt", "Số 127-QĐ/QU"),
        ("Số 12 - KL / QU", "KẾT LUẬN", "của Ban Thường vụ Quận ủy Tây Hồ về", "Số 12-KL/QU"),
        ("45-TB/QU", "THÔNG BÁO", "kết luận của Ban Thường vụ Quận ủy Tây Hồ về", "Số 45-TB/QU"),
        ("45", "THÔNG BÁO", "kết luận của Ban Thường vụ Quận ủy Tây Hồ về", "Số 45-TB/QU"),
    ],
)
def test_an_issued_document_carries_its_number_and_date(place, concluded, number, title, wording, printed):
    dockets.issue(concluded.pk, number=number, on=DAY, by=place.clerk, day=DAY)
    document = reopen(concluded)
    subject = f"{wording} nội dung cán bộ chủ chốt đăng ký đảm nhận năm 2024"
    assert texts(document)[:2] == [title, subject]
    found = head(document)
    assert printed in found
    assert "DỰ THẢO" not in found
    assert "Tây Hồ, ngày 26 tháng 3 năm 2024" in found


def test_what_the_peoples_committee_decided_the_board_announces(place):
    pledge = place.pledge(authority=Authority.STATE)
    docket = conclude(place.docket(pledge, body=place.peoples), place.peoples_recorder)
    document = reopen(docket)
    assert head(document)[:2] == ["QUẬN ỦY TÂY HỒ", "BAN TỔ CHỨC QUẬN ỦY TÂY HỒ"]
    assert "kết luận của Ủy ban nhân dân quận Tây Hồ" in texts(document)[1]
    assert rows(document)[0][-1] == "Đồng ý, chờ Ban Thường vụ Quận ủy Tây Hồ"


def test_from_paper_nothing_is_invented(place):
    docket = dockets.record_from_paper(
        tier=place.tier,
        body=place.standing,
        title="Phê duyệt",
        source="danh-sach.xlsx",
        pledge_ids=[place.pledge().pk],
        by=None,
    )
    body = texts(reopen(docket))
    assert any("Tại hội nghị (văn bản không ghi ngày), Ban Thường vụ" in text for text in body)
    assert "- Ghi theo văn bản giấy, nguồn: danh-sach.xlsx." in body
    assert not [text for text in body if "Tán thành" in text]


# ---- the download ------------------------------------------------------------------------------


@pytest.fixture
def visit(client, settings):
    settings.SITE_TODAY = DAY

    def sign_in(user):
        client.force_login(user)
        return client

    return sign_in


def test_a_download_is_logged_and_named_without_a_person(place, visit):
    docket = place.docket(place.pledge(), place.pledge())
    response = visit(place.body_member).get(address(docket))
    assert response["Content-Type"].endswith("wordprocessingml.document")
    assert response["Content-Disposition"].startswith('attachment; filename="CB-2024-open-20240326-')
    assert response["Cache-Control"] == "no-store"
    assert texts(Document(BytesIO(response.content)))[0] == "TỜ TRÌNH"
    event = RecordEvent.objects.get(action="export_docket")
    assert (event.actor, event.unit) == (place.body_member, place.host)
    assert event.data == {"format": "docx", "campaign": "CB-2024", "docket": str(docket.ref), "rows": 2}


def test_strangers_get_nothing_and_leave_no_trace(place, visit):
    docket = place.docket(place.pledge())
    for who in (place.stranger, user_with(Role.CLERK, unit=HostFactory())):
        assert visit(who).get(address(docket)).status_code == 404
    assert visit(place.board).post(address(docket)).status_code == 405
    assert not RecordEvent.objects.filter(action="export_docket").exists()


def test_a_docket_of_lists_has_no_annex_of_pledges(place, visit):
    below = ward(place)
    below.cell()
    docket = build_endorsement(tier=below.tier, body=below.body, title="Danh sách", by=below.officer)
    assert visit(below.officer).get(address(docket)).status_code == 404


@pytest.mark.parametrize("n", [1, 3])
def test_the_document_costs_the_same_for_one_line_and_three(place, visit, n, django_assert_num_queries):
    docket = place.docket(*(place.pledge() for _ in range(n)))
    client = visit(place.board)
    with django_assert_num_queries(13):
        assert client.get(address(docket)).status_code == 200
