"""States of campaigns, pledges and dockets, and which may follow which. Imports nothing of ours."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class PledgeStatus(models.TextChoices):
    """Trạng thái của việc đăng ký."""

    DRAFT = "draft", _("Draft")
    SUBMITTED = "submitted", _("Registered, awaiting approval")
    RETURNED = "returned", _("Amendment asked for")
    APPROVED = "approved", _("Approved")
    REJECTED = "rejected", _("Not approved")
    WITHDRAWN = "withdrawn", _("Registration withdrawn")
    REPORTED = "reported", _("Reported as done")
    DONE = "done", _("Done")
    NOT_DONE = "not_done", _("Not done")
    DISCONTINUED = "discontinued", _("Discontinued")
    CARRIED_OVER = "carried_over", _("Carried over to next year")


S = PledgeStatus

# Every status but draft, rejected and withdrawn counts as registered.
REGISTERED = (
    S.SUBMITTED,
    S.RETURNED,
    S.APPROVED,
    S.REPORTED,
    S.DONE,
    S.NOT_DONE,
    S.DISCONTINUED,
    S.CARRIED_OVER,
)
# The rest: few among all pledges, so what is registered is found by leaving these out.
UNREGISTERED = tuple(status for status in S if status not in REGISTERED)
APPROVED = (S.APPROVED, S.REPORTED, S.DONE, S.NOT_DONE, S.DISCONTINUED, S.CARRIED_OVER)
# Still in the author's hands: content may be typed.
EDITABLE = (S.DRAFT, S.RETURNED)
# Over: nothing follows.
FINAL = (S.REJECTED, S.WITHDRAWN, S.DONE, S.NOT_DONE, S.DISCONTINUED, S.CARRIED_OVER)

TRANSITIONS: dict[str, frozenset[str]] = {
    S.DRAFT: frozenset({S.SUBMITTED, S.WITHDRAWN}),
    S.SUBMITTED: frozenset({S.RETURNED, S.APPROVED, S.REJECTED, S.WITHDRAWN}),
    S.RETURNED: frozenset({S.SUBMITTED, S.WITHDRAWN}),
    S.APPROVED: frozenset({S.REPORTED, S.DONE, S.NOT_DONE, S.DISCONTINUED, S.CARRIED_OVER}),
    S.REPORTED: frozenset({S.APPROVED, S.DONE, S.NOT_DONE, S.CARRIED_OVER}),
    S.REJECTED: frozenset(),
    S.WITHDRAWN: frozenset(),
    S.DONE: frozenset(),
    S.NOT_DONE: frozenset(),
    S.DISCONTINUED: frozenset(),
    S.CARRIED_OVER: frozenset(),
}


class CampaignState(models.TextChoices):
    """Trạng thái của đợt đăng ký."""

    DRAFT = "draft", pgettext_lazy("campaign", "In preparation")
    OPEN = "open", pgettext_lazy("campaign", "Registration open")
    VETTING = "vetting", pgettext_lazy("campaign", "Vetting and approval")
    RUNNING = "running", pgettext_lazy("campaign", "Under way")
    EVALUATING = "evaluating", pgettext_lazy("campaign", "Year-end evaluation")
    CLOSED = "closed", pgettext_lazy("campaign", "Closed")


# A window may open again (gia hạn) before anything of it has begun to run, and what is closed on a document;
# nothing else goes back.
CAMPAIGN_TRANSITIONS: dict[str, frozenset[str]] = {
    CampaignState.DRAFT: frozenset({CampaignState.OPEN}),
    CampaignState.OPEN: frozenset({CampaignState.VETTING}),
    CampaignState.VETTING: frozenset({CampaignState.OPEN, CampaignState.RUNNING}),
    CampaignState.RUNNING: frozenset({CampaignState.EVALUATING}),
    CampaignState.EVALUATING: frozenset({CampaignState.CLOSED}),
    CampaignState.CLOSED: frozenset({CampaignState.EVALUATING}),
}
# Closed on an official closing, opened again on a document: neither is a plain step.
ON_DOCUMENT: frozenset[tuple[str, str]] = frozenset(
    {
        (CampaignState.EVALUATING, CampaignState.CLOSED),
        (CampaignState.CLOSED, CampaignState.EVALUATING),
    }
)


class Outcome(models.TextChoices):
    """What a meeting decided on a line of its docket."""

    PENDING = "pending", pgettext_lazy("outcome", "not decided yet")
    APPROVE = "approve", pgettext_lazy("outcome", "approved")
    RETURN = "return", pgettext_lazy("outcome", "amendment asked for")
    REJECT = "reject", pgettext_lazy("outcome", "not approved")
    HOLD = "hold", pgettext_lazy("outcome", "held over to a later meeting")
    VOID = "void", pgettext_lazy("outcome", "void: the pledge has moved on")


# Đính chính: what a later act may write instead of what a meeting decided on a pledge …
CORRECTIONS: dict[str, frozenset[str]] = {
    Outcome.PENDING: frozenset(),
    Outcome.APPROVE: frozenset({Outcome.RETURN, Outcome.REJECT, Outcome.HOLD}),
    Outcome.RETURN: frozenset({Outcome.APPROVE, Outcome.REJECT, Outcome.HOLD}),
    Outcome.REJECT: frozenset({Outcome.APPROVE, Outcome.RETURN, Outcome.HOLD}),
    Outcome.HOLD: frozenset({Outcome.APPROVE, Outcome.RETURN, Outcome.REJECT}),
    Outcome.VOID: frozenset(),
}
# … and on the list of a unit. One that was sent back is sent again by the unit, not by a correction.
LIST_CORRECTIONS: dict[str, frozenset[str]] = {
    Outcome.PENDING: frozenset(),
    Outcome.APPROVE: frozenset({Outcome.RETURN, Outcome.HOLD}),
    Outcome.RETURN: frozenset(),
    Outcome.REJECT: frozenset(),
    Outcome.HOLD: frozenset({Outcome.APPROVE, Outcome.RETURN}),
    Outcome.VOID: frozenset(),
}
# Where a pledge stands as long as nothing has followed on the outcome; anywhere else it has moved on.
STANDS_AFTER: dict[str, frozenset[str]] = {
    Outcome.PENDING: frozenset(),
    Outcome.APPROVE: frozenset({S.APPROVED, S.SUBMITTED}),  # submitted while another body has not agreed yet
    Outcome.RETURN: frozenset({S.RETURNED}),
    Outcome.REJECT: frozenset({S.REJECTED}),
    Outcome.HOLD: frozenset({S.SUBMITTED}),
    Outcome.VOID: frozenset(),
}


class DocketState(models.TextChoices):
    """Where a docket stands: built, concluded by the recorder, issued by the clerk."""

    OPEN = "open", pgettext_lazy("docket", "before the meeting")
    CONCLUDED = "concluded", pgettext_lazy("docket", "awaiting document")
    ISSUED = "issued", pgettext_lazy("docket", "issued")
