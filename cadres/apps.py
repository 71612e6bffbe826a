"""Who: units, members, bodies, accounts, roles; and the rows every app writes beside its own."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate

from cadres.indexes import Index


class CadresConfig(AppConfig):
    name = "cadres"
    notice_kinds = "cadres.notice_words.KINDS"
    append_only = ("cadres_recordevent", "cadres_unitsuccession")
    # What is few among millions: those of a name, committees, their bodies.
    indexes = (
        Index("member_names", "cadres_member", "USING gin (search_key gin_trgm_ops)", extension="pg_trgm"),
        Index(
            "unit_committees",
            "cadres_unit",
            "(path varchar_pattern_ops) INCLUDE (id, kind) "
            "WHERE ended_on IS NULL AND kind NOT IN ('cell', 'grassroots_cell')",
        ),
        Index(
            "committee_bodies",
            "cadres_body",
            "(unit_id) INCLUDE (kind) WHERE ended_on IS NULL AND kind <> 'cell_meeting'",
        ),
        Index("unit_names", "cadres_unit", "USING gin (name_key gin_trgm_ops)", extension="pg_trgm"),
    )

    def ready(self) -> None:
        from cadres.guards import install_guards  # noqa: PLC0415  (models must be loaded first)

        # The only receiver of the project: SQLite drops triggers when a migration remakes a table.
        post_migrate.connect(install_guards, sender=self, dispatch_uid="cadres.guards")
