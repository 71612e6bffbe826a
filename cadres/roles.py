"""Roles as code: reviewed in git, not edited in a database."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    """What a person may do; the scope (unit with its sub-tree, or body) is on the assignment."""

    MEMBER = "member", _("Party member")
    CELL_SECRETARY = "cell_secretary", _("Cell secretary")
    GRASSROOTS_OFFICER = "grassroots_officer", _("Grassroots committee officer")
    BOARD_OFFICER = "board_officer", _("Organisation board officer")
    BODY_MEMBER = "body_member", _("Member of the deciding body")
    RECORDER = "recorder", _("Meeting recorder")
    INSPECTOR = "inspector", _("Inspector")
    CLERK = "clerk", _("Records clerk")
    ADMINISTRATOR = "administrator", _("System administrator")


BODY_ROLES = (Role.BODY_MEMBER, Role.RECORDER)
# Roles that read every pledge of the sub-tree of their unit.
READING_ROLES = (
    Role.CELL_SECRETARY,
    Role.GRASSROOTS_OFFICER,
    Role.BOARD_OFFICER,
    Role.INSPECTOR,
    Role.CLERK,
)
