"""A small district in which random people do random things, and what must hold whatever they do."""

import uuid
from datetime import date
from typing import Any

from django.db.models import F

from cadres.models import Body, BodyKind, BodyMember, Member, RoleAssignment, Unit, UnitKind, User
from cadres.outbox import note_changes
from cadres.roles import Role
from pledges import queries
from pledges.actions import cells, dockets, lists, register
from pledges.actions.acts import Act
from pledges.actions.dockets import Decision, Meeting, seats_of
from pledges.actions.endorsements import build_endorsement
from pledges.actions.journal import altered_versions, broken_chains
from pledges.models import (
    Campaign,
    Docket,
    DocketLine,
    EventAction,
    OpinionSheet,
    Pledge,
    PledgeEvent,
    PledgeVersion,
    SentList,
    Tier,
    TierKind,
)
from pledges.states import APPROVED, TRANSITIONS, DocketState, Outcome, PledgeStatus
from reports import counts
from reports.audit import differences
from reports.models import MEASURES, UnitCount
from tests.factories import CellFactory, MemberFactory, UnitFactory, UserFactory, user_with
from tests.pledges.factories import CampaignFactory, key_cadre_tier, members_tier

DAY = date(2024, 3, 26)
REASON = "Chưa rõ kết quả."
# Where a new act of the body that decided may put a pledge.
CORRECTED = (
    PledgeStatus.APPROVED,
    PledgeStatus.RETURNED,
    PledgeStatus.REJECTED,
    PledgeStatus.SUBMITTED,
)
ASSISTANT = "tro-ly"
DECIDING = (BodyKind.STANDING_COMMITTEE, BodyKind.PEOPLES_COMMITTEE)


def make_district() -> None:
    """One host, two wards with a cell each, members with accounts, and one account a role."""
    campaign = CampaignFactory()
    wards = [UnitFactory(parent=campaign.host) for _ in range(2)]
    cells = [CellFactory(parent=ward) for ward in wards]
    members = [MemberFactory(unit=cell) for cell in cells for _ in range(3)]
    for order in (1, 2):
        campaign.themes.create(order=order, title=f"Chủ đề {order}")
    key_cadre_tier(campaign, members[:2])
    members_tier(campaign)
    for ward, cell in zip(wards, cells, strict=True):
        kind = BodyKind.STANDING_COMMITTEE
        Body.objects.create(unit=ward, kind=kind, name=f"BTV {ward.name}", seats=5)
        user_with(Role.CELL_SECRETARY, unit=cell)
        user_with(Role.GRASSROOTS_OFFICER, unit=ward)
    for role in (Role.BOARD_OFFICER, Role.CLERK, Role.INSPECTOR):
        user_with(role, unit=campaign.host)
    for body in campaign.host.bodies.filter(kind__in=DECIDING):
        user_with(Role.RECORDER, body=body)
    for member in members:
        UserFactory(member=member)
    [standing] = campaign.host.bodies.filter(kind=BodyKind.STANDING_COMMITTEE)
    for member in members[:3]:
        BodyMember.objects.create(body=standing, member=member, start=campaign.opens_on)
        RoleAssignment.objects.create(
            user=member.user, role=Role.BODY_MEMBER, body=standing, start=campaign.opens_on
        )
    user_with(Role.MEMBER, unit=campaign.host, username=ASSISTANT)
    note_changes([unit.pk for unit in (campaign.host, *wards, *cells)])


class World:
    """The district as it stands in the database, and what was once written in it."""

    def __init__(self) -> None:
        self.campaign = Campaign.objects.select_related("host").get()
        self.host: Unit = self.campaign.host
        self.themes = list(self.campaign.themes.values_list("pk", flat=True))
        units = Unit.objects.order_by("pk")
        self.wards = list(units.filter(kind=UnitKind.GRASSROOTS_COMMITTEE))
        self.cells = list(units.filter(kind=UnitKind.CELL))
        self.members = list(Member.objects.order_by("pk"))
        tiers = Tier.objects.select_related("campaign__host")
        self.key = tiers.get(kind=TierKind.KEY_CADRES)
        self.tier = tiers.get(kind=TierKind.MEMBERS)
        bodies = Body.objects.select_related("unit").order_by("pk")
        self.ward_bodies = list(bodies.filter(unit__in=self.wards))
        self.bodies = list(bodies.filter(unit=self.host, kind__in=DECIDING))
        self.standing = next(body for body in self.bodies if body.kind == BodyKind.STANDING_COMMITTEE)
        self.secretaries = self._holders(Role.CELL_SECRETARY)
        self.officers = self._holders(Role.GRASSROOTS_OFFICER)
        [self.board] = self._holders(Role.BOARD_OFFICER)
        [self.clerk] = self._holders(Role.CLERK)
        recorders = RoleAssignment.objects.filter(role=Role.RECORDER).select_related("user")
        self.recorders = {held.body_id: held.user for held in recorders}
        self.assistant = User.objects.get(username=ASSISTANT)
        self.people = list(User.objects.order_by("pk"))
        # Versions and concluded lines are never another.
        self.versions: dict[int, str] = {}
        self.lines: dict[int, tuple[Any, ...]] = {}

    def _holders(self, role: Role) -> list[User]:
        return list(User.objects.filter(roles__role=role).order_by("pk"))

    def everybody_registers(self) -> None:
        """One task a member, and one of each key cadre in his own tier."""
        for lead, key in [
            *((one, False) for one in self.members),
            *((one, True) for one in self.members[:2]),
        ]:
            typed = self.typed(lead, key=key, title="Việc đầu tiên", ref=uuid.uuid4(), revision=None)
            register.register(typed, act=act(lead.user), day=DAY)

    def cells_meet(self) -> None:
        """Each cell adopts its list, which goes to its ward."""
        for cell, by in zip(self.cells, self.secretaries, strict=True):
            cells.record_meeting(
                cell=cell,
                tier=self.tier,
                meeting=self.meeting(cell.bodies.get()),
                decisions={},
                by=by,
                day=DAY,
                ref=uuid.uuid4(),
            )

    def wards_endorse(self) -> None:
        """Each ward endorses the list of its cell and sends its own upwards."""
        for body, by in zip(self.ward_bodies, self.officers, strict=True):
            docket = build_endorsement(tier=self.tier, body=body, title="Danh sách", by=by)
            dockets.conclude(docket.pk, meeting=self.meeting(body), decisions={}, by=by, day=DAY)
            lists.send_upwards(tier=self.tier, unit=body.unit, on=DAY, by=by)

    def host_decides(self) -> None:
        """Both bodies of the host approve what their cadres have registered."""
        for body in self.bodies:
            waiting = list(queries.awaiting_body(self.key, body).values_list("pk", flat=True))
            docket = dockets.build_docket(
                tier=self.key, body=body, title="Trình", by=self.board, pledge_ids=waiting
            )
            by = self.recorders[body.pk]
            dockets.conclude(docket.pk, meeting=self.meeting(body), decisions={}, by=by, day=DAY)

    def reached(self) -> set[str]:
        """States that pledges, dockets and lists have come to, and what was done on the way."""
        found = set(Pledge.objects.values_list("status", flat=True))
        found |= set(PledgeEvent.objects.order_by().values_list("action", flat=True).distinct())
        found |= {"opinion"} if OpinionSheet.objects.exists() else set()
        found |= set(Docket.objects.values_list("state", flat=True))
        sent = SentList.objects.exclude(endorsed_by=None).exists()
        return found | ({"endorsed"} if sent else set())

    def user(self, who: int | None, rightful: User) -> User:
        """Whoever should do it, or one of the people; with the roles he has now."""
        chosen = rightful if who is None else self.people[who % len(self.people)]
        return User.objects.get(pk=chosen.pk)

    def recorder(self, docket: Docket) -> User:
        """Who records what the docket's body decides."""
        if docket.body_id in self.recorders:
            return self.recorders[docket.body_id]
        if docket.body.unit in self.cells:
            return self.secretaries[self.cells.index(docket.body.unit)]
        return self.officers[self.wards.index(docket.body.unit)]

    def meeting(self, body: Body, counted: tuple[int, int] | None = None, minutes: str = "") -> Meeting:
        """A meeting of the day; where not told, all who may vote were there and agreed."""
        seats = seats_of(body, DAY) or 1
        agreed, present = counted or (seats, seats)
        return Meeting(
            on=DAY, presided_by="Đồng chí chủ trì", present=present, agreed=agreed, minutes=minutes
        )

    def builder(self, docket: Docket) -> User:
        """Who puts together what goes before the docket's body."""
        ward = docket.body.unit in self.wards
        return self.officers[self.wards.index(docket.body.unit)] if ward else self.board

    def act(self, which: int) -> Docket | None:
        """One of the acts concluded, of cells too."""
        rows = Docket.objects.exclude(state=DocketState.OPEN).select_related("body__unit").order_by("pk")
        keys = list(rows.values_list("pk", flat=True))
        return rows.get(pk=keys[which % len(keys)]) if keys else None

    def pledge(self, which: int, **wanted: Any) -> Pledge | None:
        """One of the pledges there are."""
        keys = list(Pledge.objects.filter(**wanted).order_by("pk").values_list("pk", flat=True))
        return Pledge.objects.get(pk=keys[which % len(keys)]) if keys else None

    def docket(self, which: int, **wanted: Any) -> Docket | None:
        """One of the dockets of bodies above the cells."""
        rows = Docket.objects.filter(**wanted).exclude(body__kind=BodyKind.CELL_MEETING).order_by("pk")
        keys = list(rows.values_list("pk", flat=True))
        return Docket.objects.get(pk=keys[which % len(keys)]) if keys else None

    def typed(self, lead: Member, *, key: bool, title: str, ref: uuid.UUID, revision: int | None) -> Any:
        """What a form holds."""
        return register.Typed(
            ref=ref,
            tier=self.key if key else self.tier,
            lead=lead,
            unit=self.host if key else lead.unit,
            revision=revision,
            content={
                "title": title,
                "novelty": "new",
                "product": "1 sản phẩm",
                "due_kind": "day",
                "due_on": date(2024, 9, 30),
                "authority": "state" if len(title) % 2 else "party",
                "theme_id": (None, *self.themes)[ord(title[0]) % 3],
                "field": ("", "Đất đai", "Môi trường")[ord(title[0]) % 3],
            },
        )

    def hold(self) -> None:
        """What must hold after every step."""
        self._legal_transitions()
        self._nothing_rewritten()

    def hold_at_the_end(self) -> None:
        """What must hold, and takes longer to look at."""
        assert broken_chains() == []
        assert altered_versions() == []
        counts.drain(DAY)
        assert differences(DAY) == []
        self._whole_is_own_and_children()

    def _legal_transitions(self) -> None:
        told = PledgeEvent.objects.exclude(from_status="").order_by()
        steps = told.values_list("action", "docket__corrects", "from_status", "to_status").distinct()
        for action, corrects, before, after in steps:
            corrected = action == EventAction.CORRECTED and corrects
            follows = CORRECTED if corrected else TRANSITIONS[before]
            assert before == after or after in follows, (action, before, after)
        last = PledgeEvent.objects.filter(seq=F("pledge__journal_seq")).order_by()
        said = dict(last.values_list("pledge", "to_status"))
        pledges = Pledge.objects.filter(journal_seq__gt=0).order_by()
        for pk, status, version in pledges.values_list("pk", "status", "approved_version"):
            assert said[pk] == status
            assert (status in APPROVED) == (version is not None)

    def _nothing_rewritten(self) -> None:
        versions = dict(PledgeVersion.objects.values_list("pk", "digest"))
        assert {pk: versions.get(pk) for pk in self.versions} == self.versions
        self.versions = versions
        rows = DocketLine.objects.exclude(docket__state=DocketState.OPEN)
        lines = {
            row[0]: row for row in rows.values_list("pk", "outcome", "note", "version", "pledge", "unit")
        }
        assert {pk: lines.get(pk) for pk in self.lines} == self.lines
        assert all(row[1] != Outcome.PENDING for row in lines.values())
        self.lines = lines

    def _whole_is_own_and_children(self) -> None:
        for row in UnitCount.objects.all():
            below = UnitCount.objects.filter(tier=row.tier_id, unit__parent=row.unit_id)
            for name in MEASURES:
                children = sum(getattr(one, name) for one in below)
                assert getattr(row, name) == getattr(row, f"own_{name}") + children


def decisions(keys: list[int], outcomes: list[Outcome]) -> dict[int, Decision]:
    """The outcomes on the first of the keys; the others are approved."""
    return {
        key: Decision(outcome, REASON if outcome in (Outcome.RETURN, Outcome.REJECT) else "")
        for key, outcome in zip(keys, outcomes, strict=False)
    }


def act(by: User) -> Act:
    """Done by somebody on the day."""
    return Act(by=by, on=DAY)
