"""A district with an object of its own behind the addresses of the site, and one account a role."""

import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from cadres.actions.notices import Notice, tell
from cadres.models import (
    Body,
    BodyKind,
    BodyMember,
    Delegation,
    Member,
    Notification,
    Office,
    OfficeKind,
    RoleAssignment,
    RosterImport,
    Unit,
    User,
)
from cadres.roles import Role
from pledges.actions import attachments, obstacles, transitions
from pledges.actions.acts import Act
from pledges.actions.obstacles import Reported
from pledges.models import AttachmentKind, DeskAct, DeskJob, PledgeImport
from tests.factories import START, CellFactory, HostFactory, MemberFactory, UserFactory, user_with
from tests.pledges.docket_scene import DAY, Scene, Ward, scene, ward
from tests.pledges.factories import draft_of, pledge_of

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF\n"
OF_UNITS = (
    Role.CELL_SECRETARY,
    Role.GRASSROOTS_OFFICER,
    Role.BOARD_OFFICER,
    Role.CLERK,
    Role.INSPECTOR,
    Role.ADMINISTRATOR,
    Role.MEMBER,
)


def patterns(resolver: URLResolver | None = None, prefix: str = "") -> list[tuple[str, URLPattern]]:
    """Every address of the site by its full name."""
    found: list[tuple[str, URLPattern]] = []
    for entry in (resolver or get_resolver()).url_patterns:
        if isinstance(entry, URLResolver):
            found += patterns(entry, f"{entry.namespace}:" if entry.namespace else prefix)
        else:
            found.append((f"{prefix}{entry.name}", entry))
    return found


def account(role: Role, member: Member, **at: Any) -> User:
    """An account of the member that holds the role."""
    return user_with(role, member=member, **at)


@dataclass
class Walled:
    """The district: its campaigns, a member with a pledge, a cadre with a docket, everybody's accounts."""

    place: Scene
    ward: Ward
    cell: Unit
    lead: Member
    cadre: Member
    people: dict[str, User] = field(default_factory=dict)
    objects: dict[str, Any] = field(default_factory=dict)

    def url(self, name: str, pattern: URLPattern) -> str:
        """The address with the district's own objects in it."""
        args = {one: self._argument(name, one) for one in pattern.pattern.converters}
        return reverse(name, kwargs=args) + self._query(name)

    def sent(self, name: str) -> dict[str, Any]:
        """What the form of an address sends, where without it there is nothing to act on."""
        adds = ("cadres:seat_take", "pledges:cadre_list_add")
        return {"member": self.lead.code} if name in adds else {}

    def _query(self, name: str) -> str:
        campaign = self.place.campaign.code
        return {
            "pledges:docket_build": f"?campaign={campaign}&body={BodyKind.STANDING_COMMITTEE}",
            "pledges:desk_all": f"?act={DeskAct.VET}&show=all",
            **dict.fromkeys(
                ("reports:pledges", "reports:pledges_xlsx", "reports:pledges_export"),
                f"?campaign={self.ward.tier.campaign.code}",
            ),
        }.get(name, "")

    def _argument(self, name: str, argument: str) -> Any:
        """The object of this very address, of its family (before the first "_"), or of all."""
        families = (name, f"{name.partition('_')[0]}_", "")
        named = [f"{family}.{argument}" for family in families]
        return next(self.objects[one] for one in named if one in self.objects)


def walled() -> Walled:
    """Build it. Everybody inside lives in one district, and the stranger's roles are all in another."""
    place = scene()
    below = ward(place)
    cell = below.cell(sent=False)
    lead, cadre = MemberFactory(unit=cell), place.cadre()
    found = Walled(place, below, cell, lead, cadre)
    found.people = _people(found)
    found.objects = _objects(found)
    return found


def _people(walled: Walled) -> dict[str, User]:
    place, host = walled.place, walled.place.host
    aside = CellFactory(parent=walled.ward.unit)
    seated = MemberFactory(unit=aside)
    BodyMember.objects.create(body=place.standing, member=seated, start=START)
    assistant = user_with(Role.MEMBER, unit=host)
    Delegation.objects.create(
        user=assistant,
        member=walled.cadre,
        start=DAY,
        end=DAY + timedelta(days=30),
        granted_by=place.board,
        granted_at=datetime(2024, 3, 26, tzinfo=UTC),
    )
    return {
        "member": account(Role.MEMBER, walled.lead, unit=walled.cell),
        "secretary": user_with(Role.CELL_SECRETARY, unit=walled.cell),
        "officer": walled.ward.officer,
        "board": place.board,
        "cadre": walled.cadre.user,
        "assistant": assistant,
        "body": account(Role.BODY_MEMBER, seated, body=place.standing),
        "recorder": place.recorder,
        "clerk": place.clerk,
        "inspector": place.inspector,
        "administrator": user_with(Role.ADMINISTRATOR, unit=host),
        "nobody": UserFactory(),
        "stranger": _stranger(),
    }


def _stranger() -> User:
    """Somebody who holds every role there is, in another district."""
    elsewhere = HostFactory()
    user = UserFactory(member=MemberFactory(unit=CellFactory(parent=elsewhere)))
    body = Body.objects.create(
        unit=elsewhere, kind=BodyKind.STANDING_COMMITTEE, name="Ban Thường vụ nơi khác", seats=9
    )
    for role in OF_UNITS:
        RoleAssignment.objects.create(user=user, role=role, unit=elsewhere, start=START)
    for role in (Role.BODY_MEMBER, Role.RECORDER):
        RoleAssignment.objects.create(user=user, role=role, body=body, start=START)
    return user


def _objects(walled: Walled) -> dict[str, Any]:
    place, people = walled.place, walled.people
    tier, own = walled.ward.tier, people["member"]
    draft = draft_of(walled.lead, tier, own)
    sent = pledge_of(walled.lead, tier, own)
    returned = pledge_of(walled.lead, tier, own)
    transitions.return_for_amendment({returned.pk: "Chưa rõ sản phẩm"}, act=Act(by=None, on=DAY))
    stuck = pledge_of(walled.lead, tier, own)
    transitions.approve([stuck.pk], act=Act(by=None, on=DAY))
    obstacle = Reported(ref=uuid.uuid4(), text="Chưa có mặt bằng", since=DAY, asked=walled.ward.unit)
    obstacles.report({stuck.pk: obstacle}, act=Act(by=own, on=DAY))
    of_cadre, beside = place.pledge(walled.cadre), place.pledge(walled.cadre)
    docket = place.docket(of_cadre)
    listing = place.tier.cadre_list
    assert listing is not None
    file = attachments.attach(
        draft, SimpleUploadedFile("a.pdf", PDF), kind=AttachmentKind.DOCUMENT, act=Act(by=own, on=DAY)
    )
    tell([Notice(user_id=own.pk, kind="list_sent", key="act:1", path="/mine/")])
    job = DeskJob.objects.create(
        ref=uuid.uuid4(), tier=place.tier, act=DeskAct.VET, pledges=[], created_by=place.board, total=0
    )
    held = Office.objects.create(
        member=MemberFactory(unit=walled.cell), unit=walled.cell, kind=OfficeKind.SECRETARY, start=START
    )
    roster = RosterImport.objects.create(
        host=place.host, as_of=DAY, file_name="a.xlsx", created_by=place.board
    )
    listed = PledgeImport.objects.create(
        campaign=tier.campaign, on=DAY, file_name="a.xlsx", created_by=place.board
    )
    return {
        ".campaign": tier.campaign.code,
        ".unit": walled.cell.code,
        ".member": walled.lead.code,
        ".code": walled.lead.code,
        ".kind": BodyKind.STANDING_COMMITTEE,
        ".ref": sent.ref,
        ".other": beside.ref,
        ".message_id": uuid.uuid4(),
        "pledges:edit.ref": draft.ref,
        "pledges:autosave.ref": draft.ref,
        "pledges:attach.ref": draft.ref,
        "pledges:autosave_new.kind": tier.kind,
        "pledges:file.ref": file.ref,
        "pledges:take_off.ref": file.ref,
        "pledges:withdraw.ref": sent.ref,
        "pledges:obstacle_.ref": obstacle.ref,
        "pledges:obstacle_report.ref": stuck.ref,
        "pledges:register_full.campaign": place.campaign.code,
        "pledges:register_full.member": walled.cadre.code,
        "pledges:desk_.campaign": place.campaign.code,
        "pledges:desk.campaign": place.campaign.code,
        "pledges:partners.campaign": place.campaign.code,
        "pledges:desk_pledge.ref": beside.ref,
        "pledges:desk_pair.ref": of_cadre.ref,
        "pledges:desk_job.pk": job.pk,
        "pledges:desk_job_progress.pk": job.pk,
        "pledges:cadre_list.pk": listing.pk,
        "pledges:cadre_list_add.pk": listing.pk,
        "pledges:cadre_entry.pk": listing.pk,
        ".entry_pk": listing.entries.get(member=walled.cadre).pk,
        "pledges:office_lists.unit": place.host.code,
        "pledges:committee.unit": walled.ward.unit.code,
        "pledges:endorse.unit": walled.ward.unit.code,
        "pledges:send_up.unit": walled.ward.unit.code,
        "pledges:suggestions.unit": walled.ward.unit.code,
        **{
            f"{name}.ref": docket.ref
            for name, _pattern in patterns()
            if "docket" in name or "opinion" in name
        },
        "pledges:typed_opinion.code": people["body"].member.code,
        "cadres:body_.unit": place.host.code,
        "cadres:seat_.unit": place.host.code,
        "cadres:unit_.unit": walled.ward.unit.code,
        "cadres:unit_member.unit": walled.cell.code,
        "cadres:seat_end.pk": BodyMember.objects.get().pk,
        "cadres:delegation.code": walled.cadre.code,
        "cadres:delegation_end.pk": Delegation.objects.get().pk,
        "cadres:notice_open.pk": Notification.objects.get(user=own, key="act:1").pk,
        "cadres:office_end.pk": held.pk,
        ".pk": 1,
        "cadres:roster_.pk": roster.pk,
        "pledges:import_.pk": listed.pk,
        ".figure": "registered",
        **{
            f"reports:{name}.code": walled.cell.code
            for name in (
                "unit",
                "pledges",
                "pledges_xlsx",
                "pledges_export",
                "figure",
                "figure_print",
                "figure_xlsx",
                "figure_export",
            )
        },
        "reports:brief.code": walled.ward.unit.code,
        **{f"reports:over_time{end}.code": walled.cell.code for end in ("", "_xlsx")},
        **{f"reports:summary{end}.code": walled.cell.code for end in ("", "_xlsx", "_docx")},
    }
