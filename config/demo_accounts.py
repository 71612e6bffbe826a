"""The demo's accounts: one button a role on the sign-in page, each landing on something that waits."""

from dataclasses import dataclass
from datetime import date

from cadres.actions.accounts import create_account
from cadres.actions.roles import confirm_offices, grant
from cadres.models import Body, BodyKind, CadreEntry, Member, Office, OfficeKind, Unit, User
from cadres.roles import Role
from pledges import queries
from pledges.models import Tier


@dataclass(frozen=True)
class DemoAccount:
    """A button of the sign-in page: whose account, what the role is called, what waits."""

    username: str
    label: str
    hint: str


ACCOUNTS = (
    DemoAccount(
        "demo-bithu", "Bí thư chi bộ", "Danh sách của chi bộ: việc chờ thông qua, đảng viên chưa đăng ký"
    ),
    DemoAccount("demo-dangvien", "Đảng viên", "Chưa đăng ký việc mới, việc khó năm 2024"),
    DemoAccount("demo-canbo", "Cán bộ chủ chốt", "Nội dung đăng ký đảm nhận của bản thân"),
    DemoAccount("demo-phuong", "Đảng ủy phường", "Chi bộ đã gửi và chưa gửi danh sách"),
    DemoAccount("demo-bantochuc", "Ban Tổ chức Quận ủy", "Tổng quan toàn quận, thẩm định, danh mục trình"),
    DemoAccount("demo-thuongvu", "Ủy viên Ban Thường vụ", "166 nội dung chờ Ban Thường vụ"),
    DemoAccount("demo-thuky", "Thư ký hội nghị Ban Thường vụ", "Ghi kết luận hội nghị"),
    DemoAccount("demo-vanthu", "Văn thư", "Văn bản chờ ban hành"),
    DemoAccount("demo-kiemtra", "Ủy ban Kiểm tra", "Xem toàn bộ, không thay đổi"),
    DemoAccount("demo-quantri", "Quản trị hệ thống", "Tài khoản, công việc nền"),
)


def make_accounts(host: Unit, tier: Tier, waiting: list[Unit], day: date) -> None:
    """Give each role of the demo an account; the cells named are those that have not met."""
    cell = waiting[0]
    ward = Unit.objects.get(pk=cell.parent_id)
    standing = Body.objects.get(unit=host, kind=BodyKind.STANDING_COMMITTEE, ended_on=None)
    secretary = _secretary(cell)
    confirm_offices([secretary.pk], by=None, on=tier.campaign.opens_on or day)
    _rename(User.objects.get(member=secretary.member), "demo-bithu")
    _rename(create_account(member=_unregistered(cell, tier, day), by=None), "demo-dangvien")
    _rename(_key_cadre_account(host), "demo-canbo")
    places: dict[str, tuple[Role, Unit | None, Body | None, str]] = {
        "demo-phuong": (Role.GRASSROOTS_OFFICER, ward, None, f"Văn phòng {_committee_name(ward)}"),
        "demo-bantochuc": (Role.BOARD_OFFICER, host, None, "Ban Tổ chức Quận ủy"),
        "demo-thuongvu": (Role.BODY_MEMBER, None, standing, "Ủy viên Ban Thường vụ"),
        "demo-thuky": (Role.RECORDER, None, standing, "Thư ký hội nghị"),
        "demo-vanthu": (Role.CLERK, host, None, "Văn thư Quận ủy"),
        "demo-kiemtra": (Role.INSPECTOR, host, None, "Ủy ban Kiểm tra Quận ủy"),
        "demo-quantri": (Role.ADMINISTRATOR, host, None, "Quản trị hệ thống"),
    }
    for username, (role, unit, body, name) in places.items():
        user = User(username=username, display_name=name)
        user.set_unusable_password()
        user.save()
        grant(user=user, role=role, unit=unit, body=body, by=None, on=tier.campaign.opens_on or day)


def _committee_name(unit: Unit) -> str:
    return unit.name.replace("Đảng bộ", "Đảng ủy", 1)


def _secretary(cell: Unit) -> Office:
    return Office.objects.select_related("member").get(unit=cell, kind=OfficeKind.SECRETARY, end=None)


def _unregistered(cell: Unit, tier: Tier, day: date) -> Member:
    people = queries.without_registered(queries.counted_people(tier, day).filter(unit=cell), tier)
    return people.select_related("member").order_by("member__position")[0].member


def _key_cadre_account(host: Unit) -> User:
    entry = (
        CadreEntry.objects.filter(cadre_list__unit=host)
        .select_related("member")
        .order_by("-cadre_list__year", "order")
    )
    return create_account(member=entry[2].member, by=None)


def _rename(user: User, username: str) -> None:
    User.objects.filter(pk=user.pk).update(username=username)
