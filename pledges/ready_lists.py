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

# Lý do đề nghị chỉnh sửa, bổ sung: as offices word them, each with the field of a pledge it is about.
RETURN_REASONS: Sequence[tuple[str, str]] = (
    ("Tên nội dung còn chung chung, chưa rõ việc", "title"),
    ("Chưa rõ tính mới, tính khó", "novelty"),
    ("Chưa rõ kết quả, sản phẩm cụ thể", "product"),
    ("Chưa rõ thời hạn, mốc tiến độ", "due_on"),
    ("Chưa rõ trách nhiệm, thẩm quyền", "own_role"),
    ("Chưa rõ địa bàn, phạm vi thực hiện", "place"),
    ("Chưa nêu giải pháp, điều kiện thực hiện", "solutions"),
    ("Trùng với nội dung của đồng chí khác", "title"),
    ("Trùng với nội dung đã đăng ký năm trước", "title"),
    ("Là nhiệm vụ thường xuyên", "novelty"),
)
# Dấu hiệu việc thường xuyên: words by which a reviewer knows routine work.
ROUTINE_PHRASES: Sequence[str] = (
    "thường xuyên",
    "theo chức năng, nhiệm vụ",
    "theo nhiệm vụ được giao",
    "định kỳ",
    "duy trì",
    "hằng ngày",
    "hằng tuần",
    "hằng tháng",
    "hằng quý",
    "tiếp tục thực hiện",
)
