"""A statement ready to run: the parts of its SQL, their parameters, and the shape of what comes back."""

from __future__ import annotations

from dataclasses import dataclass

from resources.sandbox.schema import SObjectDef
from resources.sandbox.soql.scope import quote
from resources.sandbox.soql.shape import Address, Aggregated, Node, Value


@dataclass(frozen=True, slots=True)
class Plan:
    """One SELECT. Its first column is the record's Id unless it aggregates (`shape` Aggregated) or counts (None).

    `listing` has the selected fields of a query for records under their whole paths, in the order of the SELECT list.
    """

    sobject: SObjectDef
    table: str
    columns: str
    source: str
    where: str
    grouping: str
    order: str
    limit: int | None
    offset: int
    parameters: tuple[object, ...]
    shape: Node | Aggregated | None
    children: tuple[Child, ...] = ()
    listing: tuple[tuple[str, Value | Address], ...] = ()

    @property
    def rows_sql(self) -> str:
        """All rows, in order."""
        return f"select {self.columns} from {self.source} where {self.where}{self.grouping}{self.order}{self._limits}"

    @property
    def ids_sql(self) -> str:
        """The ids of the same rows in the same order."""
        return f'select {self.table}."Id" from {self.source} where {self.where}{self.order}{self._limits}'

    @property
    def count_sql(self) -> str:
        """How many rows there are."""
        return f"select count(*) from (select 1 from {self.source} where {self.where}{self._limits})"

    @property
    def by_ids_sql(self) -> str:
        """The rows with the ids in a JSON array, the only parameter, in any order and whatever the condition says."""
        return f'select {self.columns} from {self.source} where {self.table}."Id" in (select value from json_each(?))'

    def of_parents_sql(self, parent_field: str) -> str:
        """The rows of all parents in a JSON array, the last parameter, in order; each opens with its parent's id."""
        parent = f"{self.table}.{quote(parent_field)}"
        where = f"{self.where} and {parent} in (select value from json_each(?))"
        return f"select {parent}, {self.columns} from {self.source} where {where}{self.order}"

    @property
    def _limits(self) -> str:
        if self.limit is None and not self.offset:
            return ""
        return f" limit {-1 if self.limit is None else self.limit} offset {self.offset}"


@dataclass(frozen=True, slots=True)
class Child:
    """A subquery in the SELECT list: its name in the record, its plan, and the field that holds the parent's id."""

    name: str
    plan: Plan
    parent_field: str
