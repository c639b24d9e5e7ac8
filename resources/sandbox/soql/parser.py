"""A SOQL statement from text to tree, or a MALFORMED_QUERY placed where Salesforce would place it.

Constructs that are valid but not emulated here say so by name instead of passing for wrong.
"""

from __future__ import annotations

from resources.sandbox.errors import ApiError
from resources.sandbox.soql import problems
from resources.sandbox.soql.conditions import condition, expression
from resources.sandbox.soql.cursor import Cursor
from resources.sandbox.soql.syntax import Condition, Expression, Fields, Item, Order, Select

LONGEST_STATEMENT = 100_000
LARGEST_OFFSET = 2000

_AFTER_SOURCE = frozenset(
    {
        *("USING", "WHERE", "WITH", "GROUP", "HAVING", "ORDER", "LIMIT", "OFFSET", "FOR", "UPDATE", "ALL"),
        *("FROM", "SELECT", "AND", "OR", "NOT", "IN", "LIKE"),
    }
)
_FIELD_GROUPS = ("ALL", "STANDARD", "CUSTOM")


def parse(statement: str) -> Select:
    """The tree of exactly one SELECT statement; raises ApiError (400) for anything else."""
    if len(statement) > LONGEST_STATEMENT:
        message = f"SOQL statements cannot be longer than {LONGEST_STATEMENT} characters."
        raise ApiError(400, "MALFORMED_QUERY", message)
    cursor = Cursor(statement)
    if cursor.token.word != "SELECT":
        raise ApiError(400, "MALFORMED_QUERY", f"unexpected token: '{cursor.token.text}'")
    select = _select(cursor)
    if cursor.token.kind != "end":
        raise cursor.unexpected()
    return select


def _select(cursor: Cursor) -> Select:
    start = cursor.expect("SELECT")
    if cursor.token.word == "FROM":
        raise problems.unexpected(cursor.statement, start.at, "SELECT FROM")
    items = [_item(cursor)]
    while cursor.accept(","):
        items.append(_item(cursor))
    cursor.expect("FROM")
    source = cursor.path()
    alias = _source_alias(cursor)
    _scope(cursor)
    where = condition(cursor, _select) if cursor.accept("WHERE") else None
    if cursor.at_words("WITH"):
        raise problems.not_emulated("WITH")
    group_by = _group_by(cursor)
    having = _having(cursor, grouped=bool(group_by))
    order_by = _order_by(cursor)
    limit = cursor.whole_number() if cursor.accept("LIMIT") else None
    offset = _offset(cursor)
    _for(cursor)
    return Select(tuple(items), source, alias, where, group_by, having, order_by, limit, offset, start.at)


def _item(cursor: Cursor) -> Item:
    if cursor.accept("("):
        select = _select(cursor)
        cursor.expect(")")
        return Item(select)
    if cursor.at_words("TYPEOF") and cursor.ahead().kind == "name" and cursor.ahead().word != "FROM":
        raise problems.not_emulated("TYPEOF")
    if cursor.at_words("FIELDS", "("):
        return Item(_fields(cursor))
    what = expression(cursor)
    if cursor.token.kind == "name" and cursor.token.word != "FROM":
        return Item(what, cursor.take().text)
    return Item(what)


def _fields(cursor: Cursor) -> Fields:
    at = cursor.take().at
    cursor.expect("(")
    group = cursor.token
    if group.word not in _FIELD_GROUPS:
        raise cursor.unexpected()
    cursor.take()
    cursor.expect(")")
    return Fields(group.word, at)


def _source_alias(cursor: Cursor) -> str | None:
    alias = None
    if cursor.accept("AS"):
        alias = cursor.name().text
    elif cursor.token.kind == "name" and cursor.token.word not in _AFTER_SOURCE:
        alias = cursor.take().text
    if cursor.token.word == ",":
        raise problems.not_emulated("A second object in FROM")
    return alias


def _scope(cursor: Cursor) -> None:
    if not cursor.accept("USING", "SCOPE"):
        return
    scope = cursor.name()
    if scope.word != "EVERYTHING":
        raise problems.not_emulated(f"USING SCOPE {scope.text}")


def _group_by(cursor: Cursor) -> tuple[Expression, ...]:
    if not cursor.accept("GROUP", "BY"):
        return ()
    if cursor.token.word in ("ROLLUP", "CUBE") and cursor.ahead().word == "(":
        raise problems.not_emulated(f"GROUP BY {cursor.token.word}")
    groups = [expression(cursor)]
    while cursor.accept(","):
        groups.append(expression(cursor))
    return tuple(groups)


def _having(cursor: Cursor, *, grouped: bool) -> Condition | None:
    if not cursor.at_words("HAVING") or not grouped:
        return None
    cursor.take()
    return condition(cursor, _select)


def _order_by(cursor: Cursor) -> tuple[Order, ...]:
    if not cursor.accept("ORDER", "BY"):
        return ()
    orders = [_order(cursor)]
    while cursor.accept(","):
        orders.append(_order(cursor))
    return tuple(orders)


def _order(cursor: Cursor) -> Order:
    by = expression(cursor)
    descending = cursor.accept("DESC")
    if not descending:
        cursor.accept("ASC")
    nulls_last = cursor.accept("NULLS", "LAST")
    if not nulls_last:
        cursor.accept("NULLS", "FIRST")
    return Order(by, descending, nulls_last)


def _offset(cursor: Cursor) -> int:
    if not cursor.accept("OFFSET"):
        return 0
    offset = cursor.whole_number()
    if offset > LARGEST_OFFSET:
        raise problems.outside_range(f"Maximum SOQL offset allowed is {LARGEST_OFFSET}")
    return offset


def _for(cursor: Cursor) -> None:
    """FOR VIEW, FOR REFERENCE and FOR UPDATE change no answer: they are read and forgotten."""
    while cursor.accept("FOR"):
        if cursor.token.word not in ("VIEW", "REFERENCE", "UPDATE"):
            raise cursor.unexpected()
        cursor.take()
