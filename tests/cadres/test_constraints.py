"""What the database itself refuses, whoever writes: each constraint from both sides."""

from contextlib import nullcontext
from datetime import date

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from cadres.models import (
    Body,
    BodyMember,
    CadreEntry,
    CadreList,
    Member,
    Membership,
    Office,
    RoleAssignment,
    Unit,
    UnitPeriod,
    User,
)
from tests.factories import START, CellFactory, HostFactory, MemberFactory, UnitFactory, UserFactory

pytestmark = pytest.mark.django_db
LATER, LAST = date(2024, 3, 1), date(2024, 6, 1)


def expect(taken):
    """The database takes it, or refuses it and is as it was."""
    return nullcontext() if taken else pytest.raises(IntegrityError)


def write(taken, row):
    """Save the row and look whether it is there."""
    with expect(taken), transaction.atomic():
        row.save()
    assert type(row)._default_manager.filter(pk=row.pk).exists() is taken


def update(taken, model, **values):
    """Change all rows of the model in the database, past every check of Python."""
    with expect(taken), transaction.atomic():
        model._default_manager.update(**values)


@pytest.fixture
def cell():
    return CellFactory()


@pytest.fixture
def member(cell):
    return MemberFactory(unit=cell, card_number="01000001")


@pytest.mark.parametrize(
    ("name_key", "ended_on", "taken"),
    [("chi bo 1", None, False), ("chi bo 2", None, True), ("chi bo 1", LATER, True)],
)
def test_units_in_force_under_one_parent_have_different_names(name_key, ended_on, taken):
    parent = UnitFactory()
    UnitFactory(parent=parent, name_key="chi bo 1")
    unit = Unit(code="NEW", name="x", name_key=name_key, kind="cell", parent=parent, ended_on=ended_on)
    write(taken, unit)


def test_the_same_name_stands_under_two_parents_but_not_twice_at_the_top():
    UnitFactory(parent=UnitFactory(name_key="a"), name_key="chi bo 1")
    write(True, Unit(code="N1", name="x", name_key="chi bo 1", kind="cell", parent=UnitFactory(name_key="b")))
    write(False, Unit(code="N2", name="x", name_key="a", kind="superior_committee"))
    write(True, Unit(code="N3", name="x", name_key="c", kind="superior_committee"))


def test_a_path_is_of_one_unit_and_only_an_empty_one_is_shared():
    first, _second = UnitFactory(), UnitFactory()
    update(False, Unit, path=first.path)
    update(True, Unit, path="")


def test_a_unit_is_not_its_own_parent(cell):
    with expect(False), transaction.atomic():
        Unit.objects.filter(pk=cell.pk).update(parent=cell)
    Unit.objects.filter(pk=cell.pk).update(parent=HostFactory())


@pytest.mark.parametrize(
    ("model", "field", "known"),
    [
        (Unit, "kind", "cell"),
        (Body, "kind", "committee"),
        (Member, "rank", "probationary"),
        (Member, "standing", "exempt"),
        (Membership, "rank", "probationary"),
        (Membership, "standing", "in_transfer"),
    ],
)
def test_only_known_words_are_kept(member, model, field, known):
    update(False, model, **{field: "something"})
    update(True, model, **{field: known})


@pytest.mark.parametrize(("end", "taken"), [(START, False), (LATER, True)])
def test_periods_of_units_memberships_and_seats_end_after_they_began(member, end, taken):
    body = Body.objects.get(unit=member.unit)
    BodyMember.objects.create(body=body, member=member, start=START)
    for model in (UnitPeriod, Membership, BodyMember):
        update(taken, model, end=end)


@pytest.mark.parametrize(("end", "taken"), [(date(2023, 12, 31), False), (START, True)])
def test_posts_and_roles_do_not_end_before_they_began(member, end, taken):
    Office.objects.create(member=member, unit=member.unit, kind="secretary", start=START)
    RoleAssignment.objects.create(user=UserFactory(), role="clerk", unit=member.unit, start=START)
    for model in (Office, RoleAssignment):
        update(taken, model, end=end)


def test_a_unit_has_one_open_period_and_one_a_day(cell):
    values = {"unit": cell, "name": cell.name, "kind": cell.kind, "change": "renamed"}
    write(False, UnitPeriod(**values, start=LATER))
    write(True, UnitPeriod(**values, start=LATER, end=LAST))
    write(False, UnitPeriod(**values, start=LATER, end=date(2024, 4, 1)))


def test_a_member_has_one_open_membership_and_one_a_day(member):
    values = {"member": member, "unit": member.unit, "rank": "official", "standing": "active"}
    write(False, Membership(**values, start=LATER))
    Membership.objects.update(end=LATER)
    write(True, Membership(**values, start=LATER))
    write(False, Membership(**values, start=LATER, end=LAST))


@pytest.mark.postgres
def test_two_memberships_of_a_member_share_no_day(member):
    values = {"unit": member.unit, "rank": "official", "standing": "active"}
    Membership.objects.update(end=LAST)
    write(False, Membership(member=member, **values, start=LATER, end=date(2024, 4, 1)))
    write(True, Membership(member=member, **values, start=LAST))
    write(True, Membership(member=MemberFactory(), **values, start=date(2023, 1, 1), end=START))


@pytest.mark.parametrize(
    ("card", "taken"), [("01000001", False), ("01000002", True), ("", False), (None, True)]
)
def test_a_card_is_of_one_member_and_never_empty(member, card, taken):
    MemberFactory(unit=member.unit, card_number=None)
    write(taken, Member(given_name="Bình", card_number=card, unit=member.unit))


@pytest.mark.parametrize(
    ("values", "taken"),
    [
        ({"given_name": ""}, False),
        ({"given_name": "An"}, True),
        ({"birth_year": 1899}, False),
        ({"birth_year": 1900}, True),
        ({"birth_year": 2100}, True),
        ({"birth_year": 2101}, False),
        ({"birth_year": None}, True),
    ],
)
def test_a_member_has_a_name_and_a_plausible_year_of_birth(member, values, taken):
    update(taken, Member, **values)


@pytest.mark.parametrize(
    ("kind", "ended_on", "taken"),
    [("cell_meeting", None, False), ("cell_meeting", LATER, True), ("committee", None, True)],
)
def test_a_unit_has_one_body_of_a_kind(cell, kind, ended_on, taken):
    write(taken, Body(unit=cell, kind=kind, name="x", ended_on=ended_on))


@pytest.mark.parametrize(("end", "taken"), [(None, False), (LATER, True)])
def test_a_member_holds_one_seat_and_one_post_of_a_kind_at_a_time(member, end, taken):
    body = Body.objects.get(unit=member.unit)
    BodyMember.objects.create(body=body, member=member, start=START)
    Office.objects.create(member=member, unit=member.unit, kind="secretary", start=START)
    write(taken, BodyMember(body=body, member=member, start=START, end=end))
    write(taken, Office(member=member, unit=member.unit, kind="secretary", start=START, end=end))
    write(True, Office(member=member, unit=member.unit, kind="deputy_secretary", start=START))


def test_a_post_is_of_a_known_kind(member):
    Office.objects.create(member=member, unit=member.unit, kind="secretary", start=START)
    update(False, Office, kind="chairman")
    update(True, Office, kind="committee_member")


def test_a_list_of_cadres_stands_once_a_year_and_names_a_member_once(member):
    listed = CadreList.objects.create(unit=member.unit, year=2024, title="x")
    write(False, CadreList(unit=member.unit, year=2024, title="y"))
    write(True, CadreList(unit=member.unit, year=2025, title="y"))
    entry = {"cadre_list": listed, "unit": member.unit, "post_printed": "x", "unit_printed": "x"}
    write(True, CadreEntry(**entry, member=member, order=1))
    write(False, CadreEntry(**entry, member=member, order=2))
    write(True, CadreEntry(**entry, member=MemberFactory(), order=2))


@pytest.mark.parametrize(
    ("at_unit", "at_body", "taken"),
    [(True, True, False), (False, False, False), (True, False, True), (False, True, True)],
)
def test_a_role_is_held_at_a_unit_or_at_a_body(cell, at_unit, at_body, taken):
    unit, body = cell if at_unit else None, Body.objects.get(unit=cell) if at_body else None
    write(taken, RoleAssignment(user=UserFactory(), role="recorder", unit=unit, body=body, start=START))


def test_nobody_grants_himself_and_a_role_is_open_once_at_a_place(cell):
    user, other = UserFactory(), UserFactory()
    at = {"user": user, "role": "clerk", "unit": cell, "start": START}
    write(False, RoleAssignment(**at, granted_by=user))
    write(True, RoleAssignment(**at, granted_by=other))
    write(False, RoleAssignment(**at))
    write(True, RoleAssignment(**at, end=LATER))
    body = {"user": user, "role": "recorder", "body": Body.objects.get(unit=cell), "start": START}
    write(True, RoleAssignment(**body))
    write(False, RoleAssignment(**body))
    update(False, RoleAssignment, role="king")


def test_a_one_time_code_has_an_end():
    UserFactory()
    update(False, User, must_set_password=True)
    update(True, User, must_set_password=True, code_expires_at=timezone.now())
