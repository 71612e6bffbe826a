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
from reports.models.counts import MEASURES, DailyCount, UnitCount

__all__ = [
    "MEASURES",
    "CampaignReopening",
    "ClosedPerson",
    "ClosedPledge",
    "ClosedUnit",
    "Closing",
    "ClosingKind",
    "DailyCount",
    "FigureCheck",
    "UnitCount",
]
