"""A tier in words: its quota, who is counted, and the route of its pledges step by step."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from cadres.models import BodyKind, Standing
from cadres.templatetags.display import number
from pledges.models import Authority, Counted, RouteStep, StepLevel, StepMode, Tier

Names = dict[str, str]  # official names of the host's bodies, by kind

MODES: dict[str, Promise] = {
    StepMode.DECIDES: gettext_lazy("%(body)s decides on each registration."),
    StepMode.DECIDES_JOINTLY: gettext_lazy("%(body)s approves."),
    StepMode.GIVES_OPINION: gettext_lazy("%(body)s gives its opinion."),
    StepMode.ENDORSES: gettext_lazy("%(body)s endorses the list, one line an organisation."),
}


@dataclass(frozen=True)
class TierWords:
    """A tier as its page tells it."""

    tier: Tier
    quota: str
    counted: str
    steps: list[str]
    joint: bool


def tier_words(tier: Tier, names: Names) -> TierWords:
    """The tier in words; its steps come prefetched."""
    steps = list(tier.steps.all())
    joint = sum(1 for step in steps if step.mode == StepMode.DECIDES_JOINTLY) > 1
    return TierWords(
        tier, quota_words(tier), counted_words(tier), [step_words(step, names) for step in steps], joint
    )


def quota_words(tier: Tier) -> str:
    """How much is asked of each: mỗi đồng chí ít nhất 2 nội dung, từ 1 đến 3 việc."""
    least, most = tier.quota_min, tier.quota_max
    if tier.is_listed:
        what = ngettext("%(n)s undertaking", "%(n)s undertakings", most or least)
    else:
        what = ngettext("%(n)s task", "%(n)s tasks", most or least)
    if most is None:
        return _("each at least %(what)s") % {"what": what % {"n": number(least)}}
    if least == most:
        return _("each %(what)s") % {"what": what % {"n": number(least)}}
    span = _("%(least)s to %(most)s") % {"least": number(least), "most": number(most)}
    return _("each %(what)s") % {"what": what % {"n": span}}


def counted_words(tier: Tier) -> str:
    """Who makes up the denominator of the rate, if there is one."""
    if tier.counted == Counted.NOBODY:
        return _("No rate: people and pledges are counted as they come.")
    if tier.counted == Counted.CADRE_LIST and tier.cadre_list:
        return _("Counted are the comrades on the list “%(list)s”.") % {"list": tier.cadre_list.title}
    labels = [str(Standing(standing).label) for standing in tier.counted_standings]
    return _("Counted are members who are %(standings)s.") % {"standings": _(" or ").join(labels)}


def step_words(step: RouteStep, names: Names) -> str:
    """One step in a sentence: Chi bộ thông qua từng việc đăng ký."""
    sentence = str(MODES[step.mode]) % {"body": body_words(step.level, step.body_kind, names)}
    if step.authority == Authority.STATE:
        return _("Within the authority of the State: %(sentence)s") % {"sentence": sentence}
    if step.authority == Authority.PARTY:
        return _("Within the authority of the Party: %(sentence)s") % {"sentence": sentence}
    return sentence


def body_words(level: str, body_kind: str, names: Names) -> str:
    """A body of the route by the level on which it stands: Ban Thường vụ của đảng ủy cơ sở."""
    kind = str(BodyKind(body_kind).label)
    if level == StepLevel.HOST:
        return names.get(body_kind, kind)
    if level == StepLevel.CELL:
        return _("The meeting of the cell")
    return _("The %(body)s of the grassroots committee") % {"body": kind}
