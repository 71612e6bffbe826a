"""The themes of a campaign as a list names them: by number or by title."""

from cadres.text import fold
from pledges.models import Campaign


def themes_of(campaign: Campaign) -> dict[str, int]:
    """The themes of the guidance by number and by folded title."""
    themes = list(campaign.themes.all())
    return {theme_key(theme.title): theme.pk for theme in themes} | {
        str(theme.order): theme.pk for theme in themes
    }


def theme_key(text: str) -> str:
    """How a theme is looked for: 2, "2." and "Chủ đề 2" are one; a title without its marks and case."""
    key = fold(text).rstrip(" .")
    return key.removeprefix("chu de ").lstrip("0") if key.removeprefix("chu de ").isdigit() else key
