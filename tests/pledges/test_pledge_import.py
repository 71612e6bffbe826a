import json
from datetime import date
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError
from django.utils import translation

from cadres.imports.workbook import WorkbookError
from cadres.models import Body, BodyKind, CadreEntry, CadreList, Member, RecordEvent, UnitChange
from cadres.uploads import UploadError
from pledges.actions import import_pledges, register
from pledges.imports import run
from pledges.imports.match import match
from pledges.imports.rows import parse_pledges
from pledges.models import (
    Campaign,
    Channel,
    Docket,
    Novelty,
    Pledge,
    PledgeEvent,
    PledgeTier,
    PledgeVersion,
    Progress,
)
from pledges.states import DocketState, Outcome, PledgeStatus
from tests.factories import HostFactory, UnitFactory
from tests.pledges.registration_lists import (
    TODAY,
    cadres_campaign,
    cadres_list,
    content,
    district,
    members_campaign,
    members_list,
    person,
    task,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


@pytest.fixture
def tayho():
    return district()


def bring_in(path, campaign, *, on=None, day=TODAY, **options):
    """Check and write, as the command does; returns the counts with the codes of the problems."""
    checked = run.check(path, campaign, day=day)
    counts = run.write(checked, by=None, on=on, source=path.name, **options)
    return counts | {"problems": [(problem.row, problem.code) for problem in checked.problems]}


def contents_of_database():
    """Everything an import could change."""
    tables = [Pledge, PledgeVersion, PledgeEvent, PledgeTier, Progress, Docket, CadreList, CadreEntry]
    tables += [UnitChange, RecordEvent]
    return {table.__name__: list(table.objects.order_by("pk").values()) for table in tables}


# ---- members -----------------------------------------------------------------------------------


def test_members_list_registers_each_line_at_the_cell(tayho, tmp_path):
    campaign, tier = members_campaign(tayho.host), members_campaign(tayho.host).tiers.get()
    an, binh = person(tayho.cell, "Lê Văn An", "00000001"), person(tayho.other_cell, "Trần Thị Bình")
    lines = {
        tayho.group: [
            task("Lê Văn An", "00000001"),
            task("", None, "Việc thứ hai", novelty="Cả hai", on=None),
        ],
        tayho.other_group: [task("TRẦN THỊ BÌNH", None, product="sự kiện", due="30/09/2024")],
    }
    counts = bring_in(members_list(tmp_path / "dv.xlsx", lines), campaign)
    assert counts == {
        "pledges": 3,
        "people": 2,
        "created": 3,
        "unchanged": 0,
        "refused": 0,
        "results": 0,
        "problems": [],
    }
    first, second, third = Pledge.objects.order_by("pk")
    assert [first.lead_member, second.lead_member, third.lead_member] == [an, an, binh]
    assert [first.unit, second.unit, third.unit] == [tayho.cell, tayho.cell, tayho.other_cell]
    assert {pledge.status for pledge in (first, second, third)} == {PledgeStatus.SUBMITTED}
    assert [first.submitted_on, second.submitted_on] == [date(2024, 3, 11), None]
    assert (first.title, first.product, first.novelty) == ("Xóa điểm ngập úng", "2/2 điểm", Novelty.DIFFICULT)
    assert (first.result_kind, first.target, first.measure_unit) == ("ratio", Decimal(2), "điểm")
    assert (first.due_kind, first.due_on) == ("quarter", date(2024, 9, 30))
    assert (third.result_kind, third.due_kind, third.due_on) == ("event", "day", date(2024, 9, 30))
    assert second.novelty == Novelty.BOTH
    events = PledgeEvent.objects.order_by("pledge")
    assert list(events.values_list("seq", "on", "channel", "action", "from_status", "version_no")) == [
        (1, date(2024, 3, 11), "import", "submitted", "", 1),
        (1, None, "import", "submitted", "", 1),
        (1, date(2024, 3, 11), "import", "submitted", "", 1),
    ]
    assert list(PledgeTier.objects.order_by("pledge").values_list("tier", "member")) == [
        (tier.pk, an.pk),
        (tier.pk, an.pk),
        (tier.pk, binh.pk),
    ]
    assert set(UnitChange.objects.values_list("unit", "campaign")) == {
        (tayho.cell.pk, campaign.pk),
        (tayho.other_cell.pk, campaign.pk),
    }
    assert not Docket.objects.exists()


def test_day_of_the_command_stands_in_where_a_line_states_none(tayho, tmp_path):
    person(tayho.cell, "Lê Văn An", "00000001")
    lines = [task("Lê Văn An", "00000001"), task("", None, "Việc thứ hai", on=None)]
    path = members_list(tmp_path / "dv.xlsx", {tayho.group: lines})
    bring_in(path, members_campaign(tayho.host), on=date(2024, 3, 20))
    assert list(Pledge.objects.order_by("pk").values_list("submitted_on", flat=True)) == [
        date(2024, 3, 11),
        date(2024, 3, 20),
    ]


def test_same_file_twice_changes_nothing(tayho, tmp_path):
    campaign = members_campaign(tayho.host)
    person(tayho.cell, "Lê Văn An", "00000001")
    twins = [task("Lê Văn An", "00000001"), task("", None), task("", None, "Việc khác")]
    path = members_list(tmp_path / "dv.xlsx", {tayho.group: twins})
    assert bring_in(path, campaign)["created"] == 3
    before = contents_of_database()
    counts = bring_in(path, campaign)
    assert (counts["created"], counts["unchanged"], counts["people"]) == (0, 3, 1)
    assert contents_of_database() == before


def test_corrected_file_adds_only_what_is_new(tayho, tmp_path):
    campaign = members_campaign(tayho.host)
    person(tayho.cell, "Lê Văn An", "00000001")
    person(tayho.cell, "Lê Văn Bảo", "00000002")
    lines = [task("Lê Văn An", "00000001"), task("Lê Văn Bảo", "00000002", due="30/02/2024")]
    counts = bring_in(members_list(tmp_path / "a.xlsx", {tayho.group: lines}), campaign)
    assert (counts["created"], counts["refused"], counts["problems"]) == (1, 1, [(6, "due")])
    lines = [task("Lê Văn An", "00000001", " XOÁ  điểm ngập úng "), task("Lê Văn Bảo", "00000002")]
    counts = bring_in(members_list(tmp_path / "b.xlsx", {tayho.group: lines}), campaign)
    assert (counts["created"], counts["unchanged"], counts["refused"]) == (1, 1, 0)
    assert Pledge.objects.count() == 2


def test_task_registered_on_the_page_is_not_brought_in_again(tayho, tmp_path):
    campaign = members_campaign(tayho.host)
    an = person(tayho.cell, "Lê Văn An", "00000001")
    path = members_list(tmp_path / "dv.xlsx", {tayho.group: [task("Lê Văn An", "00000001")]})
    bring_in(path, campaign)
    Pledge.objects.update(ref="11111111-1111-1111-1111-111111111111")
    assert bring_in(path, campaign)["created"] == 0
    Pledge.objects.update(status=PledgeStatus.WITHDRAWN)
    assert bring_in(path, campaign)["created"] == 1
    assert an.pledges.count() == 2


def test_person_without_card_is_found_inside_the_cell_and_never_guessed(tayho, tmp_path):
    campaign = members_campaign(tayho.host)
    for cell, name in (
        (tayho.cell, "Lê Thị Hoà"),
        (tayho.cell, "Lê Thị Hoa"),
        (tayho.other_cell, "Lê Văn Ba"),
    ):
        person(cell, name)
    here = person(tayho.cell, "Lê Văn Ba")
    lines = [task("Lê Thị Hòa", None), task("lê văn ba", None), task("Lê Văn Tư", None)]
    counts = bring_in(members_list(tmp_path / "dv.xlsx", {tayho.group: lines}), campaign)
    assert counts["problems"] == [(5, "ambiguous"), (7, "not_in_roster")]
    assert (counts["created"], counts["refused"]) == (1, 2)
    assert Pledge.objects.get().lead_member == here


@pytest.mark.parametrize(
    ("group", "line", "code"),
    [
        ("Đảng bộ phường Bưởi - Chi bộ số 9", task("Lê Văn An", "00000001"), "unknown_cell"),
        ("Đảng bộ phường Bưởi - Chi bộ số 2", task("Lê Văn An", "00000001"), "other_cell"),
        ("Đảng bộ phường Bưởi - Chi bộ số 1", task("Lê Văn An", "00000099"), "not_in_roster"),
        ("Đảng bộ phường Bưởi - Chi bộ số 1", task("Lê Văn Bảo", "00000001"), "other_name"),
        ("Đảng bộ phường Bưởi - Chi bộ số 1", task("Lê Văn An", "00000077"), "not_in_roster"),
        ("Đảng bộ phường Bưởi - Chi bộ số 1", task("Lê Văn An", "00000001", on=date(2024, 3, 27)), "future"),
        ("Đảng bộ phường Bưởi - Chi bộ số 1", task("Lê Văn An", "00000001", "x" * 60_000), "too_long"),
        ("Đảng bộ phường Bưởi - Chi bộ số 1", task("Lê Văn An", "00000001", due="30/02/2024"), "due"),
        ("Đảng bộ phường Bưởi - Chi bộ số 1", task("Lê Văn An", "00000001", due="31/01/2025"), "due"),
    ],
)
def test_row_that_does_not_fit_is_refused_with_the_reason(tayho, tmp_path, group, line, code):
    person(tayho.cell, "Lê Văn An", "00000001")
    person(UnitFactory(parent=HostFactory()), "Lê Văn An", "00000077")
    good = task("Lê Văn An", "00000001", "Việc đúng")
    lines = {group: [line]}
    lines.setdefault(tayho.group, []).append(good)
    counts = bring_in(members_list(tmp_path / "dv.xlsx", lines), members_campaign(tayho.host))
    assert counts["problems"] == [(5, code)]
    assert (counts["created"], counts["refused"]) == (1, 1)
    assert Pledge.objects.get().title == "Việc đúng"


def test_problem_names_the_column_and_gives_the_reason_in_words(tayho, tmp_path):
    person(tayho.cell, "Lê Văn An", "00000001")
    path = members_list(tmp_path / "dv.xlsx", {tayho.other_group: [task("Lê Văn An", "00000001")]})
    (problem,) = run.check(path, members_campaign(tayho.host), day=TODAY).problems
    assert (problem.row, problem.column) == (5, "Họ và tên đảng viên")
    assert problem.message == "The list has this person in “Chi bộ số 2”, the roster in “Chi bộ số 1”"


def test_cell_that_has_ended_is_unknown(tayho, tmp_path):
    person(tayho.cell, "Lê Văn An", "00000001")
    tayho.cell.ended_on = date(2024, 2, 1)
    tayho.cell.save()
    path = members_list(tmp_path / "dv.xlsx", {tayho.group: [task("Lê Văn An", "00000001")]})
    assert bring_in(path, members_campaign(tayho.host))["problems"] == [(5, "unknown_cell")]


def test_cells_are_written_whole_in_chunks_with_the_progress(tayho, tmp_path, monkeypatch):
    monkeypatch.setattr(run, "CHUNK", 2)
    cards = iter(f"{number:08d}" for number in range(1, 10))
    groups = {
        tayho.group: [person(tayho.cell, "Lê Văn An", next(cards)) for _ in range(3)],
        tayho.other_group: [person(tayho.other_cell, "Lê Văn Bảo", next(cards))],
    }
    lines = {group: [task(member.name, member.card_number) for member in of] for group, of in groups.items()}
    progress = []
    bring_in(
        members_list(tmp_path / "dv.xlsx", lines),
        members_campaign(tayho.host),
        advance=lambda *numbers: progress.append(numbers),
    )
    assert progress == [(3, 3), (4, 4)]


def test_import_killed_in_the_middle_goes_on_where_it_stopped(tayho, tmp_path, monkeypatch):
    monkeypatch.setattr(run, "CHUNK", 1)
    campaign = members_campaign(tayho.host)
    person(tayho.cell, "Lê Văn An", "00000001")
    person(tayho.other_cell, "Lê Văn Bảo", "00000002")
    lines = {
        tayho.group: [task("Lê Văn An", "00000001")],
        tayho.other_group: [task("Lê Văn Bảo", "00000002")],
    }
    path = members_list(tmp_path / "dv.xlsx", lines)

    def killed(done, _created):
        if done == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        bring_in(path, campaign, advance=killed)
    assert Pledge.objects.get().unit == tayho.cell
    counts = bring_in(path, campaign)
    assert (counts["created"], counts["unchanged"]) == (1, 1)
    assert PledgeEvent.objects.count() == PledgeVersion.objects.count() == Pledge.objects.count() == 2


def test_two_imports_at_once_write_each_pledge_once(tayho, tmp_path, monkeypatch):
    campaign = members_campaign(tayho.host)
    person(tayho.cell, "Lê Văn An", "00000001")
    path = members_list(tmp_path / "dv.xlsx", {tayho.group: [task("Lê Văn An", "00000001")]})
    checked = run.check(path, campaign, day=TODAY)
    quick, calls = register.record_many, []

    def slow(lines, *, act):
        """The other import commits between our look at what is known and our insert."""
        calls.append(len(lines))
        if len(calls) == 1:
            raise IntegrityError
        return quick(lines, act=act)

    bring_in(path, campaign)
    monkeypatch.setattr(register, "record_many", slow)
    assert run.write(checked, by=None, on=None, source=path.name)["created"] == 0
    assert (calls, Pledge.objects.count()) == ([1, 1], 1)


def test_matching_costs_the_same_queries_for_one_line_and_for_three(
    tayho, tmp_path, django_assert_num_queries
):
    campaign = Campaign.objects.select_related("host").get(pk=members_campaign(tayho.host).pk)
    names = [(f"0000000{number}", f"Lê Văn Ba{number}") for number in (1, 2, 3)]
    for card, name in names:
        person(tayho.cell, name, card)
        person(tayho.cell, f"{name} Em")
    for count in (1, 3):
        lines = [task(name, card) for card, name in names[:count]]
        lines += [task(f"{name} Em", None) for _card, name in names[:count]]
        sheet = parse_pledges(members_list(tmp_path / f"{count}.xlsx", {tayho.group: lines}), year=2024)
        with django_assert_num_queries(5):
            assert match(sheet, campaign, day=TODAY).people == 2 * count


# ---- the list as a whole -----------------------------------------------------------------------


def test_list_of_another_year_is_refused_whole(tayho, tmp_path):
    path = members_list(tmp_path / "dv.xlsx", {tayho.group: [task("Lê Văn An", None)]}, title="Năm 2023")
    with pytest.raises(WorkbookError, match="states the year 2023, the campaign is of 2024"):
        run.check(path, members_campaign(tayho.host), day=TODAY)


def test_list_of_a_tier_that_the_campaign_does_not_have_is_refused_whole(tayho, tmp_path):
    an = person(tayho.cell, "Lê Văn An", "00000001")
    cadres = cadres_list(tmp_path / "cb.xlsx", [content(an, tayho.ward.name, year=2024)], year=2024)
    members = members_list(tmp_path / "dv.xlsx", {tayho.group: [task("Lê Văn An", "00000001")]})
    with pytest.raises(WorkbookError, match="list of key cadres"):
        run.check(cadres, members_campaign(tayho.host), day=TODAY)
    with pytest.raises(WorkbookError, match="list of members"):
        run.check(members, cadres_campaign(tayho.host, 2024), day=TODAY)


def test_file_that_is_no_workbook_is_refused(tayho, tmp_path):
    path = tmp_path / "dv.xlsx"
    path.write_text("không phải Excel")
    with pytest.raises(UploadError, match="not an Excel workbook"):
        run.check(path, members_campaign(tayho.host), day=TODAY)


def test_looking_writes_nothing(tayho, tmp_path):
    person(tayho.cell, "Lê Văn An", "00000001")
    campaign = members_campaign(tayho.host)
    before = contents_of_database()
    path = members_list(tmp_path / "dv.xlsx", {tayho.group: [task("Lê Văn An", "00000001")]})
    assert run.check(path, campaign, day=TODAY).counts()["created"] == 1
    assert contents_of_database() == before


# ---- key cadres --------------------------------------------------------------------------------


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
    listing = campaign.tiers.get().cadre_list
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
    UnitFactory(name="Đảng bộ phường Nhật Tân", parent=tayho.host)
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
    UnitFactory(name="Đảng bộ phường Nhật Tân", parent=tayho.host)
    path = cadres_list(
        tmp_path / "2.xlsx", [content(secretary, "Đảng bộ phường Nhật Tân", "Việc mới", year=2024)], year=2024
    )
    assert bring_in(path, Campaign.objects.get())["problems"] == [(4, "other_unit")]


# ---- approvals and results of a past year ------------------------------------------------------


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
    assert (part.value, part.value_of, part.measure_unit) == (55, 62, "nội dung")
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


# ---- the command -------------------------------------------------------------------------------


def command(*args):
    out = StringIO()
    call_command("import_pledges", *map(str, args), stdout=out)
    return out.getvalue()


def test_command_prints_the_result_for_programs(tayho, tmp_path):
    members_campaign(tayho.host)
    person(tayho.cell, "Lê Văn An", "00000001")
    lines = [task("Lê Văn An", "00000001", on=None), task("Lê Văn Ba", None)]
    path = members_list(tmp_path / "dv.xlsx", {tayho.group: lines})
    result = json.loads(command(path, "--campaign", "DV-2024", "--on", "2024-03-20", "--json"))
    problems = result.pop("problems")
    assert result == {"pledges": 1, "people": 1, "created": 1, "unchanged": 0, "refused": 1, "results": 0}
    assert [(problem["row"], problem["column"], problem["code"]) for problem in problems] == [
        (6, "Họ và tên đảng viên", "not_in_roster")
    ]
    assert Pledge.objects.get().submitted_on == date(2024, 3, 20)


def test_command_tells_people_the_numbers_and_the_first_problems(tayho, tmp_path):
    members_campaign(tayho.host)
    lines = [task("Lê Văn Ba", None) for _ in range(22)]
    text = command(members_list(tmp_path / "dv.xlsx", {tayho.group: lines}), "--campaign", "DV-2024")
    assert "0 pledges of 0 people: 0 created, 0 already there, 22 refused, 0 results" in text
    assert "row 5, Họ và tên đảng viên: Nobody of this name is in the roster of the cell" in text
    assert "… and 2 more" in text


def test_command_that_wants_a_faultless_list_writes_nothing_of_another(tayho, tmp_path):
    members_campaign(tayho.host)
    person(tayho.cell, "Lê Văn An", "00000001")
    lines = [task("Lê Văn An", "00000001"), task("Lê Văn Ba", None)]
    path = members_list(tmp_path / "dv.xlsx", {tayho.group: lines})
    with pytest.raises(CommandError, match="Nothing was written"):
        command(path, "--campaign", "DV-2024", "--only-if-faultless")
    assert not Pledge.objects.exists()
    path = members_list(tmp_path / "good.xlsx", {tayho.group: lines[:1]})
    assert "1 created" in command(path, "--campaign", "DV-2024", "--only-if-faultless")


@pytest.mark.parametrize("name", ["absent.xlsx", "text.xlsx"])
def test_command_refuses_a_file_it_cannot_read(tayho, tmp_path, name):
    members_campaign(tayho.host)
    (tmp_path / "text.xlsx").write_text("không phải Excel")
    with pytest.raises(CommandError):
        command(tmp_path / name, "--campaign", "DV-2024")


def test_command_refuses_an_unknown_campaign(tmp_path):
    with pytest.raises(CommandError, match="no campaign DV-1999"):
        command(tmp_path / "dv.xlsx", "--campaign", "DV-1999")
