"""What: campaigns, pledges, approval, follow-through."""

from django.apps import AppConfig

from cadres.guards import Fixed
from cadres.indexes import Index

_NEWEST = "(meeting_on DESC NULLS LAST, concluded_at DESC, id DESC)"


class PledgesConfig(AppConfig):
    name = "pledges"
    notice_kinds = "pledges.notice_words.KINDS"
    # The register of acts by the day of the meeting: of committees, of cells, numbered, without a number yet.
    indexes = (
        Index("docket_acts", "pledges_docket", f"{_NEWEST} WHERE state <> 'open' AND NOT of_cell"),
        Index("docket_meetings", "pledges_docket", f"{_NEWEST} WHERE state <> 'open' AND of_cell"),
        Index("docket_numbered", "pledges_docket", f"{_NEWEST} WHERE state <> 'open' AND number <> ''"),
        Index("docket_awaiting", "pledges_docket", f"{_NEWEST} WHERE state = 'concluded' AND NOT of_cell"),
        Index("docket_states", "pledges_docket", "(state, body_id) WHERE NOT of_cell"),
        # Results in the order of the tree.
        Index("pledge_done", "pledges_pledge", "(unit_id) WHERE status = 'done'"),
        # Lists in each state.
        Index("sentlist_awaiting", "pledges_sentlist", "(tier_id, unit_id) WHERE endorsed_by_id IS NULL"),
        Index("sentlist_endorsed", "pledges_sentlist", "(tier_id, unit_id) WHERE endorsed_by_id IS NOT NULL"),
        Index(
            "lists_returned",
            "pledges_docketline",
            "(unit_id) WHERE outcome = 'return' AND unit_id IS NOT NULL",
        ),
    )
    append_only = (
        "pledges_pledgeevent",
        "pledges_pledgeversion",
        "pledges_campaignevent",
        "pledges_pledgereturn",
        "pledges_returnpoint",
    )
    # What a meeting decided stands, and so do its facts; a document is given its number once.
    fixed_from = (
        Fixed("pledges_docketline", when="OLD.outcome <> 'pending'"),
        Fixed(
            "pledges_docket",
            when="OLD.state <> 'open'",
            may_change=("state", "number", "number_on", "issued_at", "issued_by_id"),
            closed="OLD.state = 'issued'",
        ),
        # What stood in the way, who was asked and since when; once it is removed nothing changes.
        Fixed(
            "pledges_obstacle",
            may_change=(
                "asked_times",
                "last_asked_on",
                "removed_on",
                "how",
                "removed_at",
                "removed_by_id",
            ),
            closed="OLD.removed_on IS NOT NULL",
        ),
    )
