"""SQL that several steps of the thinking share: when a cell may be written, and many cells out of one row."""

from __future__ import annotations

from collections.abc import Iterable

from pipelines.reading.binding import Bound, BoundField
from pipelines.sql import quote


def frozen_sql(bound: Bound, field: BoundField) -> str:
    """Boolean: a person froze this cell."""
    if field.rule.housekeeping:
        return "false"
    freeze = bound.entity.freeze
    flags = [freeze.mapped, freeze.hierarchy if field.rule.hierarchy else None]
    return " or ".join(f"coalesce(r.{quote(flag)}, false)" for flag in flags if flag) or "false"


def unnested_sql(cells: list[tuple[str, str, str, str, str]], row: str, rows: str) -> str:
    """Selects fold, record_id, field, old, new, rule of the wanted ones of these cells, in one pass over the rows.

    A cell is (field, old, new, wanted, rule), all SQL. What is unnested is paid for by every cell, wanted or not.
    """
    names = ", ".join(f"({n}, {field}, {rule})" for n, (field, _, _, _, rule) in enumerate(cells))
    olds = list_sql(old for _, old, _, _, _ in cells)
    news = list_sql(new for _, _, new, _, _ in cells)
    numbers = list_sql(f"case when {wanted} then {n} end" for n, (_, _, _, wanted, _) in enumerate(cells))
    return f"""select fold, record_id, field, old, new, rule
from (
  select
    {row},
    unnest({olds}) as old,
    unnest({news}) as new,
    unnest({numbers}) as n
  from {rows}
)
join (values {names}) names (n, field, rule) using (n)"""


def list_sql(entries: Iterable[str]) -> str:
    return "[\n      " + ",\n      ".join(entries) + "\n    ]"
