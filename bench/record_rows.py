"""What the invented members registered: pledges, versions, journals, meetings and results as rows."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import count

from bench.shape import FIRST_DAY, Shape
from bench.stories import ON_A_CADRE_DOCKET, Story, cadre_dockets, reference, stories
from bench.tables import Rows, Table
from pledges.models import (
    Channel,
    Docket,
    DocketLine,
    Matter,
    Pledge,
    PledgeEvent,
    PledgeTier,
    PledgeVersion,
    Progress,
    SentList,
    StepMode,
    Tier,
)
from pledges.states import DocketState, Outcome, PledgeStatus

SOURCE = "dang-ky-viec-moi-viec-kho-2024.xlsx"
AT = datetime.fromisoformat(f"{FIRST_DAY}T02:00:00+00:00")
# So many results of the year before are told as notable, at any size; half of those waited for years.
FEATURED = 8
RESULT = "Đã hoàn thành, có biên bản nghiệm thu"


@dataclass(frozen=True)
class Tiers:
    """The tiers in which the pledges count."""

    members: Tier
    cadres: Tier

    def of(self, story: Story) -> Tier:
        """The tier of a story."""
        return self.cadres if story.of_cadre else self.members


def record(shape: Shape, tiers: Tiers) -> list[Table]:
    """The tables, in the order in which they may be written."""
    return [
        *_meetings(shape, tiers),
        _pledges(shape, tiers),
        Table(PledgeTier, _counting(shape, tiers), "id pledge_id tier_id member_id"),
        Table(PledgeVersion, _versions(shape), "id pledge_id content digest search_key at", no=1),
        _events(shape),
        Table(DocketLine, _lines(shape), "id docket_id order pledge_id version_id", **_DECIDED),
        Table(Progress, _results(shape), "id pledge_id at on on_time beyond_target", **_FINAL),
    ]


_DECIDED = {"matter": Matter.REGISTER, "outcome": Outcome.APPROVE}
_FINAL = {"channel": Channel.PAPER, "outcome": PledgeStatus.DONE, "text": RESULT, "is_final": True}


def _meetings(shape: Shape, tiers: Tiers) -> list[Table]:
    """Papers of meetings that decided, and the lists that cells sent upwards on the same day."""
    cells = ((number, cell) for number, cell in enumerate(shape.cells(), start=1) if cell.met_on)
    sent: Rows = ((number, tiers.members.pk, cell.pk, cell.met_on, AT) for number, cell in cells)
    taken_over = {"from_paper": True, "source": SOURCE, "state": DocketState.ISSUED, "mode": StepMode.DECIDES}
    dated = {"concluded_at": AT, "issued_at": AT, "created_at": AT}
    told = "id ref campaign_id tier_id body_id title meeting_on of_cell"
    return [
        Table(Docket, _dockets(shape, tiers), told, **taken_over, **dated),
        Table(SentList, sent, "id tier_id unit_id sent_on sent_at"),
    ]


def _dockets(shape: Shape, tiers: Tiers) -> Rows:
    """A body has the key of its unit."""
    before = cadre_dockets(shape)
    for number in range(before):
        first = next(story for story in stories(shape) if story.pk == number * ON_A_CADRE_DOCKET + 1)
        title, host = f"Danh mục số {number + 1} năm 2023", tiers.cadres.campaign.host_id
        place = (tiers.cadres.campaign_id, tiers.cadres.pk, host)
        yield number + 1, reference(-number - 1), *place, title, first.met_on, False
    for cell in shape.cells():
        if cell.met_on:
            key, title = before + cell.number + 1, f"Sinh hoạt chi bộ ngày {cell.met_on:%d/%m/%Y}"
            place = (tiers.members.campaign_id, tiers.members.pk, cell.pk)
            yield key, reference(-key), *place, title, cell.met_on, True


def _pledges(shape: Shape, tiers: Tiers) -> Table:
    told = "id ref campaign_id tier_id lead_member_id unit_id status title novelty product due_on field"
    rest = "theme_id featured backlog_since submitted_on submitted_at created_at approved_version_id"
    tail = "journal_seq journal_head revision"
    return Table(Pledge, _pledge_rows(shape, tiers), f"{told} {rest} {tail}", versions_made=1)


def _pledge_rows(shape: Shape, tiers: Tiers) -> Rows:
    for story in stories(shape):
        tier, said, events = tiers.of(story), story.content, story.events()
        featured = story.of_cadre and story.pk <= FEATURED
        backlog = 2011 + story.pk if featured and story.pk % 2 else None
        yield (
            story.pk,
            story.ref,
            tier.campaign_id,
            tier.pk,
            story.member,
            story.unit,
            story.status,
            said.title,
            said.novelty,
            said.product,
            said.due_on,
            said.field,
            said.theme,
            featured,
            backlog,
            story.on,
            events[0].at,
            events[0].at,
            story.pk if story.docket else None,
            len(events),
            events[-1].digest,
            len(events),
        )


def _counting(shape: Shape, tiers: Tiers) -> Rows:
    return ((one.pk, one.pk, tiers.of(one).pk, one.member) for one in stories(shape))


def _versions(shape: Shape) -> Rows:
    """One of each pledge, with the pledge's key."""
    for one in stories(shape):
        said = one.content
        yield one.pk, one.pk, said.version, said.digest, said.search_key, f"{one.on}T02:00:00+00:00"


def _events(shape: Shape) -> Table:
    told = "id pledge_id seq at on channel action from_status to_status docket_id previous digest"
    return Table(PledgeEvent, _event_rows(shape), told, version_no=1)


def _event_rows(shape: Shape) -> Rows:
    keys = count(1)
    return ((next(keys), story.pk, *event) for story in stories(shape) for event in story.events())


def _decided(shape: Shape) -> Iterator[Story]:
    return (story for story in stories(shape) if story.docket)


def _lines(shape: Shape) -> Rows:
    for key, one in enumerate(_decided(shape), start=1):
        yield key, one.docket, one.line, one.pk, one.pk


def _results(shape: Shape) -> Rows:
    done = (story for story in stories(shape) if story.done_on)
    for key, one in enumerate(done, start=1):
        yield key, one.pk, f"{one.done_on}T09:00:00+00:00", one.done_on, one.pk % 10 > 0, one.pk % 5 == 0
