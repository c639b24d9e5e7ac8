"""The SQL that takes pages of JSON apart into a table of text.

Each value is taken by itself, so its type may differ from row to row: booleans become `true` and `false`, whole numbers
lose their point, lists and objects stay JSON, null and missing are null.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from pipelines.declaring.source import Rest
from pipelines.sql import literal, quote

REJECT = "not_an_object"
"""The reason of a row that is a number, a text, a list or null."""


def tables_sql(columns: Sequence[str]) -> list[str]:
    """Empty tables: the rows as text, the rejected ones, and the names that each page's rows have."""
    listed = ", ".join(f"{quote(column)} varchar" for column in columns)
    return [
        f"create table rows (_line bigint, {listed})",
        "create table rejects (_line bigint)",
        "create table names (page bigint, name varchar)",
    ]


def page_sql(collection: Rest, columns: Sequence[str]) -> list[str]:
    """Statements that put `pages` (page, before, body) into the tables; `before` is how many rows came before."""
    pointers = ", ".join(literal(_pointer(column)) for column in columns)
    cells = ", ".join(_cell_sql(place, column) for place, column in enumerate(columns, 1))
    taken = f"""
create or replace temp table taken as
with lists as (
  select page, before, from_json(json_extract(body, {literal(_pointer(collection.data))}), '["JSON"]') as listed
  from pages
)
select
  page,
  before + unnest(range(1, len(listed) + 1)) as _line,
  unnest(listed) as row
from lists
"""
    rows = f"""
insert into rows
with cut as (
  select _line, row, json_extract_string(row, [{pointers}]) as cells
  from taken
  where json_type(row) = 'OBJECT'
)
select _line, {cells}
from cut
"""
    rejects = "insert into rejects select _line from taken where json_type(row) is distinct from 'OBJECT'"
    names = """
insert into names
with alike as (
  select distinct page, json_keys(row) as names
  from taken
  where json_type(row) = 'OBJECT'
)
select distinct page, unnest(names)
from alike
"""
    return [taken, rows, rejects, names, "drop table taken"]


def _pointer(name: str) -> str:
    """The name as a JSON pointer, in which no other sign has a meaning."""
    return "/" + name.replace("~", "~0").replace("/", "~1")


def _cell_sql(place: int, column: str) -> str:
    """The cell as text; a whole number that came with a point loses it, a text that looks like one does not."""
    whole = f"cells[{place}] like '%.0' and json_type(row, {literal(_pointer(column))}) = 'DOUBLE'"
    return f"case when {whole} then cells[{place}][:-3] else cells[{place}] end"


def missing_sql() -> str:
    """The first page, if any, none of whose rows has one of the columns of the parameter: page, column, its names."""
    return """
with named as (
  select page, list(name order by name) as names
  from names
  group by page
)
select page, column_name, names
from named, (select unnest($1::varchar[]) as column_name)
where not list_contains(names, column_name)
order by page
limit 1
"""


def once_sql(key: str, columns: Sequence[str]) -> str:
    """Rows that came again with the same key and the same cells, as pages that shift make them, count once."""
    every = ", ".join(quote(column) for column in columns)
    return f"""
delete from rows
where _line in (
  select _line
  from rows
  where {quote(key)} in (select {quote(key)} from rows group by 1 having count(*) > 1)
  qualify row_number() over (partition by {every} order by _line) > 1
)
"""


def fingerprint_sql(columns: Sequence[str]) -> str:
    """How many rows there are, and a text that changes when they do, whatever their order."""
    every = ", ".join(quote(column) for column in columns)
    return f"select count(*), printf('%d-%x', count(*), coalesce(bit_xor(hash({every})), 0)) from rows"


def files_sql(name: str, columns: Sequence[str], folder: Path) -> list[str]:
    """Statements that write `rows.parquet` and `rejects.parquet`."""
    every = ", ".join(quote(column) for column in columns)
    rows = f"select {literal(name)} as _file, _line, {every} from rows"
    rejects = f"select {literal(name)} as _file, _line, {literal(REJECT)} as reason from rejects"
    return [
        f"copy ({query}) to {literal(str(folder / file))} (format parquet, compression uncompressed)"
        for query, file in ((rows, "rows.parquet"), (rejects, "rejects.parquet"))
    ]
