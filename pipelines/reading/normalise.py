"""Landed text becomes typed source rows: tidied, cast to the type of its field, and held back where it cannot be.

A row that cannot be used is data: it gets a `problem` and the column at fault, and keeps out of `source`.
Compared once here, values need no tidying anywhere else.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from pipelines.declaring.entity import Entity
from pipelines.declaring.source import Rest
from pipelines.ports.objects import FieldInfo
from pipelines.reading.binding import Bound
from pipelines.reading.usable import DATE_LIKE, Test, forgiving, moment_sql, problem_sql, tests_of_source
from pipelines.sql import duckdb_type, given, is_list_sql, literal, literals, quote, said, tidy_sql

HELD_PROBLEMS = ("duplicate_key", "older_than_known")
"""Problems that are no mistake of the row itself: somebody has to choose."""

EMAIL = r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)+"
"""What every org asks of an address at least; what is stricter there, the org itself refuses."""


def typed_sql(text: str, info: FieldInfo | None) -> str:
    """The tidied text as a value of the field's type; null where it is none."""
    match info.type if info else "string":
        case "boolean":
            return f"try_cast({text} as boolean)"
        case "int":
            return f"try_cast(case when regexp_full_match({text}, '[+-]?\\d+(\\.0*)?') then {text} end as bigint)"
        case "double" | "currency" | "percent":
            scale = info.scale if info else 0
            return f"round(try_cast(case when regexp_matches({text}, '^[+-.\\d]') then {text} end as double), {scale})"
        case "date":
            return f"try_cast(case when {DATE_LIKE.format(text=text)} then {text} end as date)"
        case "datetime":
            return moment_sql(text)
        case _:
            return text


def problem_of_value(info: FieldInfo) -> str:
    """The reason given to a value that is none of its type."""
    if info.type in ("date", "datetime"):
        return "invalid_date"
    return "invalid_boolean" if info.type == "boolean" else "invalid_number"


def incoming_sql(bound: Bound, *, known: Collection[str] = (), whole: bool = True) -> str:
    """Creates `work.incoming` from `landing.rows`: one row a landed row, none dropped.

    Columns: _file, _line, key, fold (the key without case), merged_fold, the typed source columns, row_hash
    (of all that is mapped, not of the change time), given_changed_at, problem, problem_column.
    `known`: the columns, quoted, that `source` has; none where there is none yet. `whole`: all rows were landed, not
    only those that changed.
    A row whose own change time is before the one that is known, with other content, is `older_than_known`. One that
    says itself that it is over is judged by its key, its change time and what says so; what else is wrong is blank.
    """
    feed = bound.entity.source
    paged = isinstance(feed, Rest)
    tests = _tests(bound)
    tidied = ",\n    ".join(f"{tidy_sql(f'l.{quote(column)}')} as {given(column)}" for column in bound.entity.columns)
    typed = ",\n    ".join(f"{_value_sql(bound, column, tests)} as {given(column)}" for column in bound.columns)
    spoken = ",\n    ".join(
        f"not exists (select 1 from absent_columns a where a.file = t._file and a.name = {literal(column)})"
        f" as {said(column)}"
        for column in bound.clearing
    )
    merged = f"lower(t.{given(feed.merged_into)})" if feed.merged_into else "cast(null as varchar)"
    changed = moment_sql(f"t.{given(feed.changed_at)}") if feed.changed_at else "cast(null as timestamp)"
    return f"""
create or replace table work.incoming as
with known as (
  {_known_sql(bound, known)}
),
tidied as (
  select
    l._file,
    l._line,
    {tidied}
  from landing.rows l
  {"anti join work.repeats r on r._file = l._file and r._line = l._line" if paged else ""}
),
counted as (
  select
    s.*,
    {_over_sql(bound.entity)} as is_over,
    count(*) over (partition by lower(s.{given(feed.key)})) as same_key,
    {"null" if whole else "k.key"} as known_key,
    k.status as known_status,
    k.given_at as known_at,
    k.row_hash as known_hash
  from tidied s
  left join known k on k.fold = lower(s.{given(feed.key)})
),
judged as (
  select
    t._file,
    t._line,
    t.{given(feed.key)} as key,
    lower(t.{given(feed.key)}) as fold,
    {merged} as merged_fold,
    {changed} as given_changed_at,
    {problem_sql(forgiving(tests, _judged(bound.entity)) if bound.entity.life else tests)} as verdict,
    t.known_at,
    t.known_hash,
    {typed}{f",{spoken}" if spoken else ""}
  from counted t
),
hashed as (
  select *, {row_hash_sql(bound)} as row_hash
  from judged
),
aged as (
  select
    *,
    case
      when given_changed_at < known_at and row_hash <> known_hash
        then {{'problem': 'older_than_known', 'guilty': {literal(feed.changed_at or "")}}}
    end as late
  from hashed
)
select
  * exclude (verdict, known_at, known_hash, late),
  coalesce(verdict, late).problem as problem,
  coalesce(verdict, late).guilty as problem_column
from aged
"""


def row_hash_sql(bound: Bound) -> str:
    """A number that changes with anything that is mapped of a typed row."""
    hashed = ", ".join([*map(given, bound.columns), *map(said, bound.clearing)]) or "null"
    return f"hash(key, merged_fold, {hashed})"


def typed_rows_sql(bound: Bound, rows: str, own: Sequence[str]) -> str:
    """Selects the text rows of that relation as typed source rows, with these own columns of it; nothing is judged."""
    kept = ", ".join(own)
    tidied = ",\n    ".join(f"{tidy_sql(f'l.{quote(column)}')} as {given(column)}" for column in bound.columns)
    typed = ",\n  ".join(
        f"{typed_sql(f't.{given(column)}', info)} as {given(column)}" for column, info in bound.columns.items()
    )
    return f"""select
  {kept},
  {typed}
from (
  select
    {kept},
    {tidied}
  from {rows} l
) t"""


def repeats_sql(bound: Bound) -> str:
    """Creates `work.repeats` (_file, _line, key): rows of pages that a later one, or a newer, of the same key repeats.

    A collection is read while it changes: what is updated between two pages comes twice, and the last one is true.
    Keys that case tells apart are not the same: their rows are two that no record can tell apart.
    """
    source = bound.entity.source
    if not isinstance(source, Rest):
        return "create or replace table work.repeats (_file varchar, _line bigint, key varchar)"
    return f"""
create or replace table work.repeats as
select l._file, l._line, {tidy_sql(f"l.{quote(source.key)}")} as key
from landing.rows l
qualify {turn_sql(source)} > 1
"""


def turn_sql(source: Rest) -> str:
    """Which of the rows `l` with its key a row is, the one that counts first; 1 for each without a key."""
    key = tidy_sql(f"l.{quote(source.key)}")
    changed = moment_sql(f"l.{quote(source.changed_at)}") if source.changed_at else "null"
    order = f"order by {changed} desc nulls last, l._line desc"
    return f"case when {key} is null then 1 else row_number() over (partition by {key} {order}) end"


def _known_sql(bound: Bound, known: Collection[str]) -> str:
    """Selects what `source` knows of its rows: fold, key, status, given_at, row_hash; none where there is none yet."""
    status = bound.entity.status
    column = given(status.column) if status else ""
    said = column if column in known else "cast(null as varchar)"
    if not known:
        return (
            "select null as fold, null as key, null as status, cast(null as timestamp) as given_at, 0 as row_hash"
            " where false"
        )
    return f"select fold, key, {said} as status, given_at, row_hash from source_known"


def _over_sql(entity: Entity) -> str:
    """Boolean of a tidied row `s`: it says itself that it is over."""
    life = entity.life
    said = [life.ends_when.sql()] if life and life.reads else []
    said += [f"s.{given(str(entity.source.merged_into))} is not null"] if life and life.merged_ends else []
    return f"({' or '.join(said) or 'false'})"


def _judged(entity: Entity) -> set[str]:
    """The columns that a row which is over is judged by."""
    source, life = entity.source, entity.life
    return {source.key, *(life.reads if life else ())} | {c for c in (source.changed_at, source.merged_into) if c}


def _value_sql(bound: Bound, column: str, tests: list[Test]) -> str:
    """A blank status is the one that was known, and the default only for a row never seen before."""
    value = typed_sql(f"t.{given(column)}", bound.columns[column])
    status = bound.entity.status
    bad = [test for test, _, at in tests if at == column]
    if bound.entity.life and bad and column not in _judged(bound.entity):
        value = f"case when not t.is_over or not coalesce({' or '.join(bad)}, false) then {value} end"
    if status and column == status.column:
        return f"coalesce({value}, t.known_status, {literal(status.default)})"
    return value


def _tests(bound: Bound) -> list[Test]:
    """(SQL test, reason, column) in the order in which a row is blamed."""
    feed, status = bound.entity.source, bound.entity.status
    key_length = bound.info.fields[bound.entity.target.key].length
    tests = tests_of_source(feed)
    if key_length:
        tests.append((f"length(t.{given(feed.key)}) > {key_length}", "too_long", feed.key))
    if status:
        text = f"t.{given(status.column)}"
        tests.append(
            (f"{text} is not null and {text} not in {literals(status.known)}", "unknown_status", status.column)
        )
    for column in bound.lists:
        text = f"t.{given(column)}"
        tests.append((f"{text} is not null and not coalesce({is_list_sql(text)}, false)", "invalid_list", column))
    for column, info in bound.columns.items():
        text = f"t.{given(column)}"
        if info is None:
            continue
        if duckdb_type(info.type) != "varchar":
            tests.append((f"{text} is not null and {typed_sql(text, info)} is null", problem_of_value(info), column))
            continue
        tests.append((f"contains({text}, chr(0))", "invalid_character", column))
        if info.type == "email":
            tests.append((f"not regexp_full_match({text}, '{EMAIL}')", "invalid_email", column))
        if info.length and column not in bound.cut:
            tests.append((f"length({text}) > {info.length}", "too_long", column))
    return tests
