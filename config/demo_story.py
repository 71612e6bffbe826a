"""The demo's story: the district committee of Tây Hồ on 26/03/2024. People are invented."""

from dataclasses import dataclass
from datetime import date

from cadres.models import BodyKind
from pledges.actions.campaigns import MEMBERS_ROUTE, CampaignPlan, Step, TierPlan
from pledges.actions.dockets import Meeting
from pledges.models import Counted, StepLevel, StepMode, TierKind
from pledges.ready_lists import FIVE_CLEAR as FIVE_CLEAR
from pledges.ready_lists import FOUR_GOOD as FOUR_GOOD
from pledges.ready_lists import SEVEN_DARES as SEVEN_DARES
from pledges.ready_lists import SIX_CLEAR as SIX_CLEAR
from pledges.states import CampaignState

HOST = "TAYHO"
ROSTER = "danh-sach-dang-vien-2024.xlsx"
ROSTER_DAY = date(2024, 1, 1)
MEMBERS_FILE = "dang-ky-viec-moi-viec-kho-2024.xlsx"
CADRE_FILES = {
    "CB-2022": "can-bo-chu-chot-2022.xlsx",
    "CB-2023": "can-bo-chu-chot-2023.xlsx",
    "CB-2024": "can-bo-chu-chot-2024.xlsx",
}
# Cells whose meeting has not adopted the list yet on the day of the demo.
CELLS_WAITING = 21
RETURN_REASON = "Chưa rõ kết quả, sản phẩm: đề nghị ghi số lượng cụ thể."
# Undertakings of 2024 that lie on no docket yet, and how many of them are the demo cadre's own.
AT_DESK, OWN_AT_DESK = 24, 2
# How many of the others the board has vetted; the last of them it proposes to hold.
VETTED = 6
HELD_BECAUSE = "Chờ kế hoạch chuyển đổi số của quận được ban hành."
# What it asked of the demo cadre: reasons of the office's list, and a note.
ASKED_FIRST = (
    ("Tên nội dung còn chung chung, chưa rõ việc", "Chưa rõ kết quả, sản phẩm cụ thể"),
    "Đề nghị ghi rõ là những vụ việc nào, ở phường nào.",
)
ASKED_LATER = (
    ("Chưa rõ kết quả, sản phẩm cụ thể", "Chưa rõ trách nhiệm, thẩm quyền"),
    "Đề nghị nêu rõ loại hồ sơ được số hóa và đơn vị dùng chung.",
)
# What he sent in answer to the first.
AMENDED = {
    "title": "Giải quyết dứt điểm 6 vụ khiếu nại về đất đai kéo dài tại phường Nhật Tân và phường Quảng An",
    "product": "6/6 vụ việc có quyết định giải quyết cuối cùng, không phát sinh khiếu nại vượt cấp",
    "place": "Phường Nhật Tân, phường Quảng An",
    "own_role": "Trực tiếp chỉ đạo, chịu trách nhiệm chính",
}
# Lists that the standing committee has endorsed already, at a meeting whose document has no number yet.
ENDORSED = 10
ENDORSED_TITLE = "Thông qua danh sách đăng ký của các chi bộ cơ sở (đợt 1)"
ENDORSED_MEETING = Meeting(on=date(2024, 3, 25), presided_by="Đồng chí Bí thư Quận ủy", present=10, agreed=10)
# Words that only the titles of the results told at the conference of 26/3 hold.
FEATURED = (
    "18 Tam Đa",
    "8 kết luận thanh tra",
    "Quán Sen Đầm Trị",
    "vũ điệu đoàn kết",
    "2.024 thiết bị bay",
)
# The conference told 55 contents and 88,7%; 62 is the only whole that gives both.
INFERRED = "Báo cáo gốc chỉ ghi 55 nội dung và tỷ lệ 88,7%; tổng số 62 được suy ra từ hai số đó."

# Results of 2023 that came after the provisional figures had been closed.
REPORTED_LATE = 2
# The documents on which the figures of past years were closed.
CLOSING_TITLE = "Chốt số liệu thực hiện nhiệm vụ khó khăn, phức tạp năm {year}"
CLOSED_ON = {
    "CB-2022": ("42-BC/QU", date(2024, 3, 22)),
    "CB-2023": ("45-BC/QU", date(2024, 3, 25)),
}


@dataclass(frozen=True)
class Obstacle:
    """What stands in the way of a task whose title holds the words, who is asked, and on which days again."""

    words: str
    text: str
    asked: str
    since: date
    again: tuple[date, ...] = ()
    in_ward: bool = False


# Who is asked: the ward of the demo's officer, the district, or an office outside the tree by its name.
OF_THE_WARD, OF_THE_HOST = "ward", "host"
OBSTACLES = (
    Obstacle(
        "điểm tập kết rác tự phát",
        "Chưa có vị trí thay thế để đặt xe gom rác. Đề nghị phường bố trí mặt bằng.",
        OF_THE_WARD,
        date(2024, 3, 4),
        (date(2024, 3, 13), date(2024, 3, 20)),
        in_ward=True,
    ),
    Obstacle(
        "ngập úng cục bộ",
        "Cống thoát nước của ngõ do công ty quản lý, chưa có kế hoạch nạo vét.",
        "Công ty Thoát nước Hà Nội",
        date(2024, 2, 26),
        (date(2024, 3, 11),),
        in_ward=True,
    ),
    Obstacle(
        "vi phạm trật tự xây dựng",
        "Hồ sơ vi phạm đã chuyển lên quận, chưa có quyết định xử lý.",
        "Ủy ban nhân dân quận Tây Hồ",
        date(2024, 3, 1),
        (date(2024, 3, 8), date(2024, 3, 15), date(2024, 3, 22)),
    ),
    Obstacle(
        "vi phạm trật tự xây dựng",
        "Chưa thống nhất được phương án cưỡng chế.",
        "Ủy ban nhân dân quận Tây Hồ",
        date(2024, 3, 12),
    ),
    Obstacle(
        "tranh chấp ranh giới đất",
        "Chờ trích lục bản đồ địa chính để hai hộ đối chiếu.",
        "Sở Tài nguyên và Môi trường Hà Nội",
        date(2024, 2, 20),
        (date(2024, 3, 6),),
    ),
    Obstacle(
        "đơn thư tồn đọng",
        "Nội dung đơn liên quan nhiều đơn vị, đề nghị Quận ủy chỉ đạo đầu mối giải quyết.",
        OF_THE_HOST,
        date(2024, 3, 18),
    ),
)
OBSTACLES_LAST_YEAR = (
    Obstacle(
        "",
        "Chờ ý kiến của sở, ngành thành phố về hồ sơ.",
        "Sở Tài nguyên và Môi trường Hà Nội",
        date(2023, 9, 11),
        (date(2023, 10, 16), date(2023, 11, 20)),
    ),
    Obstacle(
        "",
        "Chưa được giao bổ sung kinh phí.",
        "Ủy ban nhân dân quận Tây Hồ",
        date(2023, 11, 6),
        (date(2024, 1, 8),),
    ),
)
REMOVED_ON = date(2024, 1, 22)
HOW_REMOVED = "Cơ quan được đề nghị đã có văn bản trả lời, việc được triển khai tiếp."

BODIES = (
    (BodyKind.COMMITTEE, "Quận ủy Tây Hồ", "QU", None),
    (BodyKind.STANDING_COMMITTEE, "Ban Thường vụ Quận ủy Tây Hồ", "QU", 11),
    (BodyKind.PEOPLES_COMMITTEE, "Ủy ban nhân dân quận Tây Hồ", "UBND", 17),
    (BodyKind.ORGANISATION_BOARD, "Ban Tổ chức Quận ủy Tây Hồ", "BTCQU", None),
    (BodyKind.INSPECTION, "Ủy ban Kiểm tra Quận ủy Tây Hồ", "UBKTQU", None),
    (BodyKind.OFFICE, "Văn phòng Quận ủy Tây Hồ", "VPQU", None),
)

_STANDING = Step(StepLevel.HOST, BodyKind.STANDING_COMMITTEE, StepMode.DECIDES_JOINTLY)
_PEOPLES = Step(StepLevel.HOST, BodyKind.PEOPLES_COMMITTEE, StepMode.DECIDES_JOINTLY)
_PEOPLES_STATE = Step(StepLevel.HOST, BodyKind.PEOPLES_COMMITTEE, StepMode.DECIDES_JOINTLY, "state")


def _cadres(year: int, *, quota: tuple[int, int | None], past: bool) -> CampaignPlan:
    """Key cadres of a year: in the past both bodies approved everything, on paper."""
    route = (_STANDING, _PEOPLES if past else _PEOPLES_STATE)
    return CampaignPlan(
        code=f"CB-{year}",
        year=year,
        title=f"Cán bộ chủ chốt đăng ký đảm nhận nhiệm vụ khó khăn, phức tạp năm {year}",
        state=CampaignState.EVALUATING if past else CampaignState.OPEN,
        opens_on=None if past else date(year, 1, 15),
        closes_on=None if past else date(year, 3, 31),
        tiers=(
            TierPlan(
                kind=TierKind.KEY_CADRES,
                counted=Counted.NOBODY,
                quota_min=quota[0],
                quota_max=quota[1],
                steps=route,
            ),
        ),
    )


# What the district suggests to its members, with the product and the theme of the campaign it serves.
SUGGESTED = (
    ("Vận động các hộ trong ngõ phân loại rác tại nguồn", "12/12 hộ", 1),
    ("Vận động các hộ kinh doanh tháo dỡ mái che, mái vẩy lấn chiếm vỉa hè", "100% số hộ", 1),
    ("Hướng dẫn người cao tuổi cài đặt và sử dụng VNeID", "20/20 người", 2),
    ("Số hóa hồ sơ lưu trữ của chi bộ", "100% hồ sơ các năm 2010–2023", 2),
    ("Vẽ tranh bích họa, trồng hoa tại một đoạn đường ven Hồ Tây", "01 đoạn đường nở hoa", 3),
    ("Mỗi đảng viên giúp đỡ một hộ có hoàn cảnh khó khăn tại nơi cư trú", "01 hộ ổn định cuộc sống", 4),
)
CADRES = (
    _cadres(2022, quota=(1, 2), past=True),
    _cadres(2023, quota=(2, None), past=True),
    _cadres(2024, quota=(2, None), past=False),
)
MEMBERS = CampaignPlan(
    code="DV-2024",
    year=2024,
    title="Đảng viên đăng ký thực hiện việc mới, việc khó năm 2024",
    guidance=(
        "Mỗi đảng viên đăng ký ít nhất một việc mới hoặc việc khó, gắn với nhiệm vụ của chi bộ, "
        "bảo đảm rõ người, rõ việc, rõ tiến độ, rõ kết quả, rõ trách nhiệm."
    ),
    themes=(
        "Trật tự đô thị, vệ sinh môi trường, giải phóng mặt bằng",
        "Cải cách hành chính, chuyển đổi số",
        "Văn hóa, du lịch, không gian Hồ Tây",
        "Xây dựng chi bộ bốn tốt, đảng viên bốn tốt",
    ),
    opens_on=date(2024, 1, 15),
    closes_on=date(2024, 3, 31),
    tiers=(
        TierPlan(
            kind=TierKind.MEMBERS,
            counted=Counted.STANDINGS,
            quota_min=1,
            quota_max=3,
            steps=MEMBERS_ROUTE,
        ),
    ),
)
