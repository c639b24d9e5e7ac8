"""The cells of a record whose row is over: what the declaration's life wants there, and all else emptied if it says so.

Rows that live have their cells from the fields' rules alone; the two never meet, as a row is over or it is not.
"""

from __future__ import annotations

from pipelines.declaring.derived_rules import EndedAt
from pipelines.declaring.rules import Case
from pipelines.reading.binding import Bound, BoundField
from pipelines.reconciling.status import TELLS
from pipelines.sql import differs_sql, duckdb_type, literal

NAME = "ended"
"""The rule that such cells are told by."""


def ended_cell(bound: Bound, field: BoundField, case: Case) -> tuple[str, str] | None:
    """New value and whether it is to be written, as SQL over source row `s` and record `r`; None: never."""
    life = bound.entity.life
    if life is None:
        return None
    if field.name in life.then:
        new = f"cast({literal(life.then[field.name])} as {duckdb_type(field.type)})"
        return new, f"({differs_sql(new, case.old, field.type)})"
    if isinstance(field.rule, EndedAt):
        return field.rule.ended_sql(f"s.{TELLS}"), field.rule.ended_when_sql(case, f"s.{TELLS}")
    if life.clears and _can_be_emptied(field):
        return f"cast(null as {duckdb_type(field.type)})", f"({case.old} is not null)"
    return None


def _can_be_emptied(field: BoundField) -> bool:
    """Not checkboxes and required fields, nor what says how the record is seen rather than what it says."""
    kept = field.rule.housekeeping or field.rule.record_types
    return field.info.nillable and field.type != "boolean" and not kept
