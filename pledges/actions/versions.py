"""Versions: what a pledge held when it was sent, immutable."""

from collections.abc import Mapping, Sequence

from pledges.actions.acts import CHUNK, Act
from pledges.actions.parts import files_of, parts_of
from pledges.content import Parts, content_of, digest, search_key
from pledges.models import Attachment, Pledge, PledgeVersion

PartsAndFiles = tuple[Mapping[int, Parts], Mapping[int, list[Attachment]]]


def next_version(pledge: Pledge, parts: Parts, files: Sequence[Attachment], act: Act) -> PledgeVersion:
    """The next version of a pledge as it stands with its parts and files; not saved yet."""
    content = content_of(pledge, parts, files)
    return PledgeVersion(
        pledge=pledge,
        no=pledge.versions_made + 1,
        content=content,
        digest=digest(content),
        search_key=search_key(content),
        at=act.at,
        by=act.by,
    )


def write_versions(pledges: Sequence[Pledge], act: Act, known: PartsAndFiles | None = None) -> None:
    """A new version of each pledge; `known` where the caller has read their parts and files already."""
    parts, files = known or (parts_of(pledges), files_of(pledges))
    rows = [next_version(pledge, parts[pledge.pk], files.get(pledge.pk, []), act) for pledge in pledges]
    PledgeVersion.objects.bulk_create(rows, batch_size=CHUNK)
