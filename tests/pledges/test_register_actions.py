"""Drafts and submission: versions, the journal, on whose behalf, stale forms, double clicks, the window."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from cadres.actions.members import move_members
from cadres.models import Member, UnitChange, User
from cadres.roles import Role
from pledges.actions import recording, register
from pledges.actions.acts import Act, NotAllowedError, StaleError
from pledges.actions.journal import altered_versions, broken_chains
from pledges.content import Parts, SubTargetEntry, content_of, digest
from pledges.models import (
    Channel,
    EventAction,
    GuidanceItem,
    GuidanceList,
    ListKind,
    Pledge,
    PledgeEvent,
    PledgeTier,
    PledgeVersion,
)
from pledges.states import CampaignState, PledgeStatus
from tests.factories import MemberFactory, UserFactory, user_with
from tests.pledges.factories import (
    CONTENT,
    DAY,
    CampaignFactory,
    apply,
    cell_of,
    draft_of,
    key_cadre_tier,
    members_tier,
    pledge_in,
    pledge_of,
    secretary_of,
    typed,
)
from tests.pledges.threads import at_once


def act(by, **kwargs):
    return Act(**{"by": by, "on": DAY} | kwargs)


def test_registering_writes_pledge_version_tier_journal_and_outbox(tier, lead, own):
    pledge = pledge_of(lead, tier, own)

    assert (pledge.status, pledge.unit, pledge.lead_member) == (PledgeStatus.SUBMITTED, lead.unit, lead)
    assert (pledge.submitted_on, pledge.versions_made, pledge.created_by) == (DAY, 1, own)
    version = PledgeVersion.objects.get(pledge=pledge)
    assert version.content["title"] == CONTENT["title"]
    assert version.digest == digest(version.content)
    assert PledgeTier.objects.filter(pledge=pledge, tier=tier, member=lead).exists()
    events = PledgeEvent.objects.filter(pledge=pledge).order_by("seq")
    assert [(event.seq, event.action, event.version_no) for event in events] == [
        (1, EventAction.CREATED, None),
        (2, EventAction.SUBMITTED, 1),
    ]
    assert [event.on_behalf_of for event in events] == [None, None]
    assert list(UnitChange.objects.values_list("unit", "campaign")) == [(lead.unit_id, tier.campaign_id)]
    assert broken_chains() == []


def test_one_act_leaves_the_record_that_a_draft_and_its_sending_leave(tier, lead, own):
    other = MemberFactory(unit=lead.unit)
    drafted = draft_of(other, tier, own_of(other))
    assert register.submit([drafted.pk], act=act(own_of(other))).done
    sent = pledge_of(lead, tier, own)
    assert _record(Pledge.objects.get(pk=sent.pk)) == _record(Pledge.objects.get(pk=drafted.pk))
    assert _record(sent) == _record(Pledge.objects.get(pk=sent.pk))
    assert broken_chains() == altered_versions() == []


def own_of(member):
    return User.objects.filter(member=member).first() or UserFactory(member=member)


def _record(pledge):
    """What one act and two must agree on, but for keys, instants and digests over them."""
    columns = ("status", "unit_id", "lane", "submitted_on", "versions_made", "journal_seq", "revision")
    events = pledge.events.values_list("seq", "action", "from_status", "to_status", "version_no", "on")
    versions = pledge.versions.values_list("no", "content", "digest", "search_key")
    tiers = pledge.in_tiers.values_list("tier")
    return [getattr(pledge, name) for name in columns], *map(list, (events, versions, tiers))


def test_who_moved_while_the_form_was_on_its_way_is_registered_where_he_stands(tier, lead):
    by, form, cell = secretary_of(lead.unit), typed(tier, lead), cell_of(tier.campaign)
    move_members([Member.objects.get(pk=lead.pk)], cell, on=DAY, by=None)
    with pytest.raises(NotAllowedError):
        register.register(form, act=act(by), day=DAY)
    pledge = register.register(form, act=act(secretary_of(cell)), day=DAY)
    assert (pledge.unit, Pledge.objects.get().unit) == (cell, cell)


def test_a_draft_leaves_the_counts_alone(tier, lead, own):
    pledge = draft_of(lead, tier, own)
    assert pledge.status == PledgeStatus.DRAFT
    assert not UnitChange.objects.exists()
    assert not PledgeVersion.objects.exists()


def test_the_secretary_registers_and_the_record_says_for_whom(tier, lead):
    by = secretary_of(lead.unit)
    pledge = pledge_of(lead, tier, by)
    events = PledgeEvent.objects.filter(pledge=pledge)
    assert {(event.actor, event.on_behalf_of, event.channel) for event in events} == {(by, lead, Channel.WEB)}


def test_a_double_click_is_one_pledge(tier, lead, own):
    form = typed(tier, lead)
    first = register.register(form, act=act(own), day=DAY)
    second = register.register(form, act=act(own), day=DAY)
    assert first.pk == second.pk
    assert Pledge.objects.count() == 1
    assert PledgeEvent.objects.count() == 2
    assert PledgeVersion.objects.count() == 1


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_clicks_in_one_instant_are_one_pledge():
    tier = members_tier(CampaignFactory())
    lead = MemberFactory(unit=cell_of(tier.campaign))
    form, by = typed(tier, lead), UserFactory(member=lead)

    def click():
        return register.register(form, act=act(by), day=DAY)

    answers = at_once(click, click)

    assert [answer.pk for answer in answers] == [Pledge.objects.get().pk] * 2
    assert PledgeEvent.objects.count() == 2
    assert broken_chains() == []


def test_saving_a_draft_again_writes_one_row_and_keeps_the_chain(tier, lead, own):
    pledge = draft_of(lead, tier, own)
    again = typed(tier, lead, ref=pledge.ref, revision=pledge.revision, content={"product": "Xóa 2 điểm"})
    saved = register.save_draft(again, act=act(own), day=DAY)
    assert (saved.pk, saved.product, saved.revision) == (pledge.pk, "Xóa 2 điểm", pledge.revision + 1)
    assert PledgeEvent.objects.filter(action=EventAction.EDITED).count() == 1
    assert broken_chains() == []


def test_saving_what_stands_there_already_writes_nothing(tier, lead, own):
    pledge = draft_of(lead, tier, own, content={"target": Decimal("1200.00")})
    same = typed(tier, lead, ref=pledge.ref, revision=pledge.revision, content={"target": Decimal(1200)})
    assert register.save_draft(same, act=act(own), day=DAY).revision == pledge.revision
    assert PledgeEvent.objects.count() == 1


def test_a_stale_form_overwrites_nothing(tier, lead, own):
    pledge = draft_of(lead, tier, own)
    opened = pledge.revision
    mine = typed(tier, lead, ref=pledge.ref, revision=opened, content={"title": "Việc thứ nhất"})
    yours = typed(tier, lead, ref=pledge.ref, revision=opened, content={"title": "Việc thứ hai"})
    register.save_draft(mine, act=act(own), day=DAY)
    with pytest.raises(StaleError):
        register.register(yours, act=act(own), day=DAY)
    pledge.refresh_from_db()
    assert (pledge.title, pledge.status) == ("Việc thứ nhất", PledgeStatus.DRAFT)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_of_two_different_forms_at_once_one_is_stale():
    tier = members_tier(CampaignFactory())
    lead = MemberFactory(unit=cell_of(tier.campaign))
    by = UserFactory(member=lead)
    pledge = draft_of(lead, tier, by)

    def save(title):
        form = typed(tier, lead, ref=pledge.ref, revision=pledge.revision, content={"title": title})
        return register.save_draft(form, act=act(by), day=DAY)

    answers = at_once(lambda: save("Một"), lambda: save("Hai"))

    assert sorted(type(answer).__name__ for answer in answers) == ["Pledge", "StaleError"]
    assert broken_chains() == []


def test_what_was_sent_is_not_changed_by_a_form(tier, lead, own):
    pledge = pledge_of(lead, tier, own)
    late = typed(tier, lead, ref=pledge.ref, revision=pledge.revision, content={"title": "Khác"})
    with pytest.raises(NotAllowedError):
        register.save_draft(late, act=act(own), day=DAY)
    pledge.refresh_from_db()
    assert pledge.title == CONTENT["title"]


def test_a_form_with_the_ref_of_another_registration_is_refused(tier, lead, own):
    other = MemberFactory(unit=lead.unit)
    theirs = draft_of(other, tier, UserFactory(member=other))
    forged = typed(tier, lead, ref=theirs.ref, revision=theirs.revision, content={"title": "Khác"})
    for form in (forged, typed(tier, lead, ref=theirs.ref)):
        with pytest.raises(NotAllowedError, match="đăng ký khác"), transaction.atomic():
            register.register(form, act=act(own), day=DAY)
    theirs.refresh_from_db()
    assert (theirs.title, theirs.status) == (CONTENT["title"], PledgeStatus.DRAFT)


def test_what_the_database_refuses_besides_is_a_fault_and_no_answer(tier, lead, own):
    wordless: Any = SubTargetEntry(None)
    with pytest.raises(IntegrityError), transaction.atomic():
        register.register(typed(tier, lead, parts=Parts(sub_targets=(wordless,))), act=act(own), day=DAY)
    assert not Pledge.objects.exists()


def test_an_amended_pledge_gets_a_second_version_and_the_first_stays(tier, lead, own):
    pledge = pledge_in(PledgeStatus.RETURNED, lead, tier, own)
    first = PledgeVersion.objects.get(pledge=pledge)
    amended = typed(tier, lead, ref=pledge.ref, revision=pledge.revision, content={"product": "Xóa 1/1 điểm"})
    register.register(amended, act=act(own), day=DAY)
    versions = list(PledgeVersion.objects.filter(pledge=pledge).order_by("no"))
    assert [(version.no, version.content["product"]) for version in versions] == [
        (1, CONTENT["product"]),
        (2, "Xóa 1/1 điểm"),
    ]
    assert (versions[0].content, versions[0].digest) == (first.content, first.digest)


def test_partners_are_part_of_the_version(tier, lead, own):
    pledge = pledge_of(lead, tier, own, partners=["Công an phường", "Hội Phụ nữ"])
    version = PledgeVersion.objects.get(pledge=pledge)
    assert version.content["partners"] == ["Công an phường", "Hội Phụ nữ"]
    assert version.content == content_of(pledge, Parts.named(["Công an phường", "Hội Phụ nữ"]))


@pytest.mark.parametrize(
    "content",
    [{"title": ""}, {"novelty": ""}, {"product": ""}, {"due_on": None}, {"due_on": date(2025, 1, 1)}],
    ids=["title", "novelty", "product", "due", "another year"],
)
def test_what_is_not_complete_is_not_submitted_and_leaves_no_draft(tier, lead, own, content):
    with pytest.raises(NotAllowedError):
        pledge_of(lead, tier, own, content=content)
    assert not Pledge.objects.exists()
    assert not PledgeEvent.objects.exists()


@pytest.mark.parametrize("day", [date(2024, 1, 14), date(2024, 4, 1)], ids=["before", "after"])
def test_outside_the_window_nothing_is_begun(tier, lead, own, day):
    for write in (register.save_draft, register.register):
        with pytest.raises(NotAllowedError):
            write(typed(tier, lead), act=act(own, on=day), day=day)
    assert not Pledge.objects.exists()


@pytest.mark.parametrize("day", [date(2024, 1, 15), date(2024, 3, 31)], ids=["first", "last"])
def test_both_ends_of_the_window_belong_to_it(tier, lead, own, day):
    assert register.register(typed(tier, lead), act=act(own, on=day), day=day).submitted_on == day


@pytest.mark.parametrize("state", [state for state in CampaignState if state != CampaignState.OPEN])
def test_only_an_open_campaign_takes_registrations(tier, lead, own, state):
    tier.campaign.state = state
    tier.campaign.save()
    with pytest.raises(NotAllowedError):
        pledge_of(lead, tier, own)


def test_a_draft_is_not_sent_after_the_window(tier, lead, own):
    pledge = draft_of(lead, tier, own)
    answer = register.submit([pledge.pk], act=act(own, on=date(2024, 4, 1)))
    assert [refused.pledge_id for refused in answer.refused] == [pledge.pk]


def test_what_was_returned_is_amended_after_the_window_too(tier, lead, own):
    pledge = pledge_in(PledgeStatus.RETURNED, lead, tier, own)
    answer = register.submit([pledge.pk], act=act(own, on=date(2024, 4, 20)))
    assert [done.pk for done in answer.done] == [pledge.pk]


@pytest.mark.parametrize("role", [Role.GRASSROOTS_OFFICER, Role.BOARD_OFFICER, Role.INSPECTOR])
def test_who_only_reads_registers_for_nobody(tier, lead, role):
    with pytest.raises(NotAllowedError):
        pledge_of(lead, tier, user_with(role, unit=tier.campaign.host))
    assert not Pledge.objects.exists()


def test_the_secretary_of_another_cell_registers_for_nobody_here(tier, lead):
    with pytest.raises(NotAllowedError):
        pledge_of(lead, tier, secretary_of(cell_of(tier.campaign)))


def test_submit_refuses_who_may_not_type_for_the_lead(tier, lead, own):
    pledge = draft_of(lead, tier, own)
    stranger = secretary_of(cell_of(tier.campaign))
    answer = register.submit([pledge.pk], act=act(stranger))
    assert [refused.pledge_id for refused in answer.refused] == [pledge.pk]


def test_a_key_cadre_stands_on_the_list(db):
    campaign = CampaignFactory()
    lead = MemberFactory(unit=cell_of(campaign))
    with pytest.raises(NotAllowedError):
        pledge_of(lead, key_cadre_tier(campaign), UserFactory(member=lead))


def test_the_clarity_list_gates_the_pledges_of_key_cadres(db):
    campaign = CampaignFactory()
    clarity = GuidanceList.objects.create(kind=ListKind.CLARITY, name="5 rõ")
    GuidanceItem.objects.create(guidance_list=clarity, order=1, label="Rõ trách nhiệm", fields=["own_role"])
    campaign.lists.add(clarity)
    lead = MemberFactory(unit=cell_of(campaign))
    tier, by = key_cadre_tier(campaign, [lead]), UserFactory(member=lead)

    with pytest.raises(NotAllowedError, match="Rõ trách nhiệm"):
        pledge_of(lead, tier, by)
    assert pledge_of(lead, tier, by, content={"own_role": "Chỉ đạo"}).status == PledgeStatus.SUBMITTED


def test_submitting_a_set_sends_what_is_complete_and_names_the_rest(tier, lead, own):
    ready, bare = draft_of(lead, tier, own), draft_of(lead, tier, own, content={"product": ""})
    sent = pledge_of(lead, tier, own)
    answer = register.submit([ready.pk, bare.pk, sent.pk], act=act(own))
    assert [pledge.pk for pledge in answer.done] == [ready.pk]
    assert [refused.pledge_id for refused in answer.refused] == [bare.pk]
    assert [pledge.pk for pledge in answer.unchanged] == [sent.pk]


def test_a_second_submission_after_a_return_counts_the_unit_again(tier, lead, own):
    pledge = pledge_in(PledgeStatus.RETURNED, lead, tier, own)
    UnitChange.objects.all().delete()
    apply(PledgeStatus.SUBMITTED, pledge, own)
    assert UnitChange.objects.filter(unit=lead.unit, campaign=tier.campaign_id).count() == 1


def test_a_workbook_asked_for_before_the_campaign_was_closed_writes_nothing_after(tier, lead, own):
    tier.campaign.state = CampaignState.CLOSED
    tier.campaign.save()
    with pytest.raises(NotAllowedError):
        recording.record_many([typed(tier, lead, on=DAY)], act=act(own, channel=Channel.IMPORT))
    assert not Pledge.objects.exists()


def test_a_workbook_is_taken_over_once(tier, lead, own):
    lines = [typed(tier, lead, on=date(2024, 3, day)) for day in (1, 2)]
    lines.append(typed(tier, lead, on=None))
    by_hand = act(own, channel=Channel.IMPORT)

    made, again = recording.record_many(lines, act=by_hand), recording.record_many(lines, act=by_hand)

    assert (len(made), again) == (3, [])
    days = list(Pledge.objects.order_by("pk").values_list("submitted_on", flat=True))
    assert days == [date(2024, 3, 1), date(2024, 3, 2), None]
    assert set(Pledge.objects.values_list("status", "versions_made")) == {(PledgeStatus.SUBMITTED, 1)}
    events = PledgeEvent.objects.order_by("pledge")
    assert [(event.on, event.channel, event.from_status) for event in events] == [
        (day, Channel.IMPORT, "") for day in days
    ]
    assert broken_chains() == []
