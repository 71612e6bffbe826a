"""Registration lists as offices send them, and the district they belong to, both as small as they can be."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from cadres.models import Body, BodyKind, CadreEntry, CadreList, Member, RecordEvent, Unit, UnitChange
from pledges.actions.campaigns import MEMBERS_ROUTE, CampaignPlan, Step, TierPlan, create_campaign
from pledges.imports import run
from pledges.models import (
    Authority,
    Campaign,
    Counted,
    Docket,
    Pledge,
    PledgeEvent,
    PledgeTier,
    PledgeVersion,
    Progress,
    StepLevel,
    StepMode,
    TierKind,
)
from tests.factories import CellFactory, HostFactory, MemberFactory, UnitFactory
from tests.workbooks import write_xlsx

TODAY = date(2024, 3, 26)
MEMBER_COLUMNS = (
    "TT",
    "Họ và tên đảng viên",
    "Số thẻ ĐV",
    "Nội dung việc mới, việc khó đăng ký thực hiện",
    "Loại việc",
    "Kết quả, sản phẩm dự kiến",
    "Thời gian hoàn thành",
    "Ngày đăng ký tại chi bộ",
)
CADRE_COLUMNS = (
    "TT",
    "Họ và tên",
    "Số thẻ ĐV",
    "Chức vụ",
    "Đơn vị",
    "Nội dung đăng ký đảm nhận",
    "Loại việc",
    "Tồn đọng từ năm",
    "Kết quả, mục tiêu",
    "Thời hạn",
    "Đơn vị phối hợp",
)
RESULT_COLUMNS = ("Kết quả thực hiện", "Đúng hạn", "Vượt mức")


@dataclass(frozen=True)
class District:
    """A host with one ward of two cells, and the bodies that decide."""

    host: Unit
    ward: Unit
    cell: Unit
    other_cell: Unit

    @property
    def group(self) -> str:
        """The group line of the first cell."""
        return f"{self.ward.name} - {self.cell.name}"

    @property
    def other_group(self) -> str:
        """The group line of the second cell."""
        return f"{self.ward.name} - {self.other_cell.name}"


def district() -> District:
    """A district committee with its ward "phường Bưởi" and the cells 1 and 2."""
    host = HostFactory.create()
    Body.objects.create(unit=host, kind=BodyKind.STANDING_COMMITTEE, name="Ban Thường vụ Quận ủy")
    Body.objects.create(unit=host, kind=BodyKind.PEOPLES_COMMITTEE, name="Ủy ban nhân dân quận")
    ward = UnitFactory.create(name="Đảng bộ phường Bưởi", parent=host)
    cells = [CellFactory.create(name=f"Chi bộ số {number}", parent=ward) for number in (1, 2)]
    return District(host, ward, *cells)


def person(unit: Unit, name: str, card: str | None = None) -> Member:
    """A member of the unit."""
    family_names, _space, given_name = name.rpartition(" ")
    return MemberFactory.create(unit=unit, family_names=family_names, given_name=given_name, card_number=card)


def members_campaign(host: Unit) -> Campaign:
    """DV-2024 of the host."""
    tier = TierPlan(kind=TierKind.MEMBERS, counted=Counted.STANDINGS, steps=MEMBERS_ROUTE)
    return create_campaign(
        host, CampaignPlan(code="DV-2024", year=2024, title="Đảng viên đăng ký năm 2024", tiers=[tier])
    )


def cadres_campaign(host: Unit, year: int) -> Campaign:
    """CB-year of the host: the standing committee decides, together with the People's Committee."""
    authority = Authority.STATE if year == 2024 else ""
    steps = (
        Step(StepLevel.HOST, BodyKind.STANDING_COMMITTEE, StepMode.DECIDES_JOINTLY),
        Step(StepLevel.HOST, BodyKind.PEOPLES_COMMITTEE, StepMode.DECIDES_JOINTLY, authority),
    )
    tier = TierPlan(kind=TierKind.KEY_CADRES, counted=Counted.NOBODY, steps=steps)
    return create_campaign(
        host, CampaignPlan(code=f"CB-{year}", year=year, title=f"Cán bộ chủ chốt năm {year}", tiers=[tier])
    )


def task(
    name: str,
    card: str | None,
    title: str = "Xóa điểm ngập úng",
    *,
    novelty: str = "Khó",
    product: str = "2/2 điểm",
    due: object = "Quý III/2024",
    on: object = date(2024, 3, 11),
) -> tuple[object, ...]:
    """A line of a members' list."""
    return (1 if name else None, name, card, title, novelty, product, due, on)


def members_list(
    path: Path,
    cells: Mapping[str, Sequence[Sequence[object]]],
    *,
    title: str = "Năm 2024",
    columns: Sequence[str] = MEMBER_COLUMNS,
) -> Path:
    """A members' list by cell: group line → lines."""
    rows: list[Sequence[object]] = [("DANH SÁCH ĐĂNG KÝ VIỆC MỚI, VIỆC KHÓ",), (title,), columns]
    for group, lines in cells.items():
        rows += [(group,), *lines]
    return write_xlsx(path, rows)


def content(
    member: Member,
    unit: str,
    title: str = "Giải phóng mặt bằng",
    *,
    year: int = 2023,
    result: Sequence[object] = (),
    due: object = "",
    partners: str = "",
) -> tuple[object, ...]:
    """A line of a list of key cadres."""
    due = due or f"Quý IV/{year}"
    who = (1, member.name, member.card_number, "Bí thư Đảng ủy", unit)
    return (*who, title, "Khó", 2011, "1 hộ", due, partners, *result)


def cadres_list(
    path: Path, lines: Sequence[Sequence[object]], *, year: int = 2023, results: bool = True
) -> Path:
    """A list of key cadres, with the columns of results or without."""
    columns = CADRE_COLUMNS + (RESULT_COLUMNS if results else ())
    return write_xlsx(path, [("DANH SÁCH CÁN BỘ CHỦ CHỐT ĐĂNG KÝ",), (f"Năm {year}",), columns, *lines])


def bring_in(path: Path, campaign: Campaign, **options: Any) -> dict[str, Any]:
    """Check and write, as the command does; returns the counts with the codes of the problems."""
    checked = run.check(path, campaign, day=TODAY)
    counts = run.write(checked, **{"by": None, "on": None, "source": path.name} | options)
    return counts | {"problems": [(problem.row, problem.code) for problem in checked.problems]}


def contents_of_database() -> dict[str, list[dict[str, Any]]]:
    """Everything an import could change."""
    tables: list[Any] = [
        Pledge,
        PledgeVersion,
        PledgeEvent,
        PledgeTier,
        Progress,
        Docket,
        CadreList,
        CadreEntry,
    ]
    tables += [UnitChange, RecordEvent]
    return {table.__name__: list(table.objects.order_by("pk").values()) for table in tables}
