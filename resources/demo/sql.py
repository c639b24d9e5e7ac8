"""The SQL that both halves of the demo are made with: draws that depend on nothing but seed and row, and words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

AS_OF = "timestamp '2026-09-01 06:00:00'"
"""The demo's present. Everything lies before it, so that the same seed gives the same bytes on any day."""


def macros_sql(seed: int) -> list[str]:
    """`draw(what, row)` is a large number, the same for the same seed; `below` is it within bounds."""
    return [
        f"create macro draw(what, row_number) as md5_number_lower('{int(seed)}' || what || row_number)",
        "create macro below(what, row_number, n) as (draw(what, row_number) % n)::bigint",
        "create macro phone(row_number) as '+1 ' || (200 + below('area', row_number, 700)) || '-555-01'"
        " || lpad(below('line', row_number, 100)::varchar, 2, '0')",
        "create macro record_id(prefix, row_number) as prefix || '0dm' || lpad(row_number::varchar, 9, '0') || 'AAA'",
        f"create macro days_ago(days) as {AS_OF} - to_days(days::integer)",
        "create macro iso(moment) as strftime(moment, '%Y-%m-%dT%H:%M:%SZ')",
    ]


def pick(words: Sequence[str], what: str, row_number: str) -> str:
    """One of the words, drawn for the row."""
    listed = ", ".join("'" + word.replace("'", "''") + "'" for word in words)
    return f"list_extract([{listed}], 1 + below('{what}', {row_number}, {len(words)}))"


def among(column: str, *names: str) -> str:
    """Boolean: the column is one of these words."""
    return f"{column} in ({', '.join(repr(name) for name in names)})"


def rows_sql(table: str, counts: Mapping[str, int]) -> str:
    """Creates the table with `kind`, `nth` (its number within the kind) and `number`, which is scattered over kinds."""
    listed = ", ".join(f"('{kind}', {count})" for kind, count in counts.items())
    return f"""
create table {table} as
with kinds(kind, many) as (values {listed}),
single as (
  select kind, unnest(range(1, many + 1)) as nth
  from kinds
)
select
  kind,
  nth,
  row_number() over (order by draw(kind || '{table}', nth), kind, nth) as number
from single
"""
