"""A small district in which random people do random things, and what must hold whatever they do."""

import uuid
from datetime import date
from typing import Any

from cadres.models import Body, BodyKind, Member, RoleAssignment, Unit, UnitKind, User
from cadres.outbox import note_changes
from cadres.roles import Role
from pledges.actions import register
from pledges.actions.acts import Act
from pledges.actions.dockets import Decision, Meeting
from pledges.actions.journal import altered_versions, broken_chains
from pledges.models import (
    Campaign,
    Docket,
    DocketLine,
    Pledge,
    PledgeEvent,
    PledgeVersion,
    SentList,
    Tier,
    TierKind,
)
from pledges.states import APPROVED, TRANSITIONS, DocketState, Outcome
from reports import counts
from reports.audit import differences
from reports.models import MEASURES, UnitCount
from tests.factories import CellFactory, MemberFactory, UnitFactory, UserFactory, user_with
from tests.pledges.factories import CampaignFactory, key_cadre_tier, members_tier

DAY = date(2024, 3, 26)
REASON = "Chưa rõ kết quả."
DECIDING = (BodyKind.STANDING_COMMITTEE, BodyKind.PEOPLES_COMMITTEE)


def make_district() -> None:
    """One host, two wards with a cell each, members with accounts, and one account a role."""
    campaign = CampaignFactory()
    wards = [UnitFactory(parent=campaign.host) for _ in range(2)]
    cells = [CellFactory(parent=ward) for ward in wards]
    members = [MemberFactory(unit=cell) for cell in cells for _ in range(3)]
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
    UserFactory()
    note_changes([unit.pk for unit in (campaign.host, *wards, *cells)])


class World:
    """The district as it stands in the database, and what was once written in it."""

    def __init__(self) -> None:
        self.campaign = Campaign.objects.select_related("host").get()
        self.host: Unit = self.campaign.host
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

    def reached(self) -> set[str]:
        """States that pledges, dockets and lists have come to."""
        found = set(Pledge.objects.values_list("status", flat=True))
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
        return self.officers[self.wards.index(docket.body.unit)]

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
        for event in PledgeEvent.objects.exclude(from_status=""):
            stays = event.from_status == event.to_status
            assert stays or event.to_status in TRANSITIONS[event.from_status], event
        for pledge in Pledge.objects.filter(journal_seq__gt=0):
            assert pledge.events.get(seq=pledge.journal_seq).to_status == pledge.status
            assert (pledge.status in APPROVED) == (pledge.approved_version_id is not None)

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


def meeting(agreed: int, present: int) -> Meeting:
    """A meeting of the day."""
    return Meeting(on=DAY, presided_by="Đồng chí chủ trì", present=present, agreed=agreed)


def decisions(keys: list[int], outcomes: list[Outcome]) -> dict[int, Decision]:
    """The outcomes on the first of the keys; the others are approved."""
    return {
        key: Decision(outcome, REASON if outcome in (Outcome.RETURN, Outcome.REJECT) else "")
        for key, outcome in zip(keys, outcomes, strict=False)
    }


def act(by: User) -> Act:
    """Done by somebody on the day."""
    return Act(by=by, on=DAY)
