"""WHERE and HAVING: comparisons, lists, semi-joins, and their combination, bracketed when AND meets OR."""

from __future__ import annotations

from collections.abc import Callable

from resources.sandbox.soql import problems, syntax
from resources.sandbox.soql.cursor import Cursor
from resources.sandbox.soql.literals import literal
from resources.sandbox.soql.syntax import Call, Comparison, Condition, Expression, Membership, Not, Path, Select

Subselect = Callable[[Cursor], Select]

_OPERATORS: dict[str, syntax.Operator] = {
    "=": "=",
    "!=": "!=",
    "<>": "!=",
    "<": "<",
    "<=": "<=",
    ">": ">",
    ">=": ">=",
    "LIKE": "like",
}
_DEEPEST_CALL = 2
_OF_PLACES = ("DISTANCE", "GEOLOCATION")


def condition(cursor: Cursor, subselect: Subselect) -> Condition:
    """The whole condition at the cursor; a following clause is left for the caller."""
    with cursor.deeper():
        return _combination(cursor, subselect)


def _combination(cursor: Cursor, subselect: Subselect) -> Condition:
    parts = [_negatable(cursor, subselect)]
    word = cursor.token.word
    if word not in ("AND", "OR"):
        return parts[0]
    while cursor.token.word in ("AND", "OR"):
        if cursor.token.word != word:
            raise cursor.unexpected()
        cursor.take()
        parts.append(_negatable(cursor, subselect))
    return syntax.All(tuple(parts)) if word == "AND" else syntax.Any(tuple(parts))


def expression(cursor: Cursor, depth: int = 1) -> Expression:
    """A path or a function call; functions nest at most two deep."""
    path = cursor.path()
    if cursor.token.word != "(" or len(path.names) > 1:
        return path
    if path.names[0].upper() in _OF_PLACES:
        raise problems.not_emulated(f"{path.names[0].upper()}()")
    if depth > _DEEPEST_CALL:
        raise cursor.unexpected()
    cursor.take()
    argument = None if cursor.token.word == ")" else expression(cursor, depth + 1)
    cursor.expect(")")
    return Call(path.names[0].upper(), argument, path.at)


def _negatable(cursor: Cursor, subselect: Subselect) -> Condition:
    if cursor.accept("NOT"):
        with cursor.deeper():
            return Not(_negatable(cursor, subselect))
    if cursor.accept("("):
        inner = condition(cursor, subselect)
        cursor.expect(")")
        return inner
    return _simple(cursor, subselect)


def _simple(cursor: Cursor, subselect: Subselect) -> Condition:
    left = expression(cursor)
    token = cursor.token
    if cursor.accept("NOT", "IN"):
        return _membership(cursor, left, subselect, negated=True)
    if cursor.accept("IN"):
        return _membership(cursor, left, subselect, negated=False)
    if token.word in ("INCLUDES", "EXCLUDES"):
        raise problems.not_emulated(token.word)
    operator = _OPERATORS.get(token.word)
    if operator is None:
        raise cursor.unexpected()
    cursor.take()
    return Comparison(left, operator, literal(cursor), left.at)


def _membership(cursor: Cursor, left: Path | Call, subselect: Subselect, *, negated: bool) -> Membership:
    if cursor.token.word == ":":
        literal(cursor)
    cursor.expect("(")
    if cursor.token.word == "SELECT":
        chosen = subselect(cursor)
        cursor.expect(")")
        return Membership(left, negated, chosen, left.at)
    if cursor.token.word == ")":
        raise problems.unexpected(cursor.statement, left.at, cursor.statement[left.at : cursor.token.at + 1])
    members = [literal(cursor)]
    while cursor.accept(","):
        members.append(literal(cursor))
    cursor.expect(")")
    return Membership(left, negated, tuple(members), left.at)
