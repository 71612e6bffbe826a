"""An organisation of any size in the database: tree, roster, campaigns, their record, a few accounts."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date

from django.db import connection, transaction

from bench.loading import Bare, empty, fill, finish
from bench.record_rows import Tiers, record
from bench.rows import roster, tree
from bench.shape import DAY, FIRST_DAY, Shape
from bench.tables import Table
from cadres.models import BodyKind, RoleAssignment, Unit, User
from cadres.roles import Role
from pledges.actions.campaigns import MEMBERS_ROUTE, CampaignPlan, Step, TierPlan, create_campaign
from pledges.models import Counted, StepLevel, StepMode, Theme, Tier, TierKind
from reports import counts

Say = Callable[[str], None]
CODE, CADRES_CODE = "DV-2024", "CB-2023"
BOARD, SECRETARY = "ban-to-chuc", "bi-thu-{}"
SECRETARIES = 8
THEMES = (
    "Giải quyết việc tồn đọng, kéo dài",
    "Chuyển đổi số, cải cách hành chính",
    "Môi trường, trật tự đô thị",
    "An sinh xã hội, giảm nghèo",
    "Xây dựng Đảng, phát triển đảng viên",
)


def build(members: int, say: Say) -> Shape:
    """Fill an empty, migrated database; PostgreSQL only, by a superuser."""
    shape = Shape(members)
    with transaction.atomic():
        tables = [*tree(shape), *roster(shape)]
        names = [table.name for table in (*tables, *record(shape, _NO_TIERS))]
        bare = Bare(names)
        empty(names)
        for table in tables:
            _told(table, say)
        tiers = _campaigns()
        written = record(shape, tiers)
        for table in written:
            _told(table, say)
        finish([*(table.name for table in (*tables, *written)), Theme._meta.db_table])
        with _timed("indexes and constraints", say):
            bare.dress()
    _accounts(shape)
    with _timed("statistics", say), connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    for tier in (tiers.members, tiers.cadres):
        with _timed(f"counts of {tier.campaign.code}", say):
            counts.rebuild(tier, DAY)
    with connection.cursor() as cursor:
        # As autovacuum leaves a database: what an index holds is read from the index.
        cursor.execute("VACUUM (ANALYZE)")
    return shape


_NO_TIERS = Tiers(Tier(), Tier())


def _told(table: Table, say: Say) -> None:
    rows, seconds = fill(table)
    say(f"{table.name:>24} {rows:>10} rows {seconds:>7.1f} s {rows / max(seconds, 0.001):>9.0f} rows/s")


@contextmanager
def _timed(what: str, say: Say) -> Iterator[None]:
    began = time.perf_counter()
    yield
    say(f"{what:>24} {'':>10}      {time.perf_counter() - began:>7.1f} s")


def _campaigns() -> Tiers:
    """The members' campaign of the year, its window open, and the key cadres' of the year before."""
    host = Unit.objects.get(parent=None)
    members = CampaignPlan(
        code=CODE,
        year=2024,
        title="Đảng viên đăng ký việc mới, việc khó năm 2024",
        opens_on=FIRST_DAY,
        closes_on=date(2024, 3, 31),
        tiers=(TierPlan(kind=TierKind.MEMBERS, counted=Counted.STANDINGS, steps=MEMBERS_ROUTE),),
    )
    decides = Step(StepLevel.HOST, BodyKind.STANDING_COMMITTEE, StepMode.DECIDES)
    cadres = CampaignPlan(
        code=CADRES_CODE,
        year=2023,
        title="Cán bộ chủ chốt đăng ký việc mới, việc khó năm 2023",
        tiers=(TierPlan(kind=TierKind.KEY_CADRES, counted=Counted.NOBODY, steps=(decides,)),),
    )
    made = (create_campaign(host, plan, on=FIRST_DAY).tiers.get() for plan in (members, cadres))
    tiers = Tiers(*made)
    # With the keys that the versions of the stories name.
    Theme.objects.bulk_create(
        Theme(pk=order, campaign=tiers.members.campaign, order=order, title=title)
        for order, title in enumerate(THEMES, start=1)
    )
    return tiers


def _accounts(shape: Shape) -> None:
    """A board officer of the host, and secretaries of cells far from one another."""
    _account(BOARD, Role.BOARD_OFFICER, 1)
    for number in range(SECRETARIES):
        cell = shape.cell(number * shape.n_cells // SECRETARIES)
        _account(SECRETARY.format(number), Role.CELL_SECRETARY, cell.pk)


def _account(name: str, role: Role, unit: int) -> None:
    user = User.objects.create(username=name, display_name=name)
    RoleAssignment.objects.create(user=user, role=role, unit_id=unit, start=date(2024, 1, 1))
