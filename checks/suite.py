"""What every extracted row should be, read off the declaration: promises that `expectations.py` asks about.

The rows are asked as the feed has them, tidied but not yet judged, so that the suite checks our reading of them too.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from pipelines.declaring.agreed_rules import Agreed
from pipelines.declaring.conditions import Is
from pipelines.declaring.elsewhere import RecordTypes
from pipelines.declaring.entity import Entity
from pipelines.sql import duckdb_type, literals, quote, tidy_sql

EMAIL = r"[^@\s,;]+@[^@\s,;]+\.[^@\s,;.]+"
"""As much of the shape of an address as every mail server agrees on."""

TRUTH = ("true", "false")

ROWS = "extracted"
"""The relation that holds the rows."""


@dataclass(frozen=True)
class Promise:
    """One expectation: its type in Great Expectations' words, and its settings."""

    type: str
    settings: Mapping[str, object] = field(default_factory=dict)
    about: str = ""
    """The column and, of one in SQL, what is promised."""


def extracted_sql(entity: Entity, landed: str) -> str:
    """Selects the landed rows with white space off and blank as null; `landed` is the relation they lie in."""
    columns = ",\n  ".join(f"{tidy_sql(f'l.{quote(name)}')} as {quote(name)}" for name in entity.columns)
    return f"select\n  {columns}\nfrom {landed} l"


def suite(entity: Entity, columns: Mapping[str, tuple[str, int]]) -> list[Promise]:
    """Every promise; `columns` are the CRM type and length that each source column goes to."""
    feed, status = entity.source, entity.status
    cut = {rule.column for rule in entity.fields.values() if isinstance(rule, Agreed)}  # longer there is no mistake
    promises = []
    if feed.lists == "everything":  # there may be no change at all
        promises.append(Promise("expect_table_row_count_to_be_between", {"min_value": 1}, "rows"))
    promises += [
        Promise("expect_column_values_to_not_be_null", {"column": name}, name) for name in (feed.key, *feed.required)
    ]
    promises.append(Promise("expect_column_values_to_be_unique", {"column": feed.key}, feed.key))
    if status:
        settings = {"column": status.column, "value_set": list(status.known)}
        promises.append(Promise("expect_column_values_to_be_in_set", settings, status.column))
    for name, (kind, length) in columns.items():
        if length and duckdb_type(kind) == "varchar" and name not in cut:
            promises.append(
                Promise("expect_column_value_lengths_to_be_between", {"column": name, "max_value": length}, name)
            )
        if kind == "email":
            promises.append(
                _none(feed.key, name, f"not regexp_full_match({quote(name)}, '{EMAIL}')", "an e-mail address")
            )
        if kind == "int":
            promises.append(_none(feed.key, name, f"try_cast({quote(name)} as double) is null", "a number"))
        if kind == "datetime":
            promises.append(_none(feed.key, name, f"try_cast({quote(name)} as timestamptz) is null", "a point in time"))
    promises += [_none(feed.key, *promise) for promise in (*_of_references(entity), *_of_conditions(entity))]
    if feed.changed_at:
        cast = f"try_cast({quote(feed.changed_at)} as timestamptz)"
        promises.append(_none(feed.key, feed.changed_at, f"{cast} is null", "a point in time"))
        promises.append(_none(feed.key, feed.changed_at, f"{cast} > now() + interval 1 day", "not in the future"))
    if feed.merged_into:
        promises.append(
            _none(feed.key, feed.merged_into, f"{quote(feed.merged_into)} = {quote(feed.key)}", "another row's key")
        )
    return promises


def _of_references(entity: Entity) -> list[tuple[str, str, str]]:
    """Column, what breaks the promise, and the promise: of words that mean record types, and of lists of keys."""
    found = []
    for rule in entity.references.values():
        column = quote(rule.column)
        if isinstance(rule.to, RecordTypes):
            words = [word.lower() for word in rule.to.names]
            found.append(
                (rule.column, f"lower({column}) not in {literals(words)}", f"one of {', '.join(rule.to.names)}")
            )
        if rule.first:
            found.append((rule.column, f"try_cast({column} as varchar[]) is null", "a list of keys"))
    return found


def _of_conditions(entity: Entity) -> list[tuple[str, str, str]]:
    """The same, of columns that are asked whether something is so."""
    parts = (part for condition in entity.conditions for part in condition.parts)
    asked = dict.fromkeys(part.column for part in parts if isinstance(part, Is) and part.word.lower() in TRUTH)
    return [(name, f"lower({quote(name)}) not in {literals(TRUTH)}", "true or false") for name in asked]


def _none(key: str, column: str, breaks: str, is_to_be: str) -> Promise:
    """No row's filled column breaks the promise. Only keys are selected: a result carries the rows it found."""
    query = f"select {quote(key)} from {{batch}} where {quote(column)} is not null and {breaks}"
    return Promise("unexpected_rows_expectation", {"unexpected_rows_query": query}, f"{column}: {is_to_be}")
