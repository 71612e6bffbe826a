"""The demo's accounts: one button a role on the sign-in page, each landing on something that waits."""

from datetime import date

from django.db.models import Value
from django.db.models.functions import Concat
from django.utils.translation import gettext_noop as _

from cadres.actions.accounts import create_account
from cadres.actions.delegations import delegate
from cadres.actions.roles import confirm_offices, grant
from cadres.actions.seats import take_seat
from cadres.demo_accounts import DemoAccount, offer
from cadres.models import Body, BodyKind, CadreEntry, Member, Office, OfficeKind, Unit, User
from cadres.roles import Role
from pledges import queries
from pledges.models import Tier

ACCOUNTS = (
    DemoAccount(
        "demo-bithu", _("Cell secretary"), _("The cell's list: tasks that await the meeting, members missing")
    ),
    DemoAccount("demo-dangvien", _("Party member"), _("Has not registered a task for 2024 yet")),
    DemoAccount(
        "demo-canbo", _("Key cadre"), _("Own undertakings of 2022, 2023 and 2024, one of them to be amended")
    ),
    DemoAccount("demo-troly", _("Assistant of a key cadre"), _("Types for a key cadre by delegation")),
    DemoAccount(
        "demo-phuong", _("Ward committee"), _("Cells that have sent their list and cells that have not")
    ),
    DemoAccount("demo-bantochuc", _("Organisation board"), _("The whole district, vetting, dockets")),
    DemoAccount(
        "demo-thuongvu",
        _("Member of the standing committee"),
        _("142 undertakings before the standing committee"),
    ),
    DemoAccount("demo-thuky", _("Recorder of the standing committee"), _("A meeting to record")),
    DemoAccount("demo-vanthu", _("Records clerk"), _("Documents that await their number")),
    DemoAccount("demo-kiemtra", _("Inspector"), _("Reads everything, changes nothing")),
    DemoAccount("demo-quantri", _("System administrator"), _("Accounts and background jobs")),
)


def make_accounts(host: Unit, tier: Tier, waiting: list[Unit], day: date) -> None:
    """Give each role of the demo an account; the cells named are those that have not met."""
    cell = waiting[0]
    ward = cell.parent
    assert ward is not None
    standing = Body.objects.get(unit=host, kind=BodyKind.STANDING_COMMITTEE, ended_on=None)
    secretary = _secretary(cell)
    confirm_offices([secretary.pk], by=None, on=tier.campaign.opens_on or day)
    _rename(User.objects.get(member=secretary.member), "demo-bithu")
    _rename(create_account(member=_unregistered(cell, tier, day), by=None), "demo-dangvien")
    cadre = _key_cadre_account(host)
    _rename(cadre, "demo-canbo")
    _rename(_assistant_of(cadre, day), "demo-troly")
    sitting = _seat_members(standing, tier.campaign.opens_on or day)
    places: dict[str, tuple[Role, Unit | None, Body | None, str]] = {
        "demo-phuong": (Role.GRASSROOTS_OFFICER, ward, None, f"Văn phòng {_committee_name(ward)}"),
        "demo-bantochuc": (Role.BOARD_OFFICER, host, None, "Ban Tổ chức Quận ủy"),
        "demo-thuongvu": (Role.BODY_MEMBER, None, standing, "Ủy viên Ban Thường vụ"),
        "demo-thuky": (Role.RECORDER, None, standing, "Văn phòng Quận ủy"),
        "demo-vanthu": (Role.CLERK, host, None, "Văn thư Quận ủy"),
        "demo-kiemtra": (Role.INSPECTOR, host, None, "Ủy ban Kiểm tra Quận ủy"),
        "demo-quantri": (Role.ADMINISTRATOR, host, None, "Quản trị hệ thống"),
    }
    for username, (role, unit, body, name) in places.items():
        member = sitting if role == Role.BODY_MEMBER else None
        user = User(username=username, display_name=name, member=member)
        user.set_unusable_password()
        user.save()
        grant(user=user, role=role, unit=unit, body=body, by=None, on=tier.campaign.opens_on or day)
    _give_addresses()
    offer(ACCOUNTS)


def _give_addresses() -> None:
    """Addresses that lead nowhere: the demo's letters are read in its outbox."""
    demo = User.objects.filter(username__in=[account.username for account in ACCOUNTS])
    demo.update(email=Concat("username", Value("@example.invalid")))


def _seat_members(body: Body, day: date) -> Member:
    """Every seat of the body is taken, by cadres without an account; returns one who gets his."""
    entries = CadreEntry.objects.filter(cadre_list__unit=body.unit, member__user=None)
    entries = entries.select_related("member").order_by("-cadre_list__year", "order")
    members = list(dict.fromkeys(entry.member for entry in entries))[: body.seats]
    for member in members:
        take_seat(body, member, start=day, by=None)
    return members[0]


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


def _assistant_of(cadre: User, day: date) -> User:
    """A comrade of the key cadre's own cell, to whom the cadre delegated the typing for this year."""
    assert cadre.member is not None
    colleagues = Member.objects.filter(unit=cadre.member.unit, user=None).exclude(pk=cadre.member.pk)
    user = create_account(member=colleagues.order_by("position", "pk")[0], by=None)
    delegate(user=user, member=cadre.member, end=date(day.year + 1, 1, 1), by=cadre, on=day)
    return user


def _rename(user: User, username: str) -> None:
    User.objects.filter(pk=user.pk).update(username=username)
