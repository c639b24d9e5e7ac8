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

from pipelines.declaring.agreed_rules import Agreed, Related
from pipelines.declaring.both import BothWays
from pipelines.declaring.cadence import Cadence
from pipelines.declaring.conditions import Condition, Has
from pipelines.declaring.derived_rules import Always, EndedAt, StampedWith, Whether
from pipelines.declaring.elsewhere import OneOf, Records
from pipelines.declaring.gates import Gates
from pipelines.declaring.life import Life, Wanted
from pipelines.declaring.match import Same
from pipelines.declaring.mistakes import mistakes
from pipelines.declaring.outlook import PLACE
from pipelines.declaring.rules import (
    Constant,
    CreateOnly,
    FillEmpty,
    Master,
    Reference,
    SourceStatus,
    SyncedAt,
)
from pipelines.declaring.source import STRICT, AnySource, Outlook, Rest

AnyRule = (
    Master
    | FillEmpty
    | CreateOnly
    | Reference
    | SourceStatus
    | SyncedAt
    | Constant
    | Always
    | Whether
    | EndedAt
    | StampedWith
    | Agreed
    | Related
)


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
    wanted: Wanted | None = None
    life: Life | None = None
    both: BothWays | None = None
    """The source is written back to; None: only the CRM is written."""
    beside: tuple[Rest, ...] = ()
    """Other collections of the source that conditions ask about; nothing of them is written."""
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
        for mistake in mistakes(self):
            raise DeclarationError(f"entity {self.name!r}: {mistake}")

    @property
    def conditions(self) -> tuple[Condition, ...]:
        """Every condition of the declaration."""
        whether = [rule.condition for rule in self.fields.values() if isinstance(rule, Whether)]
        life = [self.life.ends_when] if self.life else []
        keeps = [
            condition for rule in self.fields.values() if isinstance(rule, Agreed) for condition in rule.keeps.values()
        ]
        left = self.both.conditions if self.both else ()
        return (*whether, *life, *([self.wanted.condition] if self.wanted else []), *keeps, *left)

    @property
    def asked_beside(self) -> tuple[Has, ...]:
        """Every question about what is read beside, each once."""
        parts = (part for condition in self.conditions for part in condition.parts)
        return tuple(dict.fromkeys(part for part in parts if isinstance(part, Has)))

    @property
    def looked_up(self) -> tuple[Records, ...]:
        """Records that no entity keeps and that this one refers to, each once."""
        referred = [records for rule in self.references.values() for records in _records(rule.to)]
        return tuple(dict.fromkeys([*referred, *(has.refers[1] for has in self.asked_beside if has.refers)]))

    @property
    def deletes(self) -> bool:
        """Whether records of the CRM may be deleted, as their pair in the source was."""
        return self.both is not None and self.both.may("crm", "delete")

    @property
    def rules_of_both(self) -> BothWays:
        """How its two sides are kept in accord; asked only of an entity that has them."""
        if self.both is None:
            raise DeclarationError(f"entity {self.name!r} is written on one side only: it has no both=BothWays(...)")
        return self.both

    @property
    def outlook(self) -> Outlook:
        """Its source, as one that is written back to."""
        if not isinstance(self.source, Outlook):
            raise DeclarationError(f"entity {self.name!r}: its source {self.source.name} cannot be written back to")
        return self.source

    @property
    def owner(self) -> Records:
        """By what the source's users are known among those of the org."""
        rule = self.fields[self.rules_of_both.owner]
        if not (isinstance(rule, Reference) and isinstance(rule.to, Records)):
            raise DeclarationError(f"entity {self.name!r}: both.owner must refer to Records, such as those of User")
        return rule.to

    @property
    def inherits(self) -> bool:
        """A row that was merged into another means that one's record from then on."""
        return not (self.life and self.life.merged_ends)

    @property
    def refers_to_itself(self) -> bool:
        return any(rule.to == self.name for rule in self.references.values())

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
        named = {rule.to for rule in self.references.values() if isinstance(rule.to, str)}
        return tuple(sorted(named - {self.name}))

    @property
    def columns(self) -> tuple[str, ...]:
        """Every source column that the declaration reads, the key first, each once."""
        own = (self.source.key, self.source.changed_at, self.source.merged_into)
        told = (*self.source.required, *self.source.happened, *self.source.vocabulary)
        read = (rule.source_column for rule in self.fields.values())
        asked = (column for condition in self.conditions for part in condition.parts for column in part.columns)
        both = (*PLACE, self.both.window.column if self.both.window else None) if self.both else ()
        return tuple(dict.fromkeys(column for column in (*own, *told, *read, *asked, *both) if column))

    @property
    def fingerprint(self) -> str:
        """Changes when anything is declared differently."""
        return _short(self)

    @property
    def terms(self) -> str:
        """Changes when it is declared differently what is written where.

        Of a field that is new, say, nothing was agreed on, and one side would overwrite the other.
        """
        return _short((self.source, self.target, self.match, self.fields, self.create, self.both))


def _short(declared: object) -> str:
    return hashlib.sha256(repr(declared).encode()).hexdigest()[:16]


def _records(to: object) -> tuple[Records, ...]:
    return to.records if isinstance(to, OneOf) else (to,) if isinstance(to, Records) else ()
