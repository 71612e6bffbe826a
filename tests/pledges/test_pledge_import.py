from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError
from django.utils import translation

from cadres.imports.workbook import WorkbookError
from cadres.models import UnitChange
from cadres.uploads import UploadError
from pledges.actions import recording
from pledges.imports import run
from pledges.imports.match import match
from pledges.imports.rows import parse_pledges
from pledges.models import Campaign, Docket, Novelty, Pledge, PledgeEvent, PledgeTier, PledgeVersion
from pledges.states import PledgeStatus
from tests.factories import HostFactory, UnitFactory
from tests.pledges.registration_lists import (
    MEMBER_COLUMNS,
    TODAY,
    bring_in,
    cadres_campaign,
    cadres_list,
    content,
    contents_of_database,
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
    person(UnitFactory.create(parent=HostFactory.create()), "Lê Văn An", "00000077")
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
    quick, calls = recording.record_many, []

    def slow(lines, *, act):
        """The other import commits between our look at what is known and our insert."""
        calls.append(len(lines))
        if len(calls) == 1:
            raise IntegrityError
        return quick(lines, act=act)

    bring_in(path, campaign)
    monkeypatch.setattr(recording, "record_many", slow)
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
        with django_assert_num_queries(6):
            assert match(sheet, campaign, day=TODAY).people == 2 * count


@pytest.mark.parametrize("written", [2, "2", "02", "Chủ đề 2", "chuyển đổi số", "CHUYỂN ĐỔI SỐ."])
def test_a_theme_is_named_by_its_number_or_its_title(tayho, tmp_path, written):
    campaign = members_campaign(tayho.host)
    for order, title in enumerate(("Trật tự đô thị", "Chuyển đổi số"), start=1):
        campaign.themes.create(order=order, title=title)
    person(tayho.cell, "Lê Văn An", "00000001")
    lines = {tayho.group: [(*task("Lê Văn An", "00000001"), written), (*task("", None, "Việc hai"), None)]}
    path = members_list(tmp_path / "dv.xlsx", lines, columns=(*MEMBER_COLUMNS, "Chủ đề"))
    assert bring_in(path, campaign)["problems"] == []
    themed, other = Pledge.objects.order_by("pk")
    assert (themed.theme.title, other.theme) == ("Chuyển đổi số", None)
    assert themed.versions.get().content["theme_id"] == themed.theme.pk
    assert bring_in(path, campaign)["created"] == 0


@pytest.mark.parametrize("written", [3, "0", "Văn hóa", "²"])
def test_a_theme_the_campaign_does_not_have_is_a_problem_of_its_row(tayho, tmp_path, written):
    campaign = members_campaign(tayho.host)
    campaign.themes.create(order=1, title="Trật tự đô thị")
    person(tayho.cell, "Lê Văn An", "00000001")
    lines = {tayho.group: [(*task("Lê Văn An", "00000001"), written)]}
    path = members_list(tmp_path / "dv.xlsx", lines, columns=(*MEMBER_COLUMNS, "Chủ đề"))
    assert [code for _row, code in bring_in(path, campaign)["problems"]] == ["unknown_theme"]
    assert Pledge.objects.count() == 0


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
