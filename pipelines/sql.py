"""Spelling things in SQL: identifiers, literals of a declaration, and canonical text.

Text that comes from a feed or from the CRM never passes through here: it lives in tables, or travels as a parameter.
"""

from __future__ import annotations

from collections.abc import Iterable


def quote(identifier: str) -> str:
    """The identifier between double quotes, safe whatever it holds."""
    return '"' + identifier.replace('"', '""') + '"'


def given(column: str) -> str:
    """The name, quoted, under which tables of rows hold a column of the feed: no feed's word collides with ours."""
    return quote(f"feed_{column}")


def said(column: str) -> str:
    """The name, quoted, of the boolean that tells a blank of the feed from a column that its file does not have."""
    return quote(f"said_{column}")


def beside(collection: str) -> str:
    """The name, quoted, of the table that holds a collection read beside the entity's own source."""
    return quote(f"beside {collection}")


def literal(text: str) -> str:
    """A word of a declaration as an SQL string."""
    return "'" + text.replace("'", "''") + "'"


def literals(texts: Iterable[str]) -> str:
    """A bracketed list for `in`; an empty one matches nothing."""
    return "(" + (", ".join(literal(text) for text in texts) or "null") + ")"


def entries_sql(text: str) -> str:
    """The entries of a JSON list as texts; null where the text is no list."""
    return f"case when {is_list_sql(text)} then from_json({text}, '[\"VARCHAR\"]') end"


def is_list_sql(text: str) -> str:
    """Boolean: it is a JSON list; null where it is no JSON. (What `and` joins may be asked in any order, and raise.)"""
    return f"(case when json_valid({text}) then json_type({text}) = 'ARRAY' end)"


def duckdb_type(salesforce_type: str) -> str:
    """The DuckDB type in which values of a Salesforce field type are compared."""
    match salesforce_type:
        case "boolean":
            return "boolean"
        case "int":
            return "bigint"
        case "double" | "currency" | "percent":
            return "double"
        case "date":
            return "date"
        case "datetime":
            return "timestamp"
        case _:
            return "varchar"


def canonical_sql(expression: str, salesforce_type: str) -> str:
    """The expression's value as canonical text (see `ports`)."""
    if salesforce_type == "datetime":
        return f"strftime({expression}, '%Y-%m-%dT%H:%M:%S.%gZ')"
    if duckdb_type(salesforce_type) == "varchar":
        return expression
    return f"cast({expression} as varchar)"


def tidy_sql(expression: str) -> str:
    """Text as it is compared: line ends are LF, no white space around, blank is null."""
    return f"nullif(trim(replace({expression}, chr(13) || chr(10), chr(10)), e' \\t\\n\\r'), '')"


def fold_sql(expression: str) -> str:
    """A key as it is compared, wherever it comes from: tidied and without case."""
    return f"lower({tidy_sql(expression)})"


def differs_sql(new: str, old: str, salesforce_type: str) -> str:
    """Whether two values differ as the CRM sees it: e-mail addresses have no case."""
    if salesforce_type == "email":
        return f"lower({new}) is distinct from lower({old})"
    return f"{new} is distinct from {old}"


def hash_sql(expressions: Iterable[str]) -> str:
    """A number of 64 bits that is the same for the same values in the same order."""
    return f"hash({', '.join(expressions) or 'null'})"
