"""A parsed statement resolved against the catalogue and turned into a `Plan`: the one way from SOQL to SQL."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import count

from resources.sandbox.errors import ApiError
from resources.sandbox.schema import SObjectDef
from resources.sandbox.soql import problems
from resources.sandbox.soql.operands import AGGREGATES, Operand, operand, require
from resources.sandbox.soql.parser import parse
from resources.sandbox.soql.plan import Child, Plan
from resources.sandbox.soql.predicates import Predicates
from resources.sandbox.soql.scope import Scope, View
from resources.sandbox.soql.selection import Selection
from resources.sandbox.soql.shape import Aggregated, Node, Value
from resources.sandbox.soql.syntax import Call, Condition, Expression, Fields, Item, Path, Select

MOST_FIELDS_ROWS = 200


def compile_soql(statement: str, view: View) -> Plan:
    """The plan of a statement for what `view` shows; raises ApiError in Salesforce's words for what it refuses."""
    return _Emitter(statement, view).top(parse(statement))


class _Emitter:
    def __init__(self, statement: str, view: View) -> None:
        self.statement = statement
        self.view = view
        self.aliases: Iterator[int] = count()

    def top(self, select: Select) -> Plan:
        sobject = self.view.sobject(select.source.text)
        if sobject is None:
            raise problems.no_such_object(self.statement, select.source.at, select.source.text)
        return self._plan(select, sobject)

    def _plan(self, select: Select, sobject: SObjectDef) -> Plan:
        scope = Scope(self.view, self.statement, sobject, select, self.aliases)
        if _counts_only(select):
            return self._finish(select, scope, "", None, ())
        if _aggregate_query(select):
            columns, aggregated = self._aggregated(select, scope)
            return self._finish(select, scope, columns, aggregated, ())
        _check_fields_limit(select)
        selection = Selection(scope)
        children: list[Child] = []
        for item in select.items:
            if isinstance(item.what, Select):
                children.append(self._child(item.what, sobject))
                selection.add_children(children[-1].name, len(children) - 1, item.what.at)
            else:
                selection.add(item)
        plan = self._finish(select, scope, selection.columns_sql, selection.root, tuple(children))
        return replace(plan, listing=tuple(selection.listing))

    def _finish(
        self, select: Select, scope: Scope, columns: str, shape: Node | Aggregated | None, children: tuple[Child, ...]
    ) -> Plan:
        parameters: list[object] = []
        predicates = Predicates(scope, parameters, self._subselect_sql)
        where = self._where(select.where, scope, predicates)
        grouping = self._grouping(select, scope, predicates)
        order = self._order(select, scope)
        return Plan(
            scope.sobject,
            scope.table,
            columns,
            scope.source_sql,
            where,
            grouping,
            order,
            select.limit,
            select.offset,
            tuple(parameters),
            shape,
            children,
        )

    def _where(self, condition: Condition | None, scope: Scope, predicates: Predicates) -> str:
        alive = f'{scope.table}."IsDeleted" = 0' if scope.sobject.has_soft_delete and not self.view.with_deleted else ""
        wanted = predicates.sql(condition) if condition is not None else ""
        return " and ".join(filter(None, (alive, wanted))) or "1"

    def _child(self, select: Select, parent: SObjectDef) -> Child:
        name = select.source.names[-1]
        relationship = parent.child_relationship(name)
        child = self.view.sobject(relationship.child_sobject) if relationship is not None else None
        if relationship is None or child is None or self.view.field(child, relationship.field) is None:
            raise problems.no_such_children(self.statement, select.source.at, name)
        plan = self._plan(select, child)
        if not isinstance(plan.shape, Node):
            raise problems.malformed(self.statement, select.at, "aggregate functions are not allowed in a subquery")
        return Child(str(relationship.relationship_name), plan, relationship.field)

    def _subselect_sql(self, select: Select, parameters: list[object]) -> str:
        """The SQL of a semi-join's inner query: the non-null values of its one id field."""
        sobject = self.view.sobject(select.source.text)
        if sobject is None:
            raise problems.no_such_object(self.statement, select.source.at, select.source.text)
        what = select.items[0].what
        if len(select.items) != 1 or not isinstance(what, Path):
            message = "the subquery of a semi-join must select exactly one field"
            raise problems.malformed(self.statement, select.at, message)
        scope = Scope(self.view, self.statement, sobject, select, self.aliases)
        column = scope.column(what)
        if column.field.type not in ("id", "reference"):
            message = (
                "The inner select field in the where expression of a semi-join should be an id field, "
                f"cannot use: '{column.field.name}'"
            )
            raise problems.malformed(self.statement, what.at, message)
        where = self._where(select.where, scope, Predicates(scope, parameters, self._subselect_sql))
        return f"select {column.sql} from {scope.source_sql} where {where} and {column.sql} is not null"

    def _aggregated(self, select: Select, scope: Scope) -> tuple[str, Aggregated]:
        grouped = {operand(group, scope).sql for group in select.group_by}
        columns: list[str] = []
        values: list[Value] = []
        for item in select.items:
            chosen = self._aggregate_item(item, scope, grouped)
            name = item.alias or (chosen.name if isinstance(item.what, Path) else f"expr{_numbered(values)}")
            if any(value.name.lower() == name.lower() for value in values):
                raise problems.malformed(self.statement, _at(item), f"duplicate alias: {name}")
            values.append(Value(name, len(columns), chosen.type))
            columns.append(chosen.sql)
        return ", ".join(columns), Aggregated(tuple(values))

    def _aggregate_item(self, item: Item, scope: Scope, grouped: set[str]) -> Operand:
        if isinstance(item.what, Fields | Select):
            raise problems.malformed(self.statement, item.what.at, "not allowed in an aggregate query")
        chosen = operand(item.what, scope)
        if not chosen.aggregate and chosen.sql not in grouped:
            raise ApiError(400, "MALFORMED_QUERY", f"Field must be grouped or aggregated: {_label(item.what)}")
        if chosen.aggregate and isinstance(item.what, Call) and item.what.argument is None:
            raise problems.malformed(self.statement, item.what.at, "Grouped query cannot use count()")
        return chosen

    def _grouping(self, select: Select, scope: Scope, predicates: Predicates) -> str:
        if not select.group_by:
            return ""
        groups = []
        for group in select.group_by:
            found = operand(group, scope)
            if found.column is not None and isinstance(group, Path):
                require(scope, group.at, found.column.field, "grouped")
            groups.append(found.folded_sql)
        having = f" having {predicates.having_sql(select.having)}" if select.having is not None else ""
        return f" group by {', '.join(groups)}{having}"

    def _order(self, select: Select, scope: Scope) -> str:
        """Ends with the rowid where rows are records, so that the same rows come in the same order on every page."""
        grouped = {operand(group, scope).sql for group in select.group_by}
        keys: list[str] = []
        for order in select.order_by:
            key = operand(order.by, scope)
            if key.column is not None and isinstance(order.by, Path):
                require(scope, order.by.at, key.column.field, "sorted")
            if not (key.sql in grouped or key.aggregate if _aggregate_query(select) else not key.aggregate):
                message = f"Ordered field must be grouped or aggregated: {_label(order.by)}"
                raise ApiError(400, "MALFORMED_QUERY", message)
            direction = "desc" if order.descending else "asc"
            keys.append(f"{key.folded_sql} {direction} nulls {'last' if order.nulls_last else 'first'}")
        if not _aggregate_query(select):
            keys.append(f"{scope.table}.rowid")
        return f" order by {', '.join(keys)}" if keys else ""


def _counts_only(select: Select) -> bool:
    what = select.items[0].what
    bare = isinstance(what, Call) and what.name == "COUNT" and what.argument is None
    return bare and len(select.items) == 1 and not select.group_by and select.items[0].alias is None


def _aggregate_query(select: Select) -> bool:
    calls = [item.what for item in select.items if isinstance(item.what, Call)]
    return bool(select.group_by) or any(call.name in AGGREGATES for call in calls)


def _numbered(values: list[Value]) -> int:
    return sum(1 for value in values if value.name.startswith("expr"))


def _label(expression: Expression) -> str:
    return expression.text if isinstance(expression, Path) else expression.name


def _at(item: Item) -> int:
    return item.what.at


def _check_fields_limit(select: Select) -> None:
    groups = {item.what.group for item in select.items if isinstance(item.what, Fields)}
    unbounded = select.limit is None or select.limit > MOST_FIELDS_ROWS
    if groups & {"ALL", "CUSTOM"} and unbounded:
        message = f"The SOQL FIELDS function must have a LIMIT of at most {MOST_FIELDS_ROWS}"
        raise ApiError(400, "MALFORMED_QUERY", message)
