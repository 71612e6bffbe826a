"""Acts of the desk, of a body's members and of those who correct, for the random walk (see test_machine)."""

import uuid
from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from hypothesis import strategies as st
from hypothesis.stateful import rule

from cadres.actions import delegations, notices
from cadres.models import Delegation
from pledges.actions import building, corrections, desk_jobs, opinions, vetting
from pledges.actions.acts import NotAllowedError, StaleError
from pledges.actions.campaign_stages import move_campaign
from pledges.actions.returns import Asked
from pledges.models import DeskAct, Docket, OpinionSource, Pledge, Stance
from pledges.ready_lists import RETURN_REASONS
from pledges.states import CampaignState, DocketState, Outcome
from tests.reports.world import DAY, REASON, World, act

SOME = st.integers(0, 1000)
# Mostly whoever should do it, now and then anybody at all.
WHO = st.one_of(st.none(), st.none(), st.none(), SOME)
# Agreed and present: mostly enough for the body (None), now and then what never holds.
VOTES = st.sampled_from([None, None, None, None, (3, 5), (1, 3), (12, 11)])
STANCES = st.sampled_from(list(Stance))


class DeskActs:
    """Acts on dockets before and after their meeting, and of the desk on what is not on one."""

    world: World

    def attempt(self, what) -> None:
        """An act that a rule forbids changes nothing."""
        try:
            with transaction.atomic():
                what()
        except (NotAllowedError, StaleError, ValueError, PermissionDenied, Docket.DoesNotExist):
            pass

    @rule(which=SOME, who=WHO, proposal=st.sampled_from(vetting.PROPOSALS), stale=st.booleans())
    def board_vets(self, which, who, proposal, stale):
        pledge = self.world.pledge(which, tier=self.world.key)
        if pledge:
            finding = vetting.Finding(proposal, "" if proposal == Outcome.APPROVE else REASON)
            read = {pledge.pk: pledge.versions_made - stale}
            user = self.world.user(who, self.world.board)
            self.attempt(lambda: vetting.vet([pledge.pk], finding, act=act(user), versions=read))

    @rule(which=SOME, who=WHO, listed=st.booleans())
    def board_asks_to_amend(self, which, who, listed):
        pledge = self.world.pledge(which)
        if pledge:
            asked = Asked((RETURN_REASONS[0][0],) if listed else (), "" if listed else REASON)
            user = self.world.user(who, self.world.board)
            self.attempt(lambda: vetting.ask_to_amend([pledge.pk], asked, act=act(user)))

    @rule(who=WHO, does=st.sampled_from([DeskAct.VET, DeskAct.RETURN, DeskAct.DOCKET]), where=SOME)
    def board_acts_on_all_it_finds(self, who, does, where):
        world = self.world
        keys = list(Pledge.objects.filter(tier=world.key).order_by("pk").values_list("pk", flat=True))
        wish = desk_jobs.Wish(
            act=does,
            note=REASON if does == DeskAct.RETURN else "",
            body=world.bodies[where % 2] if does == DeskAct.DOCKET else None,
            title="Danh mục trình",
        )
        given: dict[str, Any] = {
            "ref": uuid.uuid4(),
            "tier": world.key,
            "wish": wish,
            "query": "",
            "day": DAY,
        }
        user = world.user(who, world.board)
        self.attempt(lambda: desk_jobs.request_desk_job(**given, pledges=keys, by=user))

    @rule(which=SOME, who=WHO, how=st.sampled_from(["add", "take off", "dissolve"]))
    def docket_is_changed_before_the_meeting(self, which, who, how):
        docket = self.world.docket(which)
        if docket is None:
            return
        user = self.world.user(who, self.world.builder(docket))
        line = docket.lines.order_by("-order").values_list("pk", flat=True)[:1]
        acts = {
            "add": lambda: building.add_awaiting(docket.pk, by=user),
            "take off": lambda: building.take_off(docket.pk, list(line), by=user),
            "dissolve": lambda: building.dissolve(docket.pk, by=user),
        }
        self.attempt(acts[how])

    @rule(
        which=SOME, seat=SOME, who=WHO, whole=STANCES, one=STANCES, paper=st.booleans(), stale=st.booleans()
    )
    def member_gives_an_opinion(self, which, seat, who, whole, one, paper, stale):
        docket = self.world.docket(which)
        if docket is None:
            return
        member = self.world.members[seat % 3]
        rightful = self.world.recorder(docket) if paper else member.user
        known = docket.sheets.filter(member=member).values_list("revision", flat=True).first() or 0
        line = docket.lines.order_by("order").first()
        sheet = opinions.Sheet(
            whole=opinions.Opinion(whole, REASON),
            lines={line.pk: opinions.Opinion(one, REASON)} if line else {},
            revision=known + stale,
        )
        source = OpinionSource.PAPER if paper else OpinionSource.BROWSER
        given: dict[str, Any] = {"member": member, "sheet": sheet, "source": source, "day": DAY}
        user = self.world.user(who, rightful)
        self.attempt(lambda: opinions.give_opinion(docket.pk, **given, by=user))

    @rule(which=SOME, who=WHO, counted=VOTES, instead=SOME, lines=st.sampled_from([0, 1, 1, 1]))
    def act_is_corrected(self, which, who, counted, instead, lines):
        docket = self.world.act(which)
        if docket is None:
            return
        outcomes = list(Outcome)
        said = {}
        for line in corrections.correctable(docket)[:lines]:
            # Mostly something that may stand there instead.
            may = [*sorted(corrections.choices_of(line)) * 3, *outcomes]
            said[line.pk] = corrections.Decision(Outcome(may[instead % len(may)]), REASON)
        held = self.world.meeting(docket.body, counted, minutes=REASON)
        given: dict[str, Any] = {"meeting": held, "decisions": said, "day": DAY, "ref": uuid.uuid4()}
        user = self.world.user(who, self.world.recorder(docket))
        correct = lambda: corrections.correct(docket.pk, **given, by=user)  # noqa: E731
        self.attempt(correct)
        self.attempt(correct)

    @rule(which=SOME, who=WHO, until=st.dates(date(2024, 3, 20), date(2025, 6, 1)), ends=st.booleans())
    def typing_is_delegated(self, which, who, until, ends):
        member, user = self.world.members[which % 2], self.world.user(who, self.world.board)
        if ends and (held := Delegation.objects.filter(member=member).first()):
            self.attempt(lambda: delegations.end_delegation(delegation=held, by=user, on=DAY))
        else:
            given: dict[str, Any] = {"user": self.world.assistant, "member": member, "end": until}
            self.attempt(lambda: delegations.delegate(**given, by=user, on=DAY))

    @rule(who=WHO, to=st.sampled_from([CampaignState.OPEN, CampaignState.VETTING]))
    def campaign_moves(self, who, to):
        user = self.world.user(who, self.world.board)
        self.attempt(lambda: move_campaign(self.world.campaign.pk, to=to, by=user, on=DAY))

    @rule(which=SOME)
    def somebody_reads_what_he_was_told(self, which):
        user = self.world.user(which, self.world.board)
        newest = user.notifications.order_by("-pk").values_list("pk", flat=True).first()
        notices.mark_all_read(user, up_to=newest or 0)

    @rule(which=SOME)
    def nothing_decided_is_built_on_again(self, which):
        """A docket once concluded takes no line, loses none and is never dissolved."""
        docket = self.world.act(which)
        if docket is None:
            return
        before = list(docket.lines.order_by("pk").values_list("pk", "outcome"))
        for change in (building.add_awaiting, building.dissolve):
            self.attempt(lambda change=change: change(docket.pk, by=self.world.builder(docket)))
        assert list(docket.lines.order_by("pk").values_list("pk", "outcome")) == before
        assert Docket.objects.filter(pk=docket.pk).exclude(state=DocketState.OPEN).exists()
