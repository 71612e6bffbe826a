"""Looking for people and organisations inside what a person reads."""

from django.db.models import Case, F, Q, QuerySet, Value, When
from django.db.models.functions import Concat

from cadres.models import Member, Unit, User
from cadres.permissions import scope_of, under
from cadres.text import clean, fold

SHORTEST = 2


def found_members(user: User, text: str) -> QuerySet[Member]:
    """Members in the user's scope by name (marks ignored), by code, or by the whole card number.

    First come given names (tên) like `text`, then names written with its very marks.
    """
    readable = Member.objects.filter(under(scope_of(user).readable_paths, "unit__"))
    if len(fold(text)) < SHORTEST:
        return readable.none()
    exact = Q(code=clean(text).upper()) | Q(card_number=clean(text))
    found = readable.search(text) | readable.filter(exact)
    given_name = Q(search_key=fold(text)) | Q(search_key__endswith=f" {fold(text)}")
    same_marks = Q(whole_name__icontains=clean(text)) | Q(whole_name__contains=clean(text).title())
    return found.annotate(
        whole_name=Concat("family_names", Value(" "), F("given_name")),
        closeness=Case(
            When(given_name & same_marks, then=0),
            When(given_name, then=1),
            When(same_marks, then=2),
            default=3,
        ),
    ).order_by("closeness", "sort_key", "pk")


def found_units(user: User, text: str) -> QuerySet[Unit]:
    """Organisations in force in the user's scope whose name holds all words of `text`."""
    units = Unit.objects.in_force().filter(under(scope_of(user).readable_paths))
    words = fold(text).split()
    if len(fold(text)) < SHORTEST:
        return units.none()
    for word in words:
        units = units.filter(name_key__contains=word)
    return units.order_by("path")
