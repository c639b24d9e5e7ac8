"""The declaration of an entity: where its rows come from, where they go, and what may be done on the way.

A declaration is data. It is checked when it is made: a wrong one raises with the entity, the mistake and what would be
right. The rules a field can have are in `rules.py`, the ways to find a record without a key in `match.py`, the limits
on a plan in `gates.py`. Whether it fits an org is asked in `binding.py`.
"""

from __future__ import annotations

import hashlib
from dataclasses import field
from typing import Literal

from pydantic.dataclasses import dataclass

from pipelines.cadence import Cadence, SyncOf
from pipelines.gates import Gates
from pipelines.match import Same
from pipelines.rules import (
    Constant,
    CreateOnly,
    FillEmpty,
    Master,
    Reference,
    SourceStatus,
    SyncedAt,
)
from pipelines.source import STRICT, AnySource

AnyRule = Master | FillEmpty | CreateOnly | Reference | SourceStatus | SyncedAt | Constant


class DeclarationError(Exception):
    """A declaration that cannot be meant. The text names the entity, the mistake and what would be right."""


@dataclass(frozen=True, config=STRICT)
class Target:
    """The CRM object and its field that holds the source's key: an external id, unique, writable."""

    sobject: str
    key: str


@dataclass(frozen=True, config=STRICT)
class Freeze:
    """Checkboxes that people set on a record: `mapped` freezes all mapped fields, `hierarchy` only the parent links."""

    mapped: str | None = None
    hierarchy: str | None = None


@dataclass(frozen=True, config=STRICT)
class Twins:
    """How a record that may be a missing row's twin is recognised: names alike, and any of the places equal."""

    name: str = "Name"
    places: tuple[str, ...] = ("BillingPostalCode", "BillingCity")


@dataclass(frozen=True, config=STRICT)
class Entity:
    """One declared entity. `create`: who may create records (`on_request`: only an import a person asked for)."""

    name: str
    source: AnySource
    target: Target
    fields: dict[str, AnyRule]
    match: tuple[Same, ...] = ()
    create: Literal["never", "on_request", "scheduled"] = "never"
    freeze: Freeze = Freeze()
    twins: Twins | None = None
    gates: Gates = Gates()
    private: tuple[str, ...] = ()
    """Fields with personal data: their values never leave the entity's file."""
    retries: int = 10
    """After so many failed runs in a row a row rests until its source changes or somebody releases it."""
    cadence: Cadence = field(default=Cadence(), repr=False)
    """How often it is synced. Not part of the fingerprint: what a record should be does not depend on it."""

    def __post_init__(self) -> None:
        for mistake in self._mistakes():
            raise DeclarationError(f"entity {self.name!r}: {mistake}")

    def _mistakes(self) -> list[str]:
        found = []
        if not self.name.isidentifier() or not self.name.islower():
            found.append(f"name {self.name!r} must be a lower-case identifier such as 'accounts'")
        if self.target.key in self.fields:
            found.append(f"field {self.target.key!r} is the target's key, written by itself: leave it out of fields")
        found += [
            f"column {column!r} is what Concord calls the place of a row: give the feed's another name"
            for column in self.columns
            if column in ("_file", "_line")
        ]
        found += self.cadence.mistakes()
        if SyncOf(self.name) in self.cadence.not_while:
            found.append(f"cadence not_while names {self.name!r} itself: two syncs of one entity never overlap anyway")
        if len([rule for rule in self.fields.values() if isinstance(rule, SourceStatus)]) > 1:
            found.append("more than one SourceStatus: an entity has one status")
        twins = (self.twins.name, *self.twins.places) if self.twins else ()
        if self.twins and not self.twins.places:
            found.append("twins has no places: name fields such as BillingCity that twins share")
        named = (
            (self.private, "private"),
            (tuple(field for match in self.match for field in match.fields), "match"),
            (twins, "twins"),
        )
        for words, what in named:
            found += [
                f"{what} names {word!r}, which is not among its fields ({', '.join(self.fields)})"
                for word in words
                if word not in self.fields
            ]
        for match in self.match:
            found += [
                f"match on {field!r} needs a rule that reads a column, not {type(self.fields[field]).__name__}"
                for field in match.fields
                if field in self.fields and self.fields[field].source_column is None
            ]
        return found

    @property
    def status(self) -> SourceStatus | None:
        return next((rule for rule in self.fields.values() if isinstance(rule, SourceStatus)), None)

    @property
    def references(self) -> dict[str, Reference]:
        """Reference rules by field."""
        return {field: rule for field, rule in self.fields.items() if isinstance(rule, Reference)}

    @property
    def depends_on(self) -> tuple[str, ...]:
        """Other entities that must be synced first."""
        return tuple(sorted({rule.to for rule in self.references.values()} - {self.name}))

    @property
    def columns(self) -> tuple[str, ...]:
        """Every source column that the declaration reads, the key first, each once."""
        own = (self.source.key, self.source.changed_at, self.source.merged_into, *self.source.required)
        read = (rule.source_column for rule in self.fields.values())
        return tuple(dict.fromkeys(column for column in (*own, *read) if column))

    @property
    def fingerprint(self) -> str:
        """Changes when anything is declared differently."""
        return hashlib.sha256(repr(self).encode()).hexdigest()[:16]
