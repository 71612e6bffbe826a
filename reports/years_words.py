"""Words of a comparison of two years: why a line is not simply the same organisation twice."""

from django.utils.translation import gettext as _

from reports.years import Line, Tie


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
