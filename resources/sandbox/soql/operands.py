"""What stands left of an operator, in GROUP BY or ORDER BY: a column, a function of a date, an aggregate."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC

from resources.sandbox.schema import NUMBER_TYPES, FieldDef
from resources.sandbox.soql import problems
from resources.sandbox.soql.scope import Column, Scope
from resources.sandbox.soql.syntax import Call, Expression, Path

TEXT = "text"
IDENTIFIERS = frozenset({"id", "reference"})
NUMBERS = NUMBER_TYPES | {"int"}
AGGREGATES = frozenset({"COUNT", "COUNT_DISTINCT", "MIN", "MAX", "SUM", "AVG"})

_DATE_FUNCTIONS = {
    "CALENDAR_YEAR": "cast(strftime('%Y', {0}) as integer)",
    "CALENDAR_QUARTER": "(cast(strftime('%m', {0}) as integer) + 2) / 3",
    "CALENDAR_MONTH": "cast(strftime('%m', {0}) as integer)",
    "FISCAL_YEAR": "cast(strftime('%Y', {0}) as integer)",
    "FISCAL_QUARTER": "(cast(strftime('%m', {0}) as integer) + 2) / 3",
    "FISCAL_MONTH": "cast(strftime('%m', {0}) as integer)",
    "DAY_IN_MONTH": "cast(strftime('%d', {0}) as integer)",
    "DAY_IN_WEEK": "cast(strftime('%w', {0}) as integer) + 1",
    "DAY_IN_YEAR": "cast(strftime('%j', {0}) as integer)",
    "HOUR_IN_DAY": "cast(strftime('%H', {0}) as integer)",
    "WEEK_IN_MONTH": "(cast(strftime('%d', {0}) as integer) + 6) / 7",
    "WEEK_IN_YEAR": "(cast(strftime('%j', {0}) as integer) + 6) / 7",
    "DAY_ONLY": "substr({0}, 1, 10)",
}
_NOT_EMULATED = frozenset({"FORMAT", "CONVERTCURRENCY", "GROUPING"})


@dataclass(frozen=True, slots=True)
class Operand:
    """`type` is a Salesforce field type; `column` is the field at its heart (None for COUNT())."""

    sql: str
    type: str
    name: str
    column: Column | None
    aggregate: bool = False

    @property
    def family(self) -> str:
        """The type, with all kinds of text, id and number taken as one each."""
        if self.type in IDENTIFIERS:
            return "id"
        if self.type in NUMBERS:
            return "number"
        return self.type if self.type in ("boolean", "date", "datetime", "address") else TEXT

    @property
    def case_sensitive(self) -> bool:
        return self.column is not None and self.column.field.case_sensitive

    @property
    def folded_sql(self) -> str:
        """What equal values share and values are sorted by: text regardless of its letter case."""
        return f"soql_fold({self.sql})" if self.family == TEXT and not self.case_sensitive else self.sql


def operand(expression: Expression, scope: Scope) -> Operand:
    """The expression resolved in a scope; raises MALFORMED_QUERY for functions that do not exist or do not apply."""
    if isinstance(expression, Path):
        column = scope.column(expression)
        return Operand(column.sql, column.field.type, column.names[-1], column)
    if expression.name in AGGREGATES:
        return _aggregate(expression, scope)
    if expression.name in _DATE_FUNCTIONS:
        return _of_date(expression, scope)
    if expression.name == "TOLABEL":
        return _argument(expression, scope)
    if expression.name == "CONVERTTIMEZONE":
        if scope.view.zone is not UTC:
            raise problems.not_emulated("convertTimezone for a user outside UTC")
        return _argument(expression, scope)
    if expression.name in _NOT_EMULATED:
        raise problems.not_emulated(f"{expression.name}()")
    raise problems.unexpected(scope.statement, expression.at + len(expression.name), "(")


def _argument(call: Call, scope: Scope) -> Operand:
    if call.argument is None:
        raise problems.unexpected(scope.statement, call.at + len(call.name) + 1, ")")
    return operand(call.argument, scope)


def _of_date(call: Call, scope: Scope) -> Operand:
    inner = _argument(call, scope)
    if inner.type not in ("date", "datetime"):
        raise problems.malformed(scope.statement, call.at, f"field {inner.name} does not support function {call.name}")
    result = "date" if call.name == "DAY_ONLY" else "int"
    return Operand(_DATE_FUNCTIONS[call.name].format(inner.sql), result, inner.name, inner.column)


def _aggregate(call: Call, scope: Scope) -> Operand:
    if call.argument is None:
        if call.name != "COUNT":
            raise problems.unexpected(scope.statement, call.at + len(call.name) + 1, ")")
        return Operand("count(*)", "int", "COUNT", None, aggregate=True)
    inner = operand(call.argument, scope)
    refused = (call.name in ("SUM", "AVG") and inner.type not in NUMBERS) or (
        call.name in ("MIN", "MAX") and inner.type in ("boolean", "address")
    )
    if refused or inner.aggregate:
        message = f"field {inner.name} does not support aggregate operator {call.name}"
        raise problems.malformed(scope.statement, call.at, message)
    return Operand(*_aggregate_sql(call.name, inner), inner.name, inner.column, aggregate=True)


def _aggregate_sql(name: str, inner: Operand) -> tuple[str, str]:
    if name == "COUNT":
        return f"count({inner.sql})", "int"
    if name == "COUNT_DISTINCT":
        return f"count(distinct {inner.folded_sql})", "int"
    if name == "AVG":
        return f"avg({inner.sql})", "double"
    ordered = f"{inner.sql} collate nocase" if inner.family == TEXT else inner.sql
    return f"{name.lower()}({ordered})", inner.type


def require(scope: Scope, at: int, field: FieldDef, what: str) -> None:
    """Raises unless the field may be used so; `what` is 'filtered', 'sorted' or 'grouped'."""
    allowed = {"filtered": field.filterable, "sorted": field.sortable, "grouped": field.groupable}[what]
    if not allowed or not field.stored:
        message = f"field '{field.name}' can not be {what} in a query call"
        raise problems.invalid_field(scope.statement, at, message)
