"""Models of `reports`, one file a subject."""

from reports.models.closings import (
    CampaignReopening,
    ClosedPerson,
    ClosedPledge,
    ClosedUnit,
    Closing,
    ClosingKind,
    ClosingStage,
    FigureCheck,
    Stage,
)
from reports.models.counts import (
    CLOSED_MEASURES,
    FACET_MEASURES,
    MEASURES,
    DailyCount,
    Facet,
    FacetCount,
    UnitCount,
)
from reports.models.exports import Export, ExportForm

__all__ = [
    "CLOSED_MEASURES",
    "FACET_MEASURES",
    "MEASURES",
    "CampaignReopening",
    "ClosedPerson",
    "ClosedPledge",
    "ClosedUnit",
    "Closing",
    "ClosingKind",
    "ClosingStage",
    "DailyCount",
    "Export",
    "ExportForm",
    "Facet",
    "FacetCount",
    "FigureCheck",
    "Stage",
    "UnitCount",
]
