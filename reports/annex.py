"""A docket of cadres' pledges on paper: the submission letter before the meeting, the conclusion after it.

Party documents are in Vietnamese whatever the page's language; a clerk edits and signs them.
"""

import re
from collections import Counter
from dataclasses import replace

from django.utils.text import capfirst
from django.utils.translation import override

from cadres.models import Body, BodyKind
from cadres.templatetags.display import number, year
from pledges import docket_reading as reading
from pledges.models import Docket, Lane, StepMode
from pledges.states import DocketState, Outcome
from pledges.words import OPINION_OUTCOMES
from reports.summary import document_head
from reports.writers.party import Head
from reports.writers.text import party_date
from reports.writers.word import (
    KEY_CADRES,
    DocketDocument,
    DocketGroup,
    DocketRow,
    conclusion_text,
    correction_text,
    submission_text,
)

# "127-QĐ/QU" as a clerk writes it: number, type, organ; the organ may be left out.
NUMBER_AND_SYMBOL = re.compile(
    r"(?:Số )?(?P<number>\d+)\s*[-/]\s*(?P<type>[^\s/-]+)(?:\s*[-/]\s*(?P<organ>\S.*))?"
)
# A decision decides; the other documents tell what was concluded.
TITLES = {
    "QĐ": ("QUYẾT ĐỊNH", "phê duyệt {subject}"),
    "TB": ("THÔNG BÁO", "kết luận của {body} về {subject}"),
    "KL": ("KẾT LUẬN", "của {body} về {subject}"),
    "NQ": ("NGHỊ QUYẾT", "của {body} về {subject}"),
}
USUAL_TYPE = "TB"
OUTCOMES = {
    Outcome.PENDING: "Chưa kết luận",
    Outcome.APPROVE: "Phê duyệt",
    Outcome.RETURN: "Đề nghị chỉnh sửa, bổ sung",
    Outcome.REJECT: "Không phê duyệt",
    Outcome.HOLD: "Để lại hội nghị sau",
    Outcome.VOID: "Không còn hiệu lực do đã có thay đổi",
}


def docket_document(docket: Docket) -> DocketDocument:
    """The docket as a document, in the state in which it stands."""
    with override("vi"):
        lines = reading.lines_of(docket)
        joint = reading.joint_of(docket, lines)
        beside = reading.Beside(joint=joint)
        groups = reading.groups(lines, reading.posts_of(docket.tier), beside)
        if docket.state == DocketState.OPEN:
            return _submission(docket, groups, reading.count_words(docket.tier, lines))
        return _conclusion(docket, groups, f"{number(len(lines))} nội dung")


def _submission(docket: Docket, groups: list[reading.Group], count_text: str) -> DocketDocument:
    """Tờ trình with its list; number and date are the clerk's."""
    subject = _subject(docket)
    head = _head_of_proposer(docket)
    return DocketDocument(
        head=head,
        title="TỜ TRÌNH",
        subject=f"{_asks_for(docket)} {subject}",
        paragraphs=submission_text(
            addressee=docket.body.name,
            proposer=head.organ_name,
            year=docket.campaign.year,
            count_text=count_text,
            who=_who(docket),
            asks="cho ý kiến về" if docket.mode == StepMode.GIVES_OPINION else "phê duyệt",
        ),
        annex_subject=subject,
        outcome_header="Đề nghị",
        groups=_groups(docket, groups),
        signer=("TRƯỞNG BAN" if _at_host(docket) else "NGƯỜI TRÌNH", "(họ và tên)"),
        recipients=("Như kính gửi", f"Lưu {head.organ_name}"),
        addressee=docket.body.name,
        draft=True,
    )


def _asks_for(docket: Docket) -> str:
    return "xin ý kiến về" if docket.mode == StepMode.GIVES_OPINION else "phê duyệt"


def _correction_subject(docket: Docket, subject: str) -> str:
    """What a correcting act is about: it names the first by its number, else by its meeting."""
    first = docket.corrects
    if first is None:
        return subject
    if first.number:
        day = f" ngày {first.number_on:%d/%m/%Y}" if first.number_on else ""
        return f"đính chính văn bản số {first.number}{day} về {subject}"
    if first.meeting_on:
        return f"đính chính kết luận tại hội nghị ngày {first.meeting_on:%d/%m/%Y} về {subject}"
    return f"đính chính kết luận ghi theo văn bản giấy về {subject}"


def _paragraphs(docket: Docket, meeting: str, count_text: str) -> tuple[str, ...]:
    if docket.corrects is None:
        return conclusion_text(
            body=docket.body.name, meeting=meeting, count_text=count_text, who=_who(docket)
        )
    return correction_text(
        body=docket.body.name,
        meeting=meeting,
        corrected=docket.minutes,
        count_text=count_text if docket.lines.exists() else "",
    )


def _conclusion(docket: Docket, groups: list[reading.Group], count_text: str) -> DocketDocument:
    """What the meeting decided; a draft until the clerk has given number and date."""
    subject = _correction_subject(docket, _subject(docket))
    head = _head_of_conclusion(docket)
    by_board = docket.body.kind == BodyKind.PEOPLES_COMMITTEE
    title, wording = TITLES.get(head.type_code, TITLES[USUAL_TYPE])
    meeting = party_date(docket.meeting_on) if docket.meeting_on else "(văn bản không ghi ngày)"
    return DocketDocument(
        head=head,
        title=title,
        subject=_wording(docket, wording).format(body=docket.body.name, subject=subject),
        paragraphs=_paragraphs(docket, meeting, count_text),
        annex_subject=subject,
        outcome_header="Kết luận",
        groups=_groups(docket, groups),
        signer=("TRƯỞNG BAN", "(họ và tên)")
        if by_board
        else ("T/M BAN THƯỜNG VỤ", "PHÓ BÍ THƯ", "(họ và tên)"),
        recipients=(
            *(("Các đồng chí có tên tại Phụ lục",) if groups else ()),
            "Các chi, đảng bộ có liên quan",
            "Lưu Văn phòng",
        ),
        draft=docket.state != DocketState.ISSUED,
        notes=_notes(docket, groups),
    )


def _wording(docket: Docket, wording: str) -> str:
    """A decision that corrects does not approve anew: its subject says what it does."""
    return "{subject}" if docket.corrects and wording.startswith("phê duyệt") else wording


def _who(docket: Docket) -> str:
    return KEY_CADRES if docket.tier.for_key_cadres else "cán bộ cơ sở"


def _subject(docket: Docket) -> str:
    late = " bổ sung" if docket.supplementary else ""
    return f"nội dung {_who(docket)} đăng ký đảm nhận{late} năm {year(docket.campaign.year)}"


def _at_host(docket: Docket) -> bool:
    return docket.body.unit_id == docket.campaign.host_id


def _head_of_proposer(docket: Docket) -> Head:
    """At the host the organisation board proposes; a grassroots committee has none, its office writes."""
    if _at_host(docket):
        return _head_of_board(docket, type_code="TTr")
    return document_head(docket.body.unit, type_code="TTr")


def _head_of_board(docket: Docket, *, type_code: str) -> Head:
    """The head of a document of the organisation board, whose superior is the committee."""
    of_committee = document_head(docket.campaign.host, type_code=type_code)
    board = Body.objects.filter(
        unit=docket.campaign.host, kind=BodyKind.ORGANISATION_BOARD, ended_on=None
    ).first()
    if board is None:
        return of_committee
    return replace(
        of_committee,
        superior_name=of_committee.organ_name,
        organ_name=board.name,
        symbol=board.symbol or of_committee.symbol,
    )


def _head_of_conclusion(docket: Docket) -> Head:
    """The committee's head; a People's Committee issues no Party document, so the board announces for it."""
    if docket.body.kind == BodyKind.PEOPLES_COMMITTEE:
        head = _head_of_board(docket, type_code=USUAL_TYPE)
    else:
        head = document_head(docket.body.unit, type_code=USUAL_TYPE)
    given = NUMBER_AND_SYMBOL.fullmatch(docket.number)
    if given:
        symbol = given["organ"] or head.symbol
        head = replace(head, number=given["number"], type_code=given["type"], symbol=symbol)
    elif docket.number:
        head = replace(head, number=docket.number)
    return replace(head, day=docket.number_on)


def _groups(docket: Docket, groups: list[reading.Group]) -> tuple[DocketGroup, ...]:
    return tuple(
        DocketGroup(
            no=str(group.no),
            name=group.member.name if group.member else "",
            post=group.post,
            rows=tuple(_row(docket, one) for one in group.readings),
        )
        for group in groups
    )


def _row(docket: Docket, one: reading.Reading) -> DocketRow:
    """The number of the line stands before its title: a meeting speaks of "nội dung số 14"."""
    title = f"{one.line.order}. {one.said.title}"
    if one.said.backlog_since:
        title += f" (tồn đọng từ năm {one.said.backlog_since})"
    if one.said.directive and one.line.pledge and one.line.pledge.lane == Lane.DIRECTIVE:
        title += f" (theo {one.said.directive})"
    outcome, note = _outcome(docket, one), one.line.note
    if docket.state == DocketState.OPEN:
        outcome, note = OUTCOMES[Outcome(one.line.proposal or Outcome.APPROVE)], one.line.proposal_note
    if note:
        outcome += f": {note}"
    return DocketRow(title, one.said.novelty, one.said.product, one.said.due, outcome)


def _outcome(docket: Docket, one: reading.Reading) -> str:
    if docket.mode == StepMode.GIVES_OPINION:
        return capfirst(OPINION_OUTCOMES[one.line.outcome])
    if one.line.outcome == Outcome.APPROVE and one.awaited:
        return f"Đồng ý, chờ {one.awaited}"
    return OUTCOMES[Outcome(one.line.outcome)]


def _notes(docket: Docket, groups: list[reading.Group]) -> tuple[str, ...]:
    tally = Counter(_outcome(docket, one) for group in groups for one in group.readings)
    outcomes = "; ".join(f"{outcome}: {number(n)} nội dung" for outcome, n in tally.most_common())
    notes = [f"{outcomes}."] if outcomes else []
    if docket.agreed is not None:
        agreed = f"{number(docket.agreed)}/{number(docket.seats)} ủy viên"
        notes.append(f"Tán thành: {agreed}; có mặt: {number(docket.present)}.")
    if docket.from_paper:
        notes.append(f"Ghi theo văn bản giấy, nguồn: {docket.source}.")
    return tuple(notes)
