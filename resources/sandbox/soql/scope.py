"""Names of a statement resolved against the catalogue, as far as the user may see it: objects, parents, columns.

What a user may not read does not exist: the refusal is the same as for a name nobody declared.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, tzinfo

from resources.sandbox.schema import Catalogue, FieldDef, SObjectDef
from resources.sandbox.soql import problems
from resources.sandbox.soql.names import NAME, Kinds, name_sql
from resources.sandbox.soql.syntax import Path, Select

DEEPEST_PATH = 5


def quote(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


@dataclass(frozen=True)
class View:
    """What of the org one statement sees: the catalogue through a user's permissions, at a moment, in a time zone."""

    catalogue: Catalogue
    reads_object: Callable[[str], bool]
    reads_field: Callable[[str, str], bool]
    now: datetime
    zone: tzinfo
    with_deleted: bool = False

    def sobject(self, name: str) -> SObjectDef | None:
        found = self.catalogue.get(name)
        return found if found is not None and self.reads_object(found.name) else None

    def field(self, sobject: SObjectDef, name: str) -> FieldDef | None:
        found = sobject.field(name)
        return found if found is not None and self.reads_field(sobject.name, found.name) else None


@dataclass(frozen=True, slots=True)
class Column:
    """A field within reach: how SQL calls it, its definition, and its path in the catalogue's spelling."""

    sql: str
    field: FieldDef
    names: tuple[str, ...]
    sobject: SObjectDef


class Scope:
    """One FROM: its object under a table alias of its own, and the parents that paths have joined so far."""

    def __init__(self, view: View, statement: str, sobject: SObjectDef, select: Select, aliases: Iterator[int]) -> None:
        self.view = view
        self.statement = statement
        self.sobject = sobject
        self.aliases = aliases
        self.table = f"t{next(aliases)}"
        self._own_names = {sobject.name.lower(), (select.alias or sobject.name).lower()}
        self._joins: list[str] = []
        self._parents: dict[tuple[str, ...], tuple[str, SObjectDef]] = {(): (self.table, sobject)}
        self._kinds: dict[str, Kinds] = {}

    @property
    def source_sql(self) -> str:
        """The FROM with every join so far; to be asked for when all names are resolved."""
        return " ".join([f"{quote(self.sobject.name)} as {self.table}", *self._joins])

    def column(self, path: Path) -> Column:
        """The column a path means; raises INVALID_FIELD at the first name the user cannot see."""
        names = self._relative(path)
        parent_names, table, sobject = self.parent(names[:-1], path)
        field = self.view.field(sobject, names[-1])
        if field is None:
            raise problems.no_such_column(self.statement, path.at, names[-1], sobject.name)
        return Column(self.sql(table, field.name), field, (*parent_names, field.name), sobject)

    def sql(self, table: str, name: str) -> str:
        """How SQL calls that field of a table or parent."""
        kinds = self._kinds.get(table)
        return f"{table}.{quote(name)}" if kinds is None else name_sql(kinds, name)

    def kinds(self, table: str) -> dict[str, str]:
        """The objects of which a parent may be, by the first characters of an id; none if there is one only."""
        return {kind.key_prefix: kind.name for _, kind in self._kinds.get(table, ())}

    def parent(self, names: tuple[str, ...], path: Path) -> tuple[tuple[str, ...], str, SObjectDef]:
        """The parent record at the end of some relationships: canonical names, table alias and object."""
        if len(names) > DEEPEST_PATH:
            message = f"a path may go through at most {DEEPEST_PATH} parent relationships: {path.text}"
            raise problems.malformed(self.statement, path.at, message)
        known: tuple[str, ...] = ()
        table, sobject = self._parents[()]
        for name in names:
            reference = sobject.relationship(name)
            if reference is None or self.view.field(sobject, reference.name) is None:
                raise problems.no_such_relationship(self.statement, path.at, name)
            known = (*known, str(reference.relationship_name))
            if known not in self._parents:
                self._parents[known] = self._join(table, reference, path)
            table, sobject = self._parents[known]
        return known, table, sobject

    def _join(self, table: str, reference: FieldDef, path: Path) -> tuple[str, SObjectDef]:
        targets = [found for name in reference.reference_to if (found := self.view.sobject(name)) is not None]
        if not targets:
            raise problems.no_such_relationship(self.statement, path.at, str(reference.relationship_name))
        key = f"{table}.{quote(reference.name)}"
        joined = [(f"t{next(self.aliases)}", target) for target in targets]
        for alias, target in joined:
            self._joins.append(f'left join {quote(target.name)} as {alias} on {alias}."Id" = {key}')
        if not reference.polymorphic:
            return joined[0]
        parent = f"t{next(self.aliases)}"
        self._kinds[parent] = joined
        return parent, NAME

    def _relative(self, path: Path) -> tuple[str, ...]:
        names = path.names
        own = len(names) > 1 and names[0].lower() in self._own_names
        return names[1:] if own and self.sobject.relationship(names[0]) is None else names
