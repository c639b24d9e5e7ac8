"""What the status of a source row lets be done. Light, as checks import it with the definitions."""

from __future__ import annotations

from pipelines.entity import Entity
from pipelines.sql import given, literals


def active_sql(entity: Entity) -> str:
    """Boolean of a source row `s`: its status lets mapped fields be written."""
    status = entity.status
    return f"(s.{given(status.column)} in {literals(status.active)})" if status else "true"
