"""Conditions as SQL with parameters: text regardless of letter case, null a value too, NOT the exact opposite."""

from __future__ import annotations

from collections.abc import Callable

from resources.sandbox.soql import problems, syntax
from resources.sandbox.soql.operands import TEXT, Operand, operand, require
from resources.sandbox.soql.scope import Scope
from resources.sandbox.soql.syntax import Comparison, Condition, Expression, Literal, Membership, Select
from resources.sandbox.soql.values import bounds, fold, parameter

SubselectSql = Callable[[Select, list[object]], str]


class Predicates:
    """Turns conditions of one scope into SQL; `parameters` are those of all text returned so far, in its order."""

    def __init__(self, scope: Scope, parameters: list[object], subselect_sql: SubselectSql) -> None:
        self._scope = scope
        self.parameters = parameters
        self._subselect_sql = subselect_sql
        self._grouped = False

    def having_sql(self, condition: Condition) -> str:
        """The condition over groups, where aggregates may stand."""
        self._grouped = True
        return self.sql(condition)

    def sql(self, condition: Condition) -> str:
        match condition:
            case syntax.All(conditions):
                return _balanced("and", [self.sql(c) for c in conditions])
            case syntax.Any(conditions):
                return _balanced("or", [self.sql(c) for c in conditions])
            case syntax.Not(inner):
                return f"(not ifnull({self.sql(inner)}, 0))"
            case Comparison():
                return self._comparison(condition)
            case Membership():
                return self._membership(condition)

    def _left(self, expression: Expression) -> Operand:
        left = operand(expression, self._scope)
        if left.aggregate and not self._grouped:
            message = f"aggregate functions are only allowed in HAVING: {left.name}"
            raise problems.malformed(self._scope.statement, expression.at, message)
        if left.column is not None and not left.aggregate:
            require(self._scope, expression.at, left.column.field, "filtered")
        return left

    def _comparison(self, comparison: Comparison) -> str:
        left = self._left(comparison.left)
        if comparison.right.kind == "range" and comparison.operator != "like":
            parameter(comparison.right, left, self._scope)
            return self._relative_date(left, comparison.operator, comparison.right)
        value = parameter(comparison.right, left, self._scope)
        if comparison.operator == "like":
            return self._like(left, comparison)
        if value is None:
            return self._with_null(left, comparison)
        if left.family in ("boolean", "id") and comparison.operator not in ("=", "!="):
            return self._refuse_operator(left, comparison)
        if left.family == TEXT:
            return self._text(left, comparison.operator, str(value))
        self.parameters.append(value)
        present = f"ifnull({left.sql}, 0)" if left.family == "boolean" else left.sql
        return f"{present} is not ?" if comparison.operator == "!=" else f"{present} {comparison.operator} ?"

    def _with_null(self, left: Operand, comparison: Comparison) -> str:
        if comparison.operator not in ("=", "!="):
            return "0"
        return f"{left.sql} is null" if comparison.operator == "=" else f"{left.sql} is not null"

    def _text(self, left: Operand, operator: str, value: str) -> str:
        sql, comparable = self._comparable(left, [value], ordered=operator not in ("=", "!="))
        self.parameters += comparable
        return f"{sql} is not ?" if operator == "!=" else f"{sql} {operator} ?"

    def _comparable(self, left: Operand, values: list[str], *, ordered: bool = False) -> tuple[str, list[str]]:
        """Both sides so that SQLite compares them as Salesforce does; plain ASCII can use an index."""
        if left.case_sensitive:
            return left.sql, values
        if all(value.isascii() for value in values) and not ordered:
            return f"{left.sql} collate nocase", values
        return left.folded_sql, [str(fold(value)) for value in values]

    def _like(self, left: Operand, comparison: Comparison) -> str:
        if left.family != TEXT or comparison.right.kind != "string":
            return self._refuse_operator(left, comparison)
        pattern = comparison.right.pattern
        if left.case_sensitive or pattern.isascii():
            self.parameters.append(pattern)
            return f"{left.sql} like ? escape '\\'"
        self.parameters.append(fold(pattern))
        return f"{left.folded_sql} like ? escape '\\'"

    def _refuse_operator(self, left: Operand, comparison: Comparison) -> str:
        raise problems.invalid_filter(
            self._scope.statement,
            comparison.at,
            f"invalid operator on {left.type} field",
        )

    def _relative_date(self, left: Operand, operator: str, literal: Literal) -> str:
        first, beyond = bounds(literal, left, self._scope)
        if operator in ("=", "!="):
            self.parameters += (first, beyond)
            within = f"({left.sql} >= ? and {left.sql} < ?)"
            return within if operator == "=" else f"(not ifnull({within}, 0))"
        edge, sql_operator = {
            "<": (first, "<"),
            "<=": (beyond, "<"),
            ">": (beyond, ">="),
            ">=": (first, ">="),
        }[operator]
        self.parameters.append(edge)
        return f"{left.sql} {sql_operator} ?"

    def _membership(self, membership: Membership) -> str:
        left = self._left(membership.left)
        if isinstance(membership.members, Select):
            if left.family != "id":
                message = (
                    "The left operand field in the where expression for outer query should be an id field, "
                    f"cannot use: '{left.name}'"
                )
                raise problems.malformed(self._scope.statement, membership.at, message)
            inside = f"{left.sql} in ({self._subselect_sql(membership.members, self.parameters)})"
        elif any(member.kind == "range" for member in membership.members):
            each = [Comparison(membership.left, "=", member, membership.at) for member in membership.members]
            inside = _balanced("or", [self._comparison(c) for c in each])
        else:
            inside = self._listed(left, membership.members)
        return f"(not ifnull({inside}, 0))" if membership.negated else inside

    def _listed(self, left: Operand, members: tuple[Literal, ...]) -> str:
        values = [parameter(member, left, self._scope) for member in members]
        present: list[object] = [value for value in values if value is not None]
        sql = left.sql
        if left.family == TEXT:
            sql, folded = self._comparable(left, [str(value) for value in present])
            present = list(folded)
        self.parameters += present
        within = f"{sql} in ({', '.join('?' * len(present))})"
        return f"({within} or {left.sql} is null)" if len(present) < len(values) else within


def _balanced(word: str, parts: list[str]) -> str:
    """All parts joined by the word, bracketed in halves: to SQLite a chain is a tree, and 1,000 levels are too many."""
    if len(parts) == 1:
        return parts[0]
    middle = len(parts) // 2
    return f"({_balanced(word, parts[:middle])} {word} {_balanced(word, parts[middle:])})"
