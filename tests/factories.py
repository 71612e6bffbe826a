"""Boring factories: the least that the constraints accept."""

from datetime import date

import factory

from cadres.models import Body, BodyKind, Member, Membership, RoleAssignment, Unit, UnitKind, UnitPeriod, User
from cadres.roles import Role
from cadres.text import fold

START = date(2024, 1, 1)


class UnitFactory(factory.django.DjangoModelFactory):
    """A unit in force with its path and its open period; `parent` None makes a top."""

    class Meta:
        model = Unit
        skip_postgeneration_save = True

    code = factory.Sequence(lambda n: f"U{n}")
    name = factory.Sequence(lambda n: f"Đảng bộ số {n}")
    name_key = factory.LazyAttribute(lambda unit: fold(unit.name))
    kind = UnitKind.GRASSROOTS_COMMITTEE
    parent = None

    @factory.post_generation
    def placed(unit, create, extracted, **kwargs):
        unit.path = unit.path_below(unit.parent.path if unit.parent else "")
        unit.save(update_fields=["path"])
        UnitPeriod.objects.create(
            unit=unit, name=unit.name, kind=unit.kind, parent=unit.parent, start=START, change="founded"
        )


class HostFactory(UnitFactory):
    """A superior committee (quận ủy) without a parent."""

    name = factory.Sequence(lambda n: f"Đảng bộ quận số {n}")
    kind = UnitKind.SUPERIOR_COMMITTEE


class CellFactory(UnitFactory):
    """A cell with its meeting body."""

    name = factory.Sequence(lambda n: f"Chi bộ số {n}")
    kind = UnitKind.CELL
    parent = factory.SubFactory(UnitFactory)

    @factory.post_generation
    def meeting(unit, create, extracted, **kwargs):
        Body.objects.create(unit=unit, kind=BodyKind.CELL_MEETING, name=unit.name)


class MemberFactory(factory.django.DjangoModelFactory):
    """A member with the open membership from 01/01/2024."""

    class Meta:
        model = Member
        skip_postgeneration_save = True

    family_names = "Nguyễn Văn"
    given_name = factory.Sequence(lambda n: f"An{n}")
    birth_year = 1960
    card_number = factory.Sequence(lambda n: f"{n:08d}")
    unit = factory.SubFactory(CellFactory)
    position = factory.Sequence(lambda n: n)

    @factory.post_generation
    def placed(member, create, extracted, **kwargs):
        member.set_keys().save(update_fields=["sort_key", "search_key"])
        Membership.objects.create(
            member=member, unit=member.unit, rank=member.rank, standing=member.standing, start=START
        )


class UserFactory(factory.django.DjangoModelFactory):
    """An account with the password "mat-khau-thu"."""

    class Meta:
        model = User
        skip_postgeneration_save = True

    username = factory.Sequence(lambda n: f"user{n}")
    display_name = factory.Sequence(lambda n: f"Đồng chí {n}")

    @factory.post_generation
    def secret(user, create, extracted, **kwargs):
        user.set_password("mat-khau-thu")
        user.save(update_fields=["password"])


def user_with(role: Role, *, unit: Unit | None = None, body: Body | None = None, **kwargs) -> User:
    """An account that holds one role since 01/01/2024."""
    user = UserFactory(**kwargs)
    RoleAssignment.objects.create(user=user, role=role, unit=unit, body=body, start=START)
    return user
