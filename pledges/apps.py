"""What: campaigns, pledges, approval, follow-through."""

from django.apps import AppConfig


class PledgesConfig(AppConfig):
    name = "pledges"
    append_only = (
        "pledges_pledgeevent",
        "pledges_pledgeversion",
        "pledges_campaignevent",
        "pledges_pledgereturn",
        "pledges_returnpoint",
    )
