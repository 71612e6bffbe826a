"""What readers see of a registration that lies with its author again: what he sent, not what he is typing.

The columns of a pledge that was returned hold what is being amended; its last version is what was sent.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from cadres.models import User
from pledges.content import CONTENT_FIELDS
from pledges.models import Attachment, AttachmentKind, Pledge, PledgeVersion
from pledges.permissions import can_type_for
from pledges.states import PledgeStatus
from pledges.version_words import names_in, told
from pledges.words import ALWAYS, LABELS, Fact, Line

# States that follow a return, in which the text may have been changed and not sent.
AMENDED = (PledgeStatus.RETURNED, PledgeStatus.WITHDRAWN)
ROWS = ("partners", "milestones", "sub_targets")


def reads_typed(user: User, pledge: Pledge) -> bool:
    """Whether the user reads what is being typed: the author and who may type for him, as with drafts."""
    return pledge.lead_member is not None and can_type_for(user, pledge.lead_member, pledge.tier)


def _nobody(_pledge: Pledge) -> bool:
    return False


def as_sent(
    pledges: Iterable[Pledge], *, but: Callable[[Pledge], bool] = _nobody
) -> dict[int, dict[str, Any]]:
    """Let pledges in memory, which nobody saves, read as they were sent; returns the contents put, by pledge.

    Those for which `but` answers yes stay as they are. One query for any number, none where nothing
    lies with its author again.
    """
    amended = [one for one in pledges if one.status in AMENDED and one.versions_made and not but(one)]
    if not amended:
        return {}
    versions = PledgeVersion.objects.filter(pledge__in=[one.pk for one in amended]).last_sent()
    contents = dict(versions.order_by().values_list("pledge_id", "content"))
    for pledge in amended:
        if pledge.pk in contents:
            _put(pledge, contents[pledge.pk])
    return contents


def _put(pledge: Pledge, content: dict[str, Any]) -> None:
    for name in CONTENT_FIELDS:
        column: Any = Pledge._meta.get_field(name.removesuffix("_id"))
        value = content.get(name)
        setattr(pledge, name, column.get_default() if value is None else column.to_python(value))


def sent_facts(content: dict[str, Any]) -> list[Fact]:
    """A version label by label, as `facts` tells the content in force."""
    values = told(content, names_in([content]))
    wanted = ("stub_reference", "due_on") if content.get("is_stub") else tuple(LABELS)
    return [
        _fact(str(label), name, values.get(name, ""))
        for name, label in LABELS.items()
        if name in wanted and name != "result_kind" and (values.get(name) or name in ALWAYS)
    ]


def _fact(label: str, name: str, text: str) -> Fact:
    return Fact(label, "", tuple(map(Line, text.splitlines()))) if name in ROWS else Fact(label, text)


def were_sent(files: Sequence[Attachment], content: dict[str, Any]) -> list[Attachment]:
    """Of all files ever added those that a version names, and the scans of the slip, which are no content."""
    digests = {one["digest"] for one in content.get("attachments", ())}
    slips = [one for one in files if one.kind == AttachmentKind.SLIP and one.removed_at is None]
    named = {one.digest: one for one in files if one.kind != AttachmentKind.SLIP and one.digest in digests}
    return [*named.values(), *slips]
