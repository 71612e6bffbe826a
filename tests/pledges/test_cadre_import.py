from decimal import Decimal

import pytest
from django.utils import translation

from cadres.imports.workbook import WorkbookError
from cadres.models import Body, BodyKind, CadreEntry, CadreList, Member
from pledges.actions import import_pledges
from pledges.imports import run
from pledges.models import Campaign, Channel, Docket, Pledge, PledgeEvent, Progress
from pledges.states import DocketState, Outcome, PledgeStatus
from tests.factories import UnitFactory
from tests.pledges.registration_lists import (
    TODAY,
    bring_in,
    cadres_campaign,
    cadres_list,
    content,
    contents_of_database,
    district,
    person,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


@pytest.fixture
def tayho():
    return district()


@pytest.fixture
def secretary(tayho):
    return person(tayho.cell, "Nguyễn Phương Ngọc", "03334698")


def test_list_of_key_cadres_makes_the_cadre_list_of_the_year(tayho, tmp_path, secretary):
    campaign = cadres_campaign(tayho.host, 2024)
    other = person(tayho.cell, "Lê Bích An", "03334134")
    lines = [
        content(other, "ĐẢNG BỘ PHƯỜNG BƯỞI", year=2024, partners="UBND phường; Công an phường"),
        content(secretary, tayho.ward.name, year=2024),
        content(secretary, tayho.ward.name, "Việc thứ hai", year=2024),
    ]
    path = cadres_list(tmp_path / "cb.xlsx", lines, year=2024, results=False)
    counts = bring_in(path, campaign)
    assert (counts["created"], counts["people"], counts["problems"]) == (3, 2, [])
    listing = CadreList.objects.get(tiers__campaign=campaign)
    assert (listing.unit, listing.year) == (tayho.host, 2024)
    assert list(listing.entries.values_list("order", "member", "unit", "post_printed", "unit_printed")) == [
        (1, other.pk, tayho.ward.pk, "Bí thư Đảng ủy", "ĐẢNG BỘ PHƯỜNG BƯỞI"),
        (2, secretary.pk, tayho.ward.pk, "Bí thư Đảng ủy", "Đảng bộ phường Bưởi"),
    ]
    pledges = Pledge.objects.order_by("pk")
    assert {pledge.unit for pledge in pledges} == {tayho.ward}
    assert [partner.name for partner in pledges[0].partners.all()] == ["UBND phường", "Công an phường"]
    assert (pledges[0].backlog_since, pledges[0].submitted_on) == (2011, None)
    assert {pledge.status for pledge in pledges} == {PledgeStatus.SUBMITTED}, "no result, so no approval"
    assert not Docket.objects.exists()


def test_later_file_extends_the_cadre_list_and_changes_no_entry(tayho, tmp_path, secretary):
    campaign = cadres_campaign(tayho.host, 2024)
    first = cadres_list(tmp_path / "1.xlsx", [content(secretary, tayho.ward.name, year=2024)], year=2024)
    bring_in(first, campaign)
    before = list(CadreEntry.objects.values())
    late = person(tayho.cell, "Lê Bích An", "03334134")
    lines = [content(member, tayho.ward.name, year=2024) for member in (late, secretary)]
    bring_in(cadres_list(tmp_path / "2.xlsx", lines, year=2024), Campaign.objects.get())
    assert list(CadreEntry.objects.filter(member=secretary).values()) == before
    assert CadreEntry.objects.get(member=late).order == 2
    assert CadreList.objects.count() == 1


def test_rows_of_key_cadres_that_do_not_fit_are_refused(tayho, tmp_path, secretary):
    campaign = cadres_campaign(tayho.host, 2024)
    UnitFactory.create(name="Đảng bộ phường Nhật Tân", parent=tayho.host)
    probationary = person(tayho.cell, "Lê Văn Dự")
    stranger = Member(family_names="Lê Văn", given_name="Lạ", card_number="99999999")
    lines = [
        content(secretary, tayho.ward.name, year=2024),
        content(secretary, "Đảng bộ phường Nhật Tân", "Việc thứ hai", year=2024),
        content(secretary, tayho.cell.name, "Việc thứ ba", year=2024),
        content(probationary, tayho.ward.name, year=2024),
        content(stranger, tayho.ward.name, year=2024),
        content(secretary, tayho.ward.name, "Việc thứ tư", year=2024, partners="x" * 201),
    ]
    counts = bring_in(cadres_list(tmp_path / "cb.xlsx", lines, year=2024, results=False), campaign)
    assert [code for _row, code in counts["problems"]] == [
        "other_unit",
        "unknown_unit",
        "no_card",
        "not_in_roster",
        "too_long",
    ]
    assert Pledge.objects.get().title == "Giải phóng mặt bằng"
    assert CadreEntry.objects.get().member == secretary


def test_cadre_keeps_the_unit_of_the_list_in_a_later_file(tayho, tmp_path, secretary):
    campaign = cadres_campaign(tayho.host, 2024)
    bring_in(
        cadres_list(tmp_path / "1.xlsx", [content(secretary, tayho.ward.name, year=2024)], year=2024),
        campaign,
    )
    UnitFactory.create(name="Đảng bộ phường Nhật Tân", parent=tayho.host)
    path = cadres_list(
        tmp_path / "2.xlsx", [content(secretary, "Đảng bộ phường Nhật Tân", "Việc mới", year=2024)], year=2024
    )
    assert bring_in(path, Campaign.objects.get())["problems"] == [(4, "other_unit")]


def past_list(path, member, unit):
    results = [
        ("55/62 nội dung (8/8 kết luận)", "", ""),
        ("7/7 nhóm thủ tục", "x", "x"),
        ("Chưa hoàn thành, chuyển năm sau", "", ""),
        ("", "", ""),
    ]
    titles = ("Thực hiện kết luận thanh tra", "Cắt giảm thủ tục", "Số hóa dữ liệu", "Chưa báo cáo")
    lines = [
        content(member, unit, title, result=result) for title, result in zip(titles, results, strict=True)
    ]
    return cadres_list(path, lines)


def test_list_of_a_past_year_with_results_records_approvals_from_paper(tayho, tmp_path, secretary):
    campaign = cadres_campaign(tayho.host, 2023)
    path = past_list(tmp_path / "cb-2023.xlsx", secretary, tayho.ward.name)
    counts = bring_in(path, campaign)
    assert (counts["created"], counts["results"], counts["problems"]) == (4, 3, [])
    dockets = Docket.objects.order_by("body__kind")
    assert [docket.body.kind for docket in dockets] == [
        BodyKind.PEOPLES_COMMITTEE,
        BodyKind.STANDING_COMMITTEE,
    ]
    for docket in dockets:
        assert (docket.from_paper, docket.state, docket.source) == (True, DocketState.ISSUED, "cb-2023.xlsx")
        unknown = (docket.meeting_on, docket.present, docket.agreed, docket.seats, docket.number_on)
        assert (*unknown, docket.number, docket.presided_by) == (None, None, None, None, None, "", "")
        assert set(docket.lines.values_list("outcome", flat=True)) == {Outcome.APPROVE}
        assert docket.lines.count() == 4
    statuses = Pledge.objects.order_by("pk").values_list("status", flat=True)
    assert list(statuses) == ["not_done", "done", "carried_over", "approved"]
    part, whole, _carried = Progress.objects.order_by("pledge")
    assert (part.value, part.value_of, part.measure_unit) == (Decimal(55), Decimal(62), "nội dung")
    assert (part.sub_value, part.sub_value_of, part.sub_unit) == (8, 8, "kết luận")
    assert (part.on_time, part.beyond_target, part.text) == (None, None, "55/62 nội dung (8/8 kết luận)")
    assert (whole.on_time, whole.beyond_target, whole.is_final, whole.on) == (True, True, True, None)
    paper = PledgeEvent.objects.filter(channel=Channel.PAPER)
    assert set(paper.values_list("action", "on")) == {("approved", None), ("evaluated", None)}
    assert paper.filter(action="approved").count() == 4, "two bodies, one approval"


def test_past_list_twice_changes_nothing(tayho, tmp_path, secretary):
    campaign = cadres_campaign(tayho.host, 2023)
    path = past_list(tmp_path / "cb-2023.xlsx", secretary, tayho.ward.name)
    bring_in(path, campaign)
    before = contents_of_database()
    counts = bring_in(path, Campaign.objects.get())
    assert (counts["created"], counts["unchanged"], counts["results"]) == (0, 4, 0)
    assert contents_of_database() == before


def test_past_import_killed_before_the_results_records_them_the_next_time(
    tayho, tmp_path, secretary, monkeypatch
):
    campaign = cadres_campaign(tayho.host, 2023)
    path = past_list(tmp_path / "cb-2023.xlsx", secretary, tayho.ward.name)
    with monkeypatch.context() as patched:
        patched.setattr(run, "record_results", lambda *args, **kwargs: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            bring_in(path, campaign)
    assert set(Pledge.objects.values_list("status", flat=True)) == {"approved"}
    counts = bring_in(path, Campaign.objects.get())
    assert (counts["created"], counts["results"]) == (0, 3)
    assert Docket.objects.count() == 2


def test_result_reported_later_is_added(tayho, tmp_path, secretary):
    campaign = cadres_campaign(tayho.host, 2023)
    done = ("7/7 hộ", "x", "")
    for name, second in (("1", ("", "", "")), ("2", done)):
        lines = [content(secretary, tayho.ward.name, title="Việc một", result=done)]
        lines.append(content(secretary, tayho.ward.name, title="Việc hai", result=second))
        counts = bring_in(cadres_list(tmp_path / f"{name}.xlsx", lines), campaign)
        assert counts["results"] == 1
    assert list(Pledge.objects.values_list("status", flat=True)) == ["done", "done"]
    assert Docket.objects.count() == 2


def test_result_that_contradicts_the_record_is_told_and_not_taken(tayho, tmp_path, secretary):
    campaign = cadres_campaign(tayho.host, 2023)
    for name, result in (("1", ("7/7 hộ", "x", "")), ("2", ("Chưa hoàn thành", "", ""))):
        lines = [content(secretary, tayho.ward.name, result=result)]
        counts = bring_in(cadres_list(tmp_path / f"{name}.xlsx", lines), campaign)
    assert (counts["results"], counts["refused"]) == (0, 0)
    assert counts["problems"] == [(4, "result_not_taken")]
    assert Pledge.objects.get().status == PledgeStatus.DONE


def test_results_of_the_running_year_never_approve(tayho, tmp_path, secretary):
    campaign = cadres_campaign(tayho.host, 2024)
    lines = [content(secretary, tayho.ward.name, year=2024, result=("7/7 hộ", "x", ""))]
    path = cadres_list(tmp_path / "cb.xlsx", lines, year=2024)
    counts = bring_in(path, campaign)
    assert counts["problems"] == [(4, "result_not_taken")]
    assert (counts["created"], counts["results"]) == (1, 0)
    assert Pledge.objects.get().status == PledgeStatus.SUBMITTED
    assert not Docket.objects.exists()


def test_past_list_is_refused_whole_while_a_deciding_body_is_unknown(tayho, tmp_path, secretary):
    campaign = cadres_campaign(tayho.host, 2023)
    Body.objects.filter(kind=BodyKind.PEOPLES_COMMITTEE).delete()
    path = past_list(tmp_path / "cb-2023.xlsx", secretary, tayho.ward.name)
    with pytest.raises(WorkbookError, match="People's Committee"):
        run.check(path, campaign, day=TODAY)


def test_approval_that_finds_nothing_waiting_records_no_docket(tayho):
    tier = cadres_campaign(tayho.host, 2023).tiers.get()
    assert import_pledges.approve_from_paper(tier, [], source="cb.xlsx", by=None) == []
