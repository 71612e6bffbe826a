"""Invented people of a cell and what each of them registered, told from their numbers alone."""

import hashlib
import json
from collections.abc import Iterator
from datetime import date, timedelta
from typing import NamedTuple

from bench.shape import DAY, Cell, Shape, mix
from cadres.models import Rank, Standing
from cadres.text import fold, name_sort_key
from pledges.content import Parts, content_of, digest, search_key
from pledges.models import Channel, EventAction, Novelty, Pledge
from pledges.states import PledgeStatus

FAMILIES = "Nguyễn Trần Lê Phạm Hoàng Phan Vũ Đặng Bùi Đỗ Hồ Ngô Dương Lý"
MIDDLES = "Văn Thị Đức Minh Thu Quang Ngọc Hồng Xuân Thanh Hữu Kim Bá Đình"
GIVEN = (
    "An Anh Bình Chi Chiến Cúc Cường Dung Dũng Đạt Đông Giang Hà Hải Hạnh Hiền Hòa Hùng Hương Khánh Lan "
    "Liên Long Mai Minh Nam Nga Ngân Oanh Phúc Phương Quân Sơn Tâm Thảo Thủy Toàn Tuấn Vân Yến"
)
# What is done, what comes of it, its field, and the theme of the guidance it answers (0: none).
TASKS = (
    ("Vận động {n} hộ phân loại rác tại nguồn", "{n}/{n} hộ phân loại rác", "Môi trường", 3),
    ("Hướng dẫn {n} người cao tuổi dùng dịch vụ công", "{n} người tự nộp hồ sơ", "Chuyển đổi số", 2),
    ("Giải quyết dứt điểm {n} đơn thư tồn đọng", "{n} đơn thư có kết luận, được trả lời", "Đất đai", 1),
    ("Số hóa {n} bộ hồ sơ đảng viên", "{n} bộ hồ sơ có bản số", "Chuyển đổi số", 2),
    ("Giúp {n} hộ cận nghèo có việc làm ổn định", "{n} hộ có thu nhập thêm", "An sinh xã hội", 4),
    ("Vận động {n} hộ hiến đất mở ngõ", "{n} hộ bàn giao mặt bằng", "Đất đai", 1),
    ("Giải tỏa {n} điểm tập kết vật liệu trái phép", "{n} điểm được giải tỏa", "Trật tự đô thị", 3),
    ("Kết nạp {n} quần chúng ưu tú", "{n} người được kết nạp", "Xây dựng Đảng", 5),
    ("Lắp {n} đèn chiếu sáng ở ngõ tối", "{n} đèn hoạt động", "Trật tự đô thị", 0),
    ("Tập huấn {n} buổi chuyển đổi số cho tổ dân phố", "{n} buổi, có danh sách người dự", "", 2),
)
NUMBERS = range(2, 82)
DUES = (date(2024, 6, 30), date(2024, 9, 30), date(2024, 12, 31), date(2024, 9, 30))
LATE_DUE = date(2024, 3, 15)
ON_A_CADRE_DOCKET = 160


class Name(NamedTuple):
    """A name with the keys that lists and searches use."""

    family: str
    given: str
    sort_key: str
    search_key: str


class Person(NamedTuple):
    """A member of a cell."""

    pk: int
    position: int
    name: Name
    rank: str
    standing: str
    thrown: int


class Content(NamedTuple):
    """What a pledge says, with its version as the real code writes it."""

    title: str
    novelty: str
    product: str
    due_on: date
    field: str
    theme: int | None
    version: str
    digest: str
    search_key: str


# Day, hour, channel, what was done, the status before and after, the docket.
_Act = tuple[date, int, Channel, EventAction, str, str, int | None]


class Event(NamedTuple):
    """One line of a pledge's journal."""

    seq: int
    at: str
    on: date
    channel: str
    action: str
    before: str
    after: str
    docket: int | None
    previous: str
    digest: str


class Story(NamedTuple):
    """One pledge: whose it is, what it says, how far it has come. `docket` decided on it."""

    pk: int
    ref: str
    of_cadre: bool
    member: int
    unit: int
    content: Content
    on: date
    docket: int | None
    line: int
    met_on: date | None
    done_on: date | None

    @property
    def status(self) -> str:
        """Where it stands."""
        if self.done_on:
            return str(PledgeStatus.DONE)
        return str(PledgeStatus.APPROVED if self.docket else PledgeStatus.SUBMITTED)

    def events(self) -> list[Event]:
        """Its journal, as a workbook, a meeting and a report write it."""
        submitted, approved = str(PledgeStatus.SUBMITTED), str(PledgeStatus.APPROVED)
        acts: list[_Act] = [(self.on, 2, Channel.IMPORT, EventAction.SUBMITTED, "", submitted, None)]
        if self.docket and self.met_on:
            meeting = (Channel.PAPER, EventAction.APPROVED, submitted, approved, self.docket)
            acts.append((self.met_on, 9, *meeting))
        if self.done_on:
            result = (Channel.PAPER, EventAction.EVALUATED, approved, str(PledgeStatus.DONE), None)
            acts.append((self.done_on, 9, *result))
        told: list[Event] = []
        for seq, (on, hour, channel, action, before, after, docket) in enumerate(acts, start=1):
            at, previous = f"{on}T{hour:02}:00:00+00:00", told[-1].digest if told else ""
            sealed = _sealed(self.ref, seq, at, on, channel, action, before, after, docket, previous)
            told.append(
                Event(seq, at, on, channel.value, action.value, before, after, docket, previous, sealed)
            )
        return told


def _sealed(
    ref: str,
    seq: int,
    at: str,
    on: date,
    channel: Channel,
    action: EventAction,
    before: str,
    after: str,
    docket: int | None,
    previous: str,
) -> str:
    """The digest of an event: the JSON of `pledges.actions.journal.event_payload`, sixteen million times."""
    text = (
        f'{{"action":"{action.value}","actor":null,"at":"{at}","channel":"{channel.value}",'
        f'"docket":{docket or "null"},"from":"{before}","note":"","on":"{on}","on_behalf_of":null,'
        f'"pledge":"{ref}","previous":"{previous}","seq":{seq},"to":"{after}","version":1}}'
    )
    return hashlib.sha256(text.encode()).hexdigest()


def _names() -> list[Name]:
    families = [f"{family} {middle}" for family in FAMILIES.split() for middle in MIDDLES.split()]
    return [
        Name(family, given, name_sort_key(family, given), fold(f"{family} {given}"))
        for family in families
        for given in GIVEN.split()
    ]


def _contents() -> list[Content]:
    kinds, contents = (Novelty.NEW, Novelty.DIFFICULT, Novelty.BOTH), []
    for n in NUMBERS:
        for task, (title, product, field, theme) in enumerate(TASKS):
            due = LATE_DUE if (n + task) % 40 == 0 else DUES[(n + task) % 4]
            pledge = Pledge(
                title=title.format(n=n),
                product=product.format(n=n),
                novelty=kinds[n % 3].value,
                due_on=due,
                field=field,
                theme_id=theme or None,
            )
            content = content_of(pledge, Parts())
            text = json.dumps(content, ensure_ascii=False)
            facts = (pledge.title, pledge.novelty, pledge.product, due, field, theme or None)
            contents.append(Content(*facts, text, digest(content), search_key(content)))
    return contents


NAMES = _names()
CONTENTS = _contents()


def people(cell: Cell) -> Iterator[Person]:
    """Members of a cell: 4 in 100 exempt, 1 in 100 away, 3 in 100 probationary."""
    for position, pk in enumerate(range(cell.first, cell.first + cell.size)):
        thrown = mix(pk + 7)
        share = thrown % 1000
        standing = Standing.EXEMPT if share < 40 else Standing.AWAY if share < 50 else Standing.ACTIVE
        rank = Rank.PROBATIONARY if share >= 970 else Rank.OFFICIAL
        yield Person(pk, position, NAMES[(thrown >> 44) % len(NAMES)], rank.value, standing.value, thrown)


def stories(shape: Shape) -> Iterator[Story]:
    """Every pledge, by key: the key cadres' of the year before, then the members' cell by cell."""
    yield from _of_cadres(shape)
    pk = shape.n_cadres
    for cell in shape.cells():
        docket = cadre_dockets(shape) + cell.number + 1 if cell.met_on else None
        met_on, line = cell.met_on, 0
        for person in people(cell):
            for _nth in range(_how_many(person)):
                pk, line = pk + 1, line + 1
                thrown = mix(pk + 13)
                on = (met_on or DAY) - timedelta(days=1 + thrown % 5)
                done = DAY - timedelta(days=1) if docket and (thrown >> 24) % 1000 < 20 else None
                said = CONTENTS[(thrown >> 32) % len(CONTENTS)]
                yield Story(
                    pk, reference(pk), False, person.pk, cell.pk, said, on, docket, line, met_on, done
                )


def _how_many(person: Person) -> int:
    """943 of 1.000 who are counted have registered, five in eight of them two tasks."""
    if person.standing != Standing.ACTIVE.value or (person.thrown >> 10) % 1000 >= 943:
        return 0
    return 2 if (person.thrown >> 20) % 1000 < 625 else 1


def _of_cadres(shape: Shape) -> Iterator[Story]:
    """All of them approved and done; the first members of cells far from one another lead them."""
    for number in range(shape.n_cadres):
        cell = shape.cell(number * shape.n_cells // shape.n_cadres)
        pk, (docket, line) = number + 1, divmod(number, ON_A_CADRE_DOCKET)
        said = _of_last_year(CONTENTS[mix(pk) % len(CONTENTS)])
        days = (date(2023, 2, 10), date(2023, 3, 20), date(2023, 12, 20))
        on, met_on, done_on = days
        yield Story(
            pk, reference(pk), True, cell.first, cell.parent, said, on, docket + 1, line + 1, met_on, done_on
        )


def _of_last_year(said: Content) -> Content:
    due = said.due_on.replace(year=2023)
    content = json.loads(said.version) | {"due_on": due.isoformat()}
    content.pop("theme_id", None)
    text = json.dumps(content, ensure_ascii=False)
    return said._replace(due_on=due, theme=None, version=text, digest=digest(content))


def cadre_dockets(shape: Shape) -> int:
    """How many dockets the key cadres' pledges fill; the cells' have the keys behind them."""
    return -(-shape.n_cadres // ON_A_CADRE_DOCKET)


def reference(pk: int) -> str:
    """A UUID that looks thrown; negative numbers are those of dockets."""
    text = f"{mix(pk):016x}{mix(pk + (1 << 40)):016x}"
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"
