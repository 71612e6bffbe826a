"""The vetting desk for tests: a district with key cadres, its board, and the addresses of the desk."""

from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from pledges.actions import register, vetting
from pledges.actions.acts import Act, Acted
from pledges.actions.returns import Asked
from pledges.models import Pledge
from pledges.states import Outcome
from tests.pledges.docket_scene import DAY, Scene

PRODUCT, DUE = "Chưa rõ kết quả, sản phẩm cụ thể", "Chưa rõ thời hạn, mốc tiến độ"


def desk_url(place: Scene, name: str = "desk", *args: object, **query: Any) -> str:
    """An address of the desk."""
    base = reverse(f"pledges:{name}", args=[place.campaign.code, *args])
    return f"{base}?{urlencode(query)}" if query else base


def vet(place: Scene, *pledges: Pledge, finding: vetting.Finding | None = None, by: Any = None) -> Acted:
    """Vet some pledges as the board does."""
    act = Act(by=by or place.board, on=DAY)
    return vetting.vet([pledge.pk for pledge in pledges], finding or vetting.Finding(), act=act)


def ask(place: Scene, pledge: Pledge, *reasons: str, note: str = "", by: Any = None) -> Acted:
    """Ask for an amendment at the desk."""
    act = Act(by=by or place.board, on=DAY)
    return vetting.ask_to_amend([pledge.pk], Asked(reasons, note), act=act)


def send_again(pledge: Pledge, **content: Any) -> Pledge:
    """The author amends what was returned and sends it again."""
    pledge.refresh_from_db()
    lead = pledge.lead_member
    assert lead is not None
    changed = {"title": pledge.title, "due_kind": pledge.due_kind, "due_on": pledge.due_on} | content
    typed = register.Typed(
        ref=pledge.ref,
        tier=pledge.tier,
        lead=lead,
        unit=pledge.unit,
        content=changed,
        revision=pledge.revision,
    )
    sent = register.register(typed, act=Act(by=lead.user, on=DAY), day=DAY)
    sent.refresh_from_db()
    return sent


HOLD = vetting.Finding(Outcome.HOLD, "Chờ ý kiến Sở")
