"""What the status and the life of a source row let be done. Light, as checks import it with the definitions."""

from __future__ import annotations

from pipelines.declaring.entity import Entity
from pipelines.sql import given, literals

ENDED = "ended"
"""Column of `work.rows`, where the entity has a life: the row's subject is over."""

LACKING = "lacking"
"""Column of `work.rows`, where the entity has a life: it is over only because something is not there."""

TELLS = "tells"
"""Column of `work.rows`, where the entity has a life: the row itself says that it is over."""

WANTED = "wanted"
"""Column of `work.rows`, where the entity has such a condition: the row may get a record."""

NEWER = "coalesce(s.given_at > t.given_at, false)"
"""Boolean of a source row `s` and its state `t`: the source updated it since a run was about it, in whatever way."""


def active_sql(entity: Entity) -> str:
    """Boolean of a source row `s`: its status lets mapped fields be written."""
    status = entity.status
    return f"(s.{given(status.column)} in {literals(status.active)})" if status else "true"


def ended_sql(entity: Entity) -> str:
    """Boolean of a row `s` of `work.rows`: its subject is over."""
    return f"s.{ENDED}" if entity.life else "false"


def lacking_sql(entity: Entity) -> str:
    """Boolean of a row `s` of `work.rows`: its subject is over only as long as something is not there."""
    return f"s.{LACKING}" if entity.life else "false"


def wanted_sql(entity: Entity) -> str:
    """Boolean of a row `s` of `work.rows`: it may get a record, as far as the declaration's condition goes."""
    return f"s.{WANTED}" if entity.wanted else "true"


def alive_sql(entity: Entity) -> str:
    """Boolean of a row `s` of `work.rows`: its status lets mapped fields be written, and it is not over."""
    return f"({active_sql(entity)} and not s.{ENDED})" if entity.life else active_sql(entity)
