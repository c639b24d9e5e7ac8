"""The SELECT list of a query for records: the SQL columns it needs and the tree of records they fill."""

from __future__ import annotations

from resources.sandbox.soql import problems
from resources.sandbox.soql.operands import AGGREGATES, operand
from resources.sandbox.soql.scope import Column, Scope, quote
from resources.sandbox.soql.shape import Address, Children, Node, Value
from resources.sandbox.soql.syntax import Call, Fields, Item, Path


class Selection:
    """Grows item by item: the tree so far (`root`), its columns (the record's Id first), its fields (`listing`)."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope
        self._columns = [f'{scope.table}."Id"']
        self.root = Node(scope.sobject.name, 0)
        self.listing: list[tuple[str, Value | Address]] = []

    @property
    def columns_sql(self) -> str:
        return ", ".join(self._columns)

    def add(self, item: Item) -> None:
        """One field, FIELDS() or function of a field; raises INVALID_FIELD if it is there already."""
        match item.what:
            case Fields(group, at):
                self._add_all(group, at)
            case Path():
                if item.alias is not None:
                    message = "only aggregate expressions use field aliasing"
                    raise problems.malformed(self._scope.statement, item.what.at, message)
                self._add_path(item.what)
            case Call():
                self._add_call(item.what, item.alias)

    def add_children(self, name: str, number: int, at: int) -> None:
        self._claim(self.root, name, at)
        self.root.members[name] = Children(number)

    def _add_path(self, path: Path) -> None:
        column = self._scope.column(path)
        node, table = self._node(column.names[:-1], path)
        self._claim(node, column.field.name, path.at)
        self._add_field(node, table, column)

    def _add_all(self, group: str, at: int) -> None:
        sobject = self._scope.sobject
        for field in sobject.fields.values():
            wanted = group == "ALL" or field.custom == (group == "CUSTOM")
            if wanted and self._scope.view.field(sobject, field.name) is not None:
                self._claim(self.root, field.name, at)
                self._add_field(self.root, self._scope.table, Column("", field, (field.name,), sobject))

    def _add_call(self, call: Call, alias: str | None) -> None:
        found = operand(call, self._scope)
        if found.column is None or call.name in AGGREGATES:
            raise problems.unexpected(self._scope.statement, call.at, call.name)
        if call.name not in ("TOLABEL", "CONVERTTIMEZONE"):
            message = f"{call.name} is only allowed in a query that groups by it"
            raise problems.malformed(self._scope.statement, call.at, message)
        node, _ = self._node(found.column.names[:-1], Path(found.column.names, call.at))
        name = alias or found.name
        self._claim(node, name, call.at)
        self._put(node, ".".join((*found.column.names[:-1], name)), Value(name, self._column(found.sql), found.type))

    def _add_field(self, node: Node, table: str, column: Column) -> None:
        field = column.field
        if field.stored:
            own_id = node is self.root and field.name == "Id"
            index = 0 if own_id else self._column(self._scope.sql(table, field.name))
            self._put(node, ".".join(column.names), Value(field.name, index, field.type))
            return
        prefix = field.name.removesuffix("Address")
        parts = [
            (part.name.removeprefix(prefix), self._column(f"{table}.{quote(part.name)}"))
            for part in column.sobject.parts_of(field.name)
            if self._scope.view.field(column.sobject, part.name) is not None
        ]
        self._put(node, ".".join(column.names), Address(field.name, tuple(parts)))

    def _put(self, node: Node, path: str, member: Value | Address) -> None:
        node.members[member.name] = member
        self.listing.append((path, member))

    def _node(self, names: tuple[str, ...], path: Path) -> tuple[Node, str]:
        """The record at the end of these relationships, made with its parents where it is not there yet."""
        node, table = self.root, self._scope.table
        for depth, name in enumerate(names, 1):
            _, table, sobject = self._scope.parent(names[:depth], path)
            member = node.members.get(name)
            if not isinstance(member, Node):
                member = node.members[name] = Node(
                    sobject.name, self._column(self._scope.sql(table, "Id")), kinds=self._scope.kinds(table)
                )
            node = member
        return node, table

    def _column(self, sql: str) -> int:
        self._columns.append(sql)
        return len(self._columns) - 1

    def _claim(self, node: Node, name: str, at: int) -> None:
        if name in node.members:
            raise problems.invalid_field(self._scope.statement, at, f"duplicate field selected: {name}")
