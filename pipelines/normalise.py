"""Landed text becomes typed source rows: tidied, cast to the type of its field, and held back where it cannot be.

A row that cannot be used is data: it gets a `problem` and the column at fault, and keeps out of `source`.
Compared once here, values need no tidying anywhere else.
"""

from __future__ import annotations

from collections.abc import Collection

from pipelines.binding import Bound
from pipelines.ports import FieldInfo
from pipelines.sql import duckdb_type, hash_sql, literal, literals, quote, tidy_sql

EMAIL = r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)+"
"""What every org asks of an address at least; what is stricter there, the org itself refuses."""

DATE_LIKE = "regexp_matches({text}, '^\\d{{4}}-\\d{{2}}-\\d{{2}}')"


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


def moment_sql(text: str) -> str:
    """A point in time, UTC without a zone, whole seconds as the CRM keeps them; what has no offset is UTC."""
    cast = f"try_cast(case when {DATE_LIKE.format(text=text)} then {text} end as timestamptz)"
    return f"date_trunc('second', cast({cast} as timestamp))"


def problem_of_value(info: FieldInfo) -> str:
    """The reason given to a value that is none of its type."""
    if info.type in ("date", "datetime"):
        return "invalid_date"
    return "invalid_boolean" if info.type == "boolean" else "invalid_number"


def incoming_sql(bound: Bound, *, known: Collection[str] = ()) -> str:
    """Creates `work.incoming` from `landing.rows`: one row a landed row, none dropped.

    Columns: _file, _line, key, fold (the key without case), merged_fold, the typed source columns, row_hash
    (of all that is mapped, not of the change time), given_changed_at, problem, problem_column.
    """
    feed = bound.entity.source
    texts = {column: quote(column) for column in bound.entity.columns}
    tidied = ",\n    ".join(f"{tidy_sql(f'l.{name}')} as {name}" for name in texts.values())
    typed = ",\n    ".join(f"{_value_sql(bound, column, known)} as {quote(column)}" for column in bound.columns)
    problems = "\n      ".join(
        f"when {test} then {{'problem': '{why}', 'guilty': '{at}'}}" for test, why, at in _tests(bound)
    )
    hashed = ", ".join(quote(column) for column in bound.columns) or "null"
    merged = f"lower(t.{quote(feed.merged_into)})" if feed.merged_into else "cast(null as varchar)"
    changed = moment_sql(f"t.{quote(feed.changed_at)}") if feed.changed_at else "cast(null as timestamp)"
    status = bound.entity.status
    remembers = status is not None and status.column in known
    remembered = f",\n    o.{quote(status.column)} as known_status" if status and remembers else ""
    remembering = f"left join source o on o.fold = lower(t.{quote(feed.key)})" if remembers else ""
    return f"""
create or replace table work.incoming as
with tidied as (
  select
    l._file,
    l._line,
    {tidied}
  from landing.rows l
),
counted as (
  select
    t.*,
    count(*) over (partition by lower(t.{quote(feed.key)})) as same_key{remembered}
  from tidied t
  {remembering}
),
judged as (
  select
    t._file,
    t._line,
    t.{quote(feed.key)} as key,
    lower(t.{quote(feed.key)}) as fold,
    {merged} as merged_fold,
    {changed} as given_changed_at,
    case
      {problems}
    end as verdict,
    {typed}
  from counted t
)
select
  * exclude (verdict),
  verdict.problem as problem,
  verdict.guilty as problem_column,
  hash(key, merged_fold, {hashed}) as row_hash
from judged
"""


def _value_sql(bound: Bound, column: str, known: Collection[str]) -> str:
    """A blank status is the one that was known, and the default only for a row never seen before."""
    value = typed_sql(f"t.{quote(column)}", bound.columns[column])
    status = bound.entity.status
    if status and column == status.column:
        before = "t.known_status, " if column in known else ""
        return f"coalesce({value}, {before}{literal(status.default)})"
    return value


def _tests(bound: Bound) -> list[tuple[str, str, str]]:
    """(SQL test, reason, column) in the order in which a row is blamed."""
    feed, status = bound.entity.source, bound.entity.status
    key = f"t.{quote(feed.key)}"
    tests = [(f"{key} is null", "blank_key", feed.key), ("t.same_key > 1", "duplicate_key", feed.key)]
    key_length = bound.info.fields[bound.entity.target.key].length
    if key_length:
        tests.append((f"length({key}) > {key_length}", "too_long", feed.key))
    tests += [(f"t.{quote(column)} is null", "required_blank", column) for column in feed.required]
    if status:
        text = f"t.{quote(status.column)}"
        tests.append(
            (f"{text} is not null and {text} not in {literals(status.known)}", "unknown_status", status.column)
        )
    if feed.changed_at:
        text = f"t.{quote(feed.changed_at)}"
        tests.append((f"{text} is not null and {moment_sql(text)} is null", "invalid_date", feed.changed_at))
    for column, info in bound.columns.items():
        text = f"t.{quote(column)}"
        if info is None:
            continue
        if duckdb_type(info.type) != "varchar":
            tests.append((f"{text} is not null and {typed_sql(text, info)} is null", problem_of_value(info), column))
            continue
        if info.type == "email":
            tests.append((f"not regexp_full_match({text}, '{EMAIL}')", "invalid_email", column))
        if info.length:
            tests.append((f"length({text}) > {info.length}", "too_long", column))
    return tests


def source_sql(bound: Bound, *, known: dict[str, str]) -> str:
    """Creates `source` anew: the incoming rows without a problem over the rows known before.

    `known` are the columns of the present `source` table with their types, empty when there is none. A row that a full
    list no longer has stays, `present = false`: absence changes nothing.
    """
    types = {column: duckdb_type(info.type) if info else "varchar" for column, info in bound.columns.items()}
    columns = {"key": "varchar", "fold": "varchar", "merged_fold": "varchar", **types, "row_hash": "ubigint"}
    fresh = ",\n    ".join(f"i.{quote(column)}" for column in columns)
    touched = "case when o.row_hash = i.row_hash then o.changed_at end, " if known else ""
    merged = f"""
create or replace table source as
with fresh as (
  select
    {fresh},
    coalesce(i.given_changed_at, {touched}getvariable('now')) as changed_at,
    true as present
  from work.incoming i
  {"left join source o on o.fold = i.fold" if known else ""}
  where i.problem is null
)
"""
    content = hash_sql(quote(str(field.rule.source_column)) for field in bound.compared)
    numbered = f"select row_number() over () as number, *, {content} as content_hash"
    if not known:
        return f"{merged}{numbered} from fresh"
    old = ",\n  ".join(
        f"try_cast(o.{quote(column)} as {kind}) as {quote(column)}"
        if column in known
        else f"cast(null as {kind}) as {quote(column)}"
        for column, kind in columns.items()
    )
    still = (
        "exists (select 1 from work.incoming i where i.fold = o.fold)"
        if bound.entity.source.lists == "everything"
        else "o.present"
    )
    return f"""{merged}{numbered} from (
select * from fresh
union all by name
select
  {old},
  o.changed_at,
  {still} as present
from source o
where not exists (select 1 from work.incoming i where i.fold = o.fold and i.problem is null)
)
"""
