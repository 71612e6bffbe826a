"""Campaigns, tiers and pledges for tests; a pledge comes into its status by the actions, as in life."""

import uuid
from collections.abc import Iterable
from datetime import date
from typing import Any

import factory

from cadres.models import Body, BodyKind, CadreEntry, CadreList, Member, Unit, User
from cadres.roles import Role
from pledges.actions import register, transitions
from pledges.actions.acts import Act
from pledges.content import Parts
from pledges.models import (
    Authority,
    Campaign,
    Counted,
    EventAction,
    Pledge,
    RouteStep,
    StepLevel,
    StepMode,
    Tier,
    TierKind,
)
from pledges.states import CampaignState, PledgeStatus
from tests.factories import CellFactory, HostFactory, UnitFactory, user_with

DAY = date(2024, 3, 26)


class CampaignFactory(factory.django.DjangoModelFactory):
    """A campaign of 2024 whose window is open on DAY."""

    class Meta:
        model = Campaign

    code = factory.Sequence(lambda n: f"DV-2024-{n}")
    host = factory.SubFactory(HostFactory)
    year = 2024
    title = "Đăng ký việc mới, việc khó năm 2024"
    opens_on = date(2024, 1, 15)
    closes_on = date(2024, 3, 31)
    state = CampaignState.OPEN


def members_tier(campaign: Campaign, **kwargs: Any) -> Tier:
    """The tier of members: the cell decides, the committees above endorse."""
    tier = Tier.objects.create(
        campaign=campaign, **{"order": 3, "kind": TierKind.MEMBERS, "cutoff_on": campaign.closes_on} | kwargs
    )
    RouteStep.objects.create(
        tier=tier, order=1, level=StepLevel.CELL, body_kind=BodyKind.CELL_MEETING, mode=StepMode.DECIDES
    )
    for order, level in ((2, StepLevel.GRASSROOTS), (3, StepLevel.HOST)):
        RouteStep.objects.create(
            tier=tier, order=order, level=level, body_kind=BodyKind.STANDING_COMMITTEE, mode=StepMode.ENDORSES
        )
    return tier


def key_cadre_tier(campaign: Campaign, cadres: Iterable[Member] = (), **kwargs: Any) -> Tier:
    """The tier of key cadres with its frozen list: two bodies decide, the second on matters of the State."""
    listed = CadreList.objects.create(
        unit=campaign.host, year=campaign.year, title="Danh sách cán bộ chủ chốt"
    )
    for order, member in enumerate(cadres, start=1):
        CadreEntry.objects.create(
            cadre_list=listed,
            member=member,
            unit=campaign.host,
            post_printed="Chủ tịch",
            unit_printed=campaign.host.name,
            order=order,
        )
    given = {"order": 1, "kind": TierKind.KEY_CADRES, "counted": Counted.NOBODY, "cadre_list": listed}
    tier = Tier.objects.create(campaign=campaign, **given | kwargs)
    steps = (
        (BodyKind.STANDING_COMMITTEE, StepMode.DECIDES, ""),
        (BodyKind.PEOPLES_COMMITTEE, StepMode.DECIDES_JOINTLY, Authority.STATE),
    )
    for order, (kind, mode, authority) in enumerate(steps, start=1):
        Body.objects.get_or_create(unit=campaign.host, kind=kind, defaults={"name": kind.label, "seats": 11})
        RouteStep.objects.create(
            tier=tier, order=order, level=StepLevel.HOST, body_kind=kind, mode=mode, authority=authority
        )
    return tier


def cell_of(campaign: Campaign) -> Unit:
    """A cell below a grassroots committee of the campaign's host."""
    return CellFactory(parent=UnitFactory(parent=campaign.host))


def secretary_of(cell: Unit) -> User:
    """The secretary of a cell."""
    return user_with(Role.CELL_SECRETARY, unit=cell)


CONTENT = {
    "title": "Xóa điểm tập kết rác tự phát tại ngõ 76",
    "novelty": "difficult",
    "product": "Xóa 1 điểm",
    "due_kind": "quarter",
    "due_on": date(2024, 6, 30),
}


def typed(tier: Tier, lead: Member, **kwargs: Any) -> register.Typed:
    """What a form holds: complete by the four questions; `content` is laid over it."""
    content = CONTENT | kwargs.pop("content", {})
    kwargs.setdefault("parts", Parts.named(kwargs.pop("partners", ())))
    return register.Typed(
        **{"ref": uuid.uuid4(), "tier": tier, "lead": lead, "unit": lead.unit, "content": content} | kwargs
    )


def draft_of(lead: Member, tier: Tier, by: User, **kwargs: Any) -> Pledge:
    """A draft."""
    return register.save_draft(typed(tier, lead, **kwargs), act=Act(by=by, on=DAY), day=DAY)


def pledge_of(lead: Member, tier: Tier, by: User, **kwargs: Any) -> Pledge:
    """A submitted pledge."""
    return register.register(typed(tier, lead, **kwargs), act=Act(by=by, on=DAY), day=DAY)


# The shortest way from a draft into each status.
WAYS: dict[PledgeStatus, tuple[PledgeStatus, ...]] = {
    PledgeStatus.DRAFT: (),
    PledgeStatus.SUBMITTED: (PledgeStatus.SUBMITTED,),
    PledgeStatus.RETURNED: (PledgeStatus.SUBMITTED, PledgeStatus.RETURNED),
    PledgeStatus.APPROVED: (PledgeStatus.SUBMITTED, PledgeStatus.APPROVED),
    PledgeStatus.REJECTED: (PledgeStatus.SUBMITTED, PledgeStatus.REJECTED),
    PledgeStatus.WITHDRAWN: (PledgeStatus.SUBMITTED, PledgeStatus.WITHDRAWN),
    PledgeStatus.REPORTED: (PledgeStatus.SUBMITTED, PledgeStatus.APPROVED, PledgeStatus.REPORTED),
    PledgeStatus.DONE: (PledgeStatus.SUBMITTED, PledgeStatus.APPROVED, PledgeStatus.DONE),
    PledgeStatus.NOT_DONE: (PledgeStatus.SUBMITTED, PledgeStatus.APPROVED, PledgeStatus.NOT_DONE),
    PledgeStatus.DISCONTINUED: (PledgeStatus.SUBMITTED, PledgeStatus.APPROVED, PledgeStatus.DISCONTINUED),
    PledgeStatus.CARRIED_OVER: (PledgeStatus.SUBMITTED, PledgeStatus.APPROVED, PledgeStatus.CARRIED_OVER),
}


def pledge_in(status: PledgeStatus, lead: Member, tier: Tier, by: User, **kwargs: Any) -> Pledge:
    """A pledge in the given status, brought there by the actions."""
    pledge = draft_of(lead, tier, by, **kwargs)
    for step in WAYS[status]:
        apply(step, pledge, by)
    pledge.refresh_from_db()
    assert pledge.status == status
    return pledge


def apply(to: PledgeStatus, pledge: Pledge, by: User | None) -> Any:
    """The action that moves a pledge into `to`."""
    act = Act(by=by, on=DAY)
    if to == PledgeStatus.SUBMITTED:
        return register.submit([pledge.pk], act=act)
    if to == PledgeStatus.RETURNED:
        return transitions.return_for_amendment({pledge.pk: "Chưa rõ sản phẩm"}, act=act)
    if to == PledgeStatus.REJECTED:
        return transitions.reject({pledge.pk: "Không thuộc thẩm quyền"}, act=act)
    if to == PledgeStatus.APPROVED:
        return transitions.approve([pledge.pk], act=act)
    if to == PledgeStatus.WITHDRAWN:
        return transitions.withdraw([pledge.pk], act=act)
    return transitions.move([pledge.pk], to=to, action=EventAction.EVALUATED, act=act)
