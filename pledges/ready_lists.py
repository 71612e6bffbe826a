"""The lists that guidance puts in force, as published: a campaign takes them over with one tick.

An entry of a clarity list names the fields of a pledge that it demands.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from pledges.models import ListKind

Entries = Sequence[tuple[str, Sequence[str]]]

FIVE_CLEAR: Entries = (
    ("rõ người", ("lead_member",)),
    ("rõ việc", ("title", "novelty")),
    ("rõ tiến độ", ("due_on",)),
    ("rõ kết quả", ("product",)),
    ("rõ trách nhiệm", ("own_role",)),
)
SIX_CLEAR: Entries = (
    ("rõ người", ("lead_member",)),
    ("rõ việc", ("title", "novelty")),
    ("rõ thời gian", ("due_on",)),
    ("rõ trách nhiệm", ("own_role",)),
    ("rõ thẩm quyền", ("authority",)),
    ("rõ sản phẩm", ("product",)),
)
SEVEN_DARES = (
    "dám nghĩ",
    "dám nói",
    "dám làm",
    "dám chịu trách nhiệm",
    "dám đổi mới, sáng tạo",
    "dám đương đầu với khó khăn, thử thách",
    "dám hành động vì lợi ích chung",
)
FOUR_GOOD = (
    "hoàn thành tốt nhiệm vụ chính trị",
    "chất lượng sinh hoạt tốt",
    "đoàn kết, kỷ luật tốt",
    "cán bộ, đảng viên tốt",
)


@dataclass(frozen=True)
class ReadyList:
    """A list as published, not yet kept; `source` is the document it stands in, where there is one."""

    kind: ListKind
    name: str
    entries: Entries
    source: str = ""


READY_LISTS = (
    ReadyList(ListKind.CLARITY, "5 rõ", FIVE_CLEAR),
    ReadyList(ListKind.CLARITY, "6 rõ", SIX_CLEAR, "Kết luận 226-KL/TW, 11/12/2025"),
    ReadyList(ListKind.DARE, "7 dám", tuple((label, ()) for label in SEVEN_DARES)),
    ReadyList(ListKind.FOUR_GOOD, "4 tốt", tuple((label, ()) for label in FOUR_GOOD)),
)
