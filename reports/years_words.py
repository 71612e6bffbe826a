"""Words of a comparison of two years: what ties a line, and where a difference misleads."""

from django.utils.translation import gettext as _

from reports.figures import Figure, Kind
from reports.years import Comparison, Line, Tie


def tie_words(line: Line, year_then: int) -> str:
    """What ties both years of the line together; empty for the same organisation in the same place."""
    return {
        Tie.SAME: "",
        Tie.MOVED_IN: _("in %(year)s below %(place)s"),
        Tie.JOINED: _("merged or split: compared as a sum"),
        Tie.PARTED: _("split or merged over several places, a part is elsewhere: %(place)s"),
        Tie.MOVED_OUT: _("stands below %(place)s now"),
        Tie.NEW: _("no figures of %(year)s"),
        Tie.ENDED: _("ended, nobody followed it"),
    }[line.tie] % {"year": year_then, "place": line.places}


def rules_that_differ(found: Comparison, figure: Figure) -> list[str]:
    """What was counted otherwise in the two years, in words: the difference then misleads."""
    then, now = found.before.tier, found.after.tier
    said = []
    if figure.kind == Kind.PEOPLE:
        if set(then.counted_standings) != set(now.counted_standings) or then.counted != now.counted:
            said.append(_("other people were counted"))
        if figure.code == "met_quota" and then.quota_min != now.quota_min:
            words = _("the quota was %(then)s, and is %(now)s now")
            said.append(words % {"then": then.quota_min, "now": now.quota_min})
    versions = (found.before.version(figure), found.after.version(figure))
    if versions[0] != versions[1]:
        said.append(_("the figure was defined otherwise"))
    return said
