"""What some members of the standing committee have said of the docket, so that the demo shows a tally."""

from datetime import date

from cadres.models import User
from pledges.actions.opinions import Opinion, Sheet, give_opinion
from pledges.models import Docket, DocketLine, OpinionSource, Stance
from pledges.permissions import seated_members
from pledges.states import DocketState

# By the place of the line on the docket: what a member says of it on his signed sheet.
SAID: tuple[dict[int, Opinion], ...] = (
    {},
    {5: Opinion(Stance.OBJECT, "Việc thường xuyên của cơ quan, chưa phải việc khó.")},
    {5: Opinion(Stance.OBJECT, "Trùng nội dung Ủy ban nhân dân quận đang chỉ đạo.")},
    {19: Opinion(Stance.CHANGE, "Đề nghị ghi rõ tên dự án và mốc từng quý.")},
    {},
)


def give_opinions(day: date) -> None:
    """The recorder has typed in the first sheets; the demo's own member has not given his yet."""
    docket = Docket.objects.select_related("body").filter(state=DocketState.OPEN).latest("pk")
    lines = dict(DocketLine.objects.filter(docket=docket).values_list("order", "pk"))
    recorder = User.objects.get(username="demo-thuky")
    members = seated_members(docket.body, day).filter(user=None)
    for member, said in zip(members, SAID, strict=False):
        sheet = Sheet(whole=Opinion(Stance.AGREE), lines={lines[order]: one for order, one in said.items()})
        give_opinion(docket.pk, member=member, sheet=sheet, source=OpinionSource.PAPER, by=recorder, day=day)
