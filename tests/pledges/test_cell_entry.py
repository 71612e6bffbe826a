"""Rows of a cell's list saved together: good ones written, bad ones refused, nothing lost, once."""

import uuid
from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cadres.models import UnitChange
from pledges.actions import register
from pledges.actions.acts import Act, NotAllowedError
from pledges.actions.cell_entry import RowTyped, save_rows
from pledges.actions.journal import altered_versions, broken_chains
from pledges.models import EventAction, Lane, Pledge, PledgeEvent, PledgeVersion, Suggestion, Theme, TierKind
from pledges.states import CampaignState, PledgeStatus
from tests.factories import MemberFactory, UserFactory
from tests.pledges.factories import (
    CONTENT,
    DAY,
    cell_of,
    draft_of,
    key_cadre_tier,
    pledge_in,
    pledge_of,
    secretary_of,
    typed,
)
from tests.pledges.threads import at_once


@pytest.fixture
def cell(tier):
    return cell_of(tier.campaign)


@pytest.fixture
def by(cell):
    return secretary_of(cell)


@pytest.fixture
def save(tier, cell, by):
    """Save rows as the secretary of the cell."""

    def run(*rows, send=False, who=None, day=DAY):
        return save_rows(rows, tier=tier, cell=cell, by=who or by, day=day, send=send)

    return run


def row(member, pledge=None, *, revision=None, ref=None, **content):
    """A row as typed: complete by the four questions, `content` laid over it."""
    given = ref or (pledge.ref if pledge else uuid.uuid4())
    if revision is None and pledge is not None:
        revision = pledge.revision
    return RowTyped(member_id=member.pk, ref=given, revision=revision, content=CONTENT | content)


def test_a_suggested_task_keeps_its_theme_in_the_table(save, tier, cell):
    theme = Theme.objects.create(campaign=tier.campaign, order=1, title="Môi trường")
    Suggestion.objects.create(tier=tier, unit=cell.parent, order=1, title="Phân loại rác", theme=theme)
    first, second = MemberFactory(unit=cell), MemberFactory(unit=cell)
    save(row(first, title="phân loại rác"), row(second))
    begun = Pledge.objects.get(lead_member=second)
    assert (Pledge.objects.get(lead_member=first).theme, begun.theme) == (theme, None)
    save(row(second, begun, title="Phân loại rác"), send=True)
    sent = Pledge.objects.get(lead_member=second)
    assert (sent.theme, sent.versions.get().content["theme_id"]) == (theme, theme.pk)


def test_rows_are_saved_as_drafts_like_those_of_the_form(save, tier, cell, by):
    people = [MemberFactory(unit=cell) for _ in range(3)]
    answers = save(*(row(one, title=f"Việc {no}") for no, one in enumerate(people)))
    assert [(one.member_id, one.done, one.error) for one in answers] == [(one.pk, True, "") for one in people]
    form = draft_of(MemberFactory(unit=cell), tier, by)
    pledges = [one.pledge for one in answers]
    assert [pledge.title for pledge in pledges] == ["Việc 0", "Việc 1", "Việc 2"]
    for pledge in pledges:
        assert _shape(pledge) == _shape(form)
        assert pledge.revision == form.revision
    assert broken_chains() == []


def test_rows_are_sent_like_the_form_sends(save, tier, cell, by):
    people = [MemberFactory(unit=cell) for _ in range(3)]
    answers = save(*map(row, people), send=True)
    form = pledge_of(MemberFactory(unit=cell), tier, by)
    for answer in answers:
        assert (answer.done, answer.error) == (True, "")
        assert _shape(answer.pledge) == _shape(form)
        assert answer.pledge.versions.get().content == form.versions.get().content
    assert {change.unit_id for change in UnitChange.objects.all()} == {cell.pk}
    assert broken_chains() == altered_versions() == []


def _shape(pledge):
    """What two ways of registering must agree on."""
    events = pledge.events.values_list(
        "seq", "action", "from_status", "to_status", "version_no", "actor", "on", "channel", "note"
    )
    behalf = [event.on_behalf_of == pledge.lead_member for event in pledge.events.all()]
    tiers = list(pledge.in_tiers.values_list("tier", flat=True))
    leads = {place.member_id == pledge.lead_member_id for place in pledge.in_tiers.all()}
    columns = ("status", "unit_id", "campaign_id", "lane", "submitted_on", "journal_seq", "created_by_id")
    return list(events), behalf, tiers, leads, [getattr(pledge, name) for name in columns]


def test_the_same_rows_twice_are_one_effect(save, cell):
    rows = [row(MemberFactory(unit=cell)) for _ in range(2)]
    for send in (False, True):
        first, second = save(*rows, send=send), save(*rows, send=send)
        assert [one.done for one in first] == [True, True]
        assert [(one.done, one.error) for one in second] == [(False, ""), (False, "")]
    assert Pledge.objects.count() == PledgeVersion.objects.count() == 2
    assert PledgeEvent.objects.count() == 4


def test_bad_rows_are_refused_with_their_field_and_the_others_are_saved(save, cell):
    people = [MemberFactory(unit=cell) for _ in range(6)]
    wrong = [
        row(people[0], title=""),
        row(people[1], novelty=""),
        row(people[2], product=""),
        row(people[3], due_on=None),
        row(people[4], due_on=date(2025, 6, 30)),
    ]
    answers = save(*wrong, row(people[5]), send=True)
    assert [one.field for one in answers] == ["title", "novelty", "product", "due_on", "due_on", ""]
    assert all(one.error for one in answers[:5])
    assert list(Pledge.objects.values_list("lead_member", "status")) == [(people[5].pk, "submitted")]


def test_a_draft_may_be_unfinished_but_has_a_title(save, cell):
    first, second = MemberFactory(unit=cell), MemberFactory(unit=cell)
    empty = {"novelty": "", "product": "", "due_on": None, "due_kind": "day"}
    answers = save(row(first, **empty), row(second, title="", novelty="", due_on=None))
    assert [(one.done, one.field) for one in answers] == [(True, ""), (False, "title")]
    assert Pledge.objects.get().status == PledgeStatus.DRAFT


def test_a_row_that_was_not_begun_is_left_alone(save, cell):
    answer = save(row(MemberFactory(unit=cell), title="", product=""), send=True)
    assert [(one.done, one.error, one.pledge) for one in answer] == [(False, "", None)]
    assert not Pledge.objects.exists()


def test_a_changed_draft_is_rewritten_and_an_untouched_one_is_not(save, tier, cell, by):
    drafts = [draft_of(MemberFactory(unit=cell), tier, by) for _ in range(2)]
    changed, kept = save(
        row(drafts[0].lead_member, drafts[0], title="Việc khác"), row(drafts[1].lead_member, drafts[1])
    )
    assert (changed.done, kept.done) == (True, False)
    assert changed.pledge.title == "Việc khác"
    assert [event.action for event in changed.pledge.events.all()] == [
        EventAction.CREATED,
        EventAction.EDITED,
    ]
    assert kept.pledge.events.count() == 1
    assert (changed.pledge.revision, kept.pledge.revision) == (drafts[0].revision + 1, drafts[1].revision)
    assert broken_chains() == []


def test_a_draft_rewritten_in_the_table_keeps_what_the_table_does_not_show(save, tier, cell, by):
    draft = draft_of(
        MemberFactory(unit=cell), tier, by, content={"place": "Ngõ 76"}, partners=["Tổ dân phố 5"]
    )
    (answer,) = save(row(draft.lead_member, draft, title="Việc khác"), send=True)
    assert answer.pledge.place == "Ngõ 76"
    assert answer.pledge.versions.get().content["partners"] == ["Tổ dân phố 5"]


def test_sending_takes_the_untouched_drafts_along(save, tier, cell, by):
    draft = draft_of(MemberFactory(unit=cell), tier, by)
    (answer,) = save(row(draft.lead_member, draft), send=True)
    assert (answer.done, answer.pledge.status) == (True, PledgeStatus.SUBMITTED)


def test_an_unfinished_draft_is_not_sent(save, tier, cell, by):
    draft = draft_of(MemberFactory(unit=cell), tier, by, content={"product": ""})
    (answer,) = save(row(draft.lead_member, draft, product=""), send=True)
    assert (answer.done, answer.field, answer.pledge) == (False, "product", None)
    draft.refresh_from_db()
    assert draft.status == PledgeStatus.DRAFT


def test_what_was_returned_goes_again_once_it_was_amended(save, tier, cell, by):
    pledge = pledge_in(PledgeStatus.RETURNED, MemberFactory(unit=cell), tier, by)
    member = pledge.lead_member
    (untouched,) = save(row(member, pledge), send=True)
    assert (untouched.done, untouched.pledge.status) == (False, PledgeStatus.RETURNED)
    (incomplete,) = save(row(member, pledge, product=""))
    assert (incomplete.done, incomplete.field) == (False, "product")
    (kept,) = save(row(member, pledge, title="Việc đã rõ"))
    assert (kept.done, kept.pledge.status) == (True, PledgeStatus.RETURNED)
    (sent,) = save(row(member, kept.pledge, title="Việc đã rõ"), send=True)
    assert (sent.done, sent.pledge.status, sent.pledge.versions_made) == (True, PledgeStatus.SUBMITTED, 2)
    assert sent.pledge.submitted_on == pledge.submitted_on
    assert broken_chains() == altered_versions() == []


def test_what_somebody_else_changed_is_refused_and_given_back(save, tier, cell, by):
    draft = draft_of(MemberFactory(unit=cell), tier, by)
    other = MemberFactory(unit=cell)
    (first,) = save(row(draft.lead_member, draft, title="Của người thứ nhất"))
    stale, good = save(row(draft.lead_member, draft, title="Của người thứ hai"), row(other))
    assert (stale.done, bool(stale.error), stale.pledge.title) == (False, True, "Của người thứ nhất")
    assert stale.pledge.revision == first.pledge.revision
    assert good.done
    (again,) = save(row(draft.lead_member, stale.pledge, title="Của người thứ hai"))
    assert again.pledge.title == "Của người thứ hai"


def test_what_somebody_else_began_is_refused_and_given_back(save, tier, cell, by):
    member = MemberFactory(unit=cell)
    theirs = draft_of(member, tier, by, content={"title": "Việc của người khác"})
    (answer,) = save(row(member))
    assert (answer.done, bool(answer.error), answer.pledge) == (False, True, theirs)
    assert Pledge.objects.count() == 1


@pytest.mark.parametrize("status", [PledgeStatus.SUBMITTED, PledgeStatus.APPROVED])
def test_what_was_sent_is_not_changed(save, tier, cell, by, status):
    pledge = pledge_in(status, MemberFactory(unit=cell), tier, by)
    (answer,) = save(row(pledge.lead_member, pledge, title="Việc khác"), send=True)
    assert (answer.done, bool(answer.error), answer.pledge) == (False, True, pledge)
    pledge.refresh_from_db()
    assert pledge.title == CONTENT["title"]


@pytest.mark.parametrize("status", [PledgeStatus.WITHDRAWN, PledgeStatus.REJECTED])
def test_after_a_withdrawal_a_new_task_may_be_typed(save, tier, cell, by, status):
    member = MemberFactory(unit=cell)
    pledge_in(status, member, tier, by)
    (answer,) = save(row(member), send=True)
    assert answer.pledge.status == PledgeStatus.SUBMITTED


def test_a_row_takes_no_other_registration(save, tier, cell, by):
    elsewhere = cell_of(tier.campaign)
    theirs = draft_of(MemberFactory(unit=elsewhere), tier, secretary_of(elsewhere))
    member, ref = MemberFactory(unit=cell), uuid.uuid4()
    foreign, first, second = save(
        row(member, theirs, title="Chiếm chỗ"),
        row(member, ref=ref),
        row(MemberFactory(unit=cell), ref=ref),
    )
    assert (bool(foreign.error), foreign.pledge) == (True, None)
    assert (first.done, second.done, bool(second.error)) == (True, False, True)
    theirs.refresh_from_db()
    assert theirs.title == CONTENT["title"]


def test_only_those_who_stand_in_the_cell_are_typed_for(save, tier, cell):
    stranger, left = MemberFactory(unit=cell_of(tier.campaign)), MemberFactory(unit=cell)
    left.memberships.update(end=DAY)
    answers = save(row(stranger), row(left))
    assert [(one.done, bool(one.error)) for one in answers] == [(False, True), (False, True)]
    assert not Pledge.objects.exists()


def test_only_the_secretary_of_the_cell_types_its_list(save, tier, cell):
    member = MemberFactory(unit=cell)
    for user in (secretary_of(cell_of(tier.campaign)), UserFactory(member=member), UserFactory()):
        with pytest.raises(NotAllowedError):
            save(row(member), who=user)
    cadres = key_cadre_tier(tier.campaign, [member])
    with pytest.raises(NotAllowedError):
        save_rows([row(member)], tier=cadres, cell=cell, by=secretary_of(cell), day=DAY, send=False)
    assert not Pledge.objects.exists()


def test_after_the_window_only_newcomers_are_registered(save, tier, cell, by):
    member = MemberFactory(unit=cell)
    draft = draft_of(MemberFactory(unit=cell), tier, by)
    newcomer = MemberFactory(unit=cell)
    newcomer.memberships.update(start=date(2024, 3, 1))
    tier.campaign.closes_on = date(2024, 3, 25)
    tier.campaign.save()
    late, unsent, new = save(row(member), row(draft.lead_member, draft), row(newcomer), send=True)
    assert [(one.done, bool(one.error)) for one in (late, unsent, new)] == [
        (False, True),
        (False, True),
        (True, False),
    ]
    assert (new.pledge.status, new.pledge.lane) == (PledgeStatus.SUBMITTED, Lane.NEWCOMER)


def test_in_a_closed_campaign_nothing_is_written(save, tier, cell, by):
    draft = draft_of(MemberFactory(unit=cell), tier, by)
    tier.campaign.state = CampaignState.CLOSED
    tier.campaign.save()
    answers = save(row(draft.lead_member, draft, title="Việc khác"), row(MemberFactory(unit=cell)), send=True)
    assert [(one.done, bool(one.error)) for one in answers] == [(False, True), (False, True)]
    draft.refresh_from_db()
    assert draft.title == CONTENT["title"]


def test_pledges_count_in_the_tiers_below_too(save, tier, cell, by):
    listed, other = MemberFactory(unit=cell), MemberFactory(unit=cell)
    lower = key_cadre_tier(tier.campaign, [listed], order=9, kind=TierKind.GRASSROOTS_CADRES)
    answers = save(row(listed), row(other))
    counted = [set(answer.pledge.in_tiers.values_list("tier", "member")) for answer in answers]
    assert counted == [{(tier.pk, listed.pk), (lower.pk, listed.pk)}, {(tier.pk, other.pk)}]
    form = draft_of(listed, tier, by)
    assert set(form.in_tiers.values_list("tier", "member")) == counted[0]


def _statements(save, rows, *, send):
    with CaptureQueriesContext(connection) as caught:
        answers = save(*rows, send=send)
    assert all(answer.done for answer in answers)
    return len(caught)


@pytest.mark.parametrize(("send", "statements"), [(False, 11), (True, 14)])
def test_the_statements_do_not_grow_with_new_rows(save, cell, send, statements):
    save(row(MemberFactory(unit=cell)))  # what the secretary may do has been read by now
    one = _statements(save, [row(MemberFactory(unit=cell))], send=send)
    # SQLite takes the columns of at most 24 new pledges in one statement.
    many = _statements(save, [row(MemberFactory(unit=cell)) for _ in range(24)], send=send)
    assert one == many
    thirty = _statements(save, [row(MemberFactory(unit=cell)) for _ in range(30)], send=send)
    assert thirty <= many + 1
    assert one == statements


@pytest.mark.parametrize("send", [False, True])
def test_the_statements_do_not_grow_with_changed_rows(save, tier, cell, by, send):
    drafts = [draft_of(MemberFactory(unit=cell), tier, by) for _ in range(31)]
    rows = [row(draft.lead_member, draft, title="Việc khác") for draft in drafts]
    assert _statements(save, rows[:1], send=send) == _statements(save, rows[1:], send=send)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_secretaries_on_one_row_at_once(tier, cell):
    member, users = MemberFactory(unit=cell), [secretary_of(cell), secretary_of(cell)]

    def act(user):
        return lambda: save_rows([row(member)], tier=tier, cell=cell, by=user, day=DAY, send=True)[0]

    answers = at_once(*map(act, users))
    assert sorted(answer.done for answer in answers) == [False, True]
    assert Pledge.objects.count() == 1


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_the_form_and_the_table_at_once(tier, cell, by):
    member = MemberFactory(unit=cell)
    draft = draft_of(member, tier, by)
    form = typed(tier, member, ref=draft.ref, revision=draft.revision, content={"title": "Ở biểu mẫu"})
    answers = at_once(
        lambda: register.save_draft(form, act=Act(by=by, on=DAY), day=DAY),
        lambda: save_rows(
            [row(member, draft, title="Ở bảng")], tier=tier, cell=cell, by=by, day=DAY, send=False
        )[0],
    )
    refused = [one for one in answers if isinstance(one, Exception) or getattr(one, "error", "")]
    assert len(refused) == 1
    assert broken_chains() == []
