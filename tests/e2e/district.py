"""A small district on 26/03/2024 for the journeys: two wards, three cells, the offices of the district.

People are invented. Twelve members are counted; six have registered, none has been approved.
"""

from dataclasses import dataclass
from datetime import date

from cadres.models import Body, BodyKind, CadreEntry, CadreList, Member, Office, OfficeKind, Standing, Unit
from cadres.roles import Role
from pledges.actions.campaigns import (
    MEMBERS_ROUTE,
    CampaignPlan,
    Step,
    TierPlan,
    create_campaign,
    guidance_list,
)
from pledges.models import Counted, ListKind, StepLevel, StepMode, Tier, TierKind
from reports import counts
from tests.factories import (
    START,
    CellFactory,
    HostFactory,
    MemberFactory,
    UnitFactory,
    UserFactory,
    user_with,
)
from tests.pledges.factories import DAY, pledge_of

_WINDOW = {"opens_on": date(2024, 1, 15), "closes_on": date(2024, 3, 31)}
_CLEAR = (
    ("rõ người", ("lead_member",)),
    ("rõ việc", ("title", "novelty")),
    ("rõ tiến độ", ("due_on",)),
    ("rõ kết quả", ("product",)),
    ("rõ trách nhiệm", ("own_role",)),
)
_BODIES = (
    (BodyKind.COMMITTEE, "Quận ủy Tây Hồ", None),
    (BodyKind.STANDING_COMMITTEE, "Ban Thường vụ Quận ủy Tây Hồ", 11),
    (BodyKind.PEOPLES_COMMITTEE, "Ủy ban nhân dân quận Tây Hồ", 17),
)


@dataclass(frozen=True)
class District:
    """The district with the cell and the campaigns of the journeys."""

    host: Unit
    ward: Unit
    cell: Unit
    members: Tier
    cadres: Tier


def make_district() -> District:
    """The district with its people, accounts and registrations, counted."""
    city = HostFactory(name="Đảng bộ thành phố Hà Nội", code="HANOI")
    host = HostFactory(parent=city, name="Đảng bộ quận Tây Hồ", code="TAYHO", place="Tây Hồ", symbol="QU")
    for kind, name, seats in _BODIES:
        Body.objects.create(unit=host, kind=kind, name=name, symbol="QU", seats=seats)
    ward = UnitFactory(parent=host, name="Đảng bộ phường Bưởi", code="BUOI")
    other = UnitFactory(parent=host, name="Đảng bộ phường Thụy Khuê", code="THUYKHUE")
    Body.objects.create(
        unit=ward, kind=BodyKind.STANDING_COMMITTEE, name="Ban Thường vụ Đảng ủy phường Bưởi", seats=9
    )
    cell = CellFactory(parent=ward, name="Chi bộ số 1", code="BUOI-1")
    district = District(host, ward, cell, _members_tier(host), _cadres_tier(host))
    _officers(host, ward)
    _first_cell(district)
    _other_cells(district, ward, other)
    for tier in (district.members, district.cadres):
        counts.rebuild(tier, DAY)  # people made by factories leave no row in the outbox
    return district


def member(cell: Unit, name: str, **kwargs: object) -> Member:
    """A member of a cell by the full name, after those already there."""
    family, _space, given = name.rpartition(" ")
    position = Member.objects.filter(unit=cell).count()
    return MemberFactory(unit=cell, family_names=family, given_name=given, position=position, **kwargs)


def _members_tier(host: Unit) -> Tier:
    tier = TierPlan(
        kind=TierKind.MEMBERS, counted=Counted.STANDINGS, quota_min=1, quota_max=3, steps=MEMBERS_ROUTE
    )
    title = "Đảng viên đăng ký thực hiện việc mới, việc khó năm 2024"
    plan = CampaignPlan(code="DV-2024", year=2024, title=title, tiers=(tier,), **_WINDOW)
    return create_campaign(host, plan).tiers.get()


def _cadres_tier(host: Unit) -> Tier:
    """Key cadres: the standing committee decides, on matters of the State the People's Committee too."""
    steps = (
        Step(StepLevel.HOST, BodyKind.STANDING_COMMITTEE, StepMode.DECIDES_JOINTLY),
        Step(StepLevel.HOST, BodyKind.PEOPLES_COMMITTEE, StepMode.DECIDES_JOINTLY, "state"),
    )
    tier = TierPlan(kind=TierKind.KEY_CADRES, counted=Counted.NOBODY, quota_min=2, steps=steps)
    title = "Cán bộ chủ chốt đăng ký đảm nhận nhiệm vụ khó khăn, phức tạp năm 2024"
    clear = guidance_list(ListKind.CLARITY, "5 rõ", _CLEAR)
    plan = CampaignPlan(code="CB-2024", year=2024, title=title, tiers=(tier,), lists=(clear,), **_WINDOW)
    return create_campaign(host, plan).tiers.get()


def _officers(host: Unit, ward: Unit) -> None:
    """One account a role, called as the demo calls them."""
    standing = Body.objects.get(unit=host, kind=BodyKind.STANDING_COMMITTEE)
    user_with(
        Role.GRASSROOTS_OFFICER, unit=ward, username="phuong", display_name="Văn phòng Đảng ủy phường Bưởi"
    )
    user_with(Role.BOARD_OFFICER, unit=host, username="bantochuc", display_name="Ban Tổ chức Quận ủy")
    user_with(Role.RECORDER, body=standing, username="thuky", display_name="Thư ký hội nghị")
    user_with(Role.CLERK, unit=host, username="vanthu", display_name="Văn thư Quận ủy")


def _first_cell(district: District) -> None:
    """Five members counted, of whom three have registered; the secretary enters for them."""
    cell, tier = district.cell, district.members
    head = member(cell, "Nguyễn Thị Lan", birth_year=1954, phone="0900000001")
    Office.objects.create(member=head, unit=cell, kind=OfficeKind.SECRETARY, start=START)
    secretary = user_with(
        Role.CELL_SECRETARY, unit=cell, member=head, username="bithu", display_name=head.name
    )
    second, third = member(cell, "Trần Văn Bình"), member(cell, "Lê Thị Hòa")
    pledge_of(head, tier, secretary, content={"title": "Lập nhóm hỗ trợ dịch vụ công tại nhà văn hóa"})
    pledge_of(second, tier, secretary, content={"title": "Vận động 12 hộ phân loại rác tại nguồn"})
    pledge_of(third, tier, secretary, content={"title": "Trồng cây dọc ngõ 76", "product": "Nhiều cây"})
    member(cell, "Phạm Văn Dũng")
    member(cell, "Hoàng Thị Sen")
    member(cell, "Vũ Văn Thọ", standing=Standing.EXEMPT)


def _other_cells(district: District, ward: Unit, other: Unit) -> None:
    """Seven members more, of whom three have registered; one of them is a key cadre with an account."""
    second = CellFactory(parent=ward, name="Chi bộ số 2", code="BUOI-2")
    secretary = user_with(Role.CELL_SECRETARY, unit=second)
    for name in ("Đỗ Thị Mai", "Ngô Văn Quý", "Bùi Thị Thu"):
        pledge_of(member(second, name), district.members, secretary)
    member(second, "Đặng Văn Yên")
    third = CellFactory(parent=other, name="Chi bộ số 1", code="THUYKHUE-1")
    member(third, "Lý Văn Hải")
    member(third, "Mai Thị Vân")
    cadre = member(third, "Phan Văn Đức", birth_year=1970)
    UserFactory(username="canbo", display_name=cadre.name, member=cadre)
    listed = CadreList.objects.create(
        unit=district.host, year=2024, title="Danh sách cán bộ chủ chốt năm 2024"
    )
    CadreEntry.objects.create(
        cadre_list=listed,
        member=cadre,
        unit=other,
        post_printed="Bí thư Đảng ủy phường",
        unit_printed=other.name,
        order=1,
    )
    district.cadres.cadre_list = listed
    district.cadres.save(update_fields=["cadre_list"])
