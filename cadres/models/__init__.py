"""Models of `cadres`, one file a subject."""

from cadres.models.accounts import Delegation, RoleAssignment, User
from cadres.models.bodies import (
    Body,
    BodyKind,
    BodyMember,
    CadreEntry,
    CadreList,
    CadreListKind,
    Office,
    OfficeKind,
)
from cadres.models.imports import ImportJob, ImportMode, RosterImport
from cadres.models.journal import RecordEvent, UnitChange
from cadres.models.members import Member, Membership, Rank, Standing
from cadres.models.notices import Mail, Notification
from cadres.models.units import (
    CELL_KINDS,
    PATH_STEP,
    Unit,
    UnitChangeKind,
    UnitKind,
    UnitPeriod,
    UnitSuccession,
)

__all__ = [
    "CELL_KINDS",
    "PATH_STEP",
    "Body",
    "BodyKind",
    "BodyMember",
    "CadreEntry",
    "CadreList",
    "CadreListKind",
    "Delegation",
    "ImportJob",
    "ImportMode",
    "Mail",
    "Member",
    "Membership",
    "Notification",
    "Office",
    "OfficeKind",
    "Rank",
    "RecordEvent",
    "RoleAssignment",
    "RosterImport",
    "Standing",
    "Unit",
    "UnitChange",
    "UnitChangeKind",
    "UnitKind",
    "UnitPeriod",
    "UnitSuccession",
    "User",
]
