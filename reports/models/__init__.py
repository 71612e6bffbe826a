"""Models of `reports`, one file a subject."""

from reports.models.closings import (
    CampaignReopening,
    ClosedPerson,
    ClosedPledge,
    ClosedUnit,
    Closing,
    ClosingKind,
    FigureCheck,
)
from reports.models.counts import (
    FACET_MEASURES,
    MEASURES,
    DailyCount,
    Facet,
    FacetCount,
    UnitCount,
)

__all__ = [
    "FACET_MEASURES",
    "MEASURES",
    "CampaignReopening",
    "ClosedPerson",
    "ClosedPledge",
    "ClosedUnit",
    "Closing",
    "ClosingKind",
    "DailyCount",
    "Facet",
    "FacetCount",
    "FigureCheck",
    "UnitCount",
]
