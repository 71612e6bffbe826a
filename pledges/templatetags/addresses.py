"""Addresses of the rows of a list, as filters.

A page of fifty rows has two hundred of them, and to reverse each takes longer than to write its row:
what stands around the key is asked once.
"""

from functools import cache
from urllib.parse import quote
from uuid import UUID

from django import template
from django.urls import reverse

from cadres.models import Member, Unit
from pledges.models import Campaign, Pledge

register = template.Library()

_CODE, _REF = "CODE", UUID(int=0)
# What may stand in a path as it is, as `reverse` has it.
_UNQUOTED = "!$&'()*+,;=~:@"


@cache
def _around(name: str, key: str | UUID, *before: str) -> tuple[str, str]:
    """What stands before and behind the key, the last argument of the address."""
    head, _key, tail = reverse(name, args=[*before, key]).rpartition(str(key))
    return head, tail


@register.filter
def pledge_url(pledge: Pledge) -> str:
    """The page of a pledge."""
    head, tail = _around("pledges:detail", _REF)
    return f"{head}{pledge.ref}{tail}"


@register.filter
def member_url(member: Member) -> str:
    """The page of a member."""
    head, tail = _around("pledges:member", _CODE)
    return f"{head}{quote(member.code, safe=_UNQUOTED)}{tail}"


@register.filter
def cell_url(cell: Unit, campaign: Campaign) -> str:
    """The list of a cell in a campaign."""
    head, tail = _around("pledges:cell", _CODE, campaign.code)
    return f"{head}{quote(cell.code, safe=_UNQUOTED)}{tail}"
