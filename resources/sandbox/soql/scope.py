"""Names of a statement resolved against the catalogue, as far as the user may see it: objects, parents, columns.

What a user may not read does not exist: the refusal is the same as for a name nobody declared.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, tzinfo

from resources.sandbox.schema import Catalogue, FieldDef, SObjectDef
from resources.sandbox.soql import problems
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
        return Column(f"{table}.{quote(field.name)}", field, (*parent_names, field.name), sobject)

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
        if len(targets) > 1:
            raise problems.not_emulated(f"A path through the polymorphic relationship {reference.relationship_name}")
        alias = f"t{next(self.aliases)}"
        key = f"{table}.{quote(reference.name)}"
        self._joins.append(f'left join {quote(targets[0].name)} as {alias} on {alias}."Id" = {key}')
        return alias, targets[0]

    def _relative(self, path: Path) -> tuple[str, ...]:
        names = path.names
        own = len(names) > 1 and names[0].lower() in self._own_names
        return names[1:] if own and self.sobject.relationship(names[0]) is None else names
