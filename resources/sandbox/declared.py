"""What an administrator declares of records: validation rules, triggers, duplicate rules and record types.

They are kept in a JSON file of the org in the words in which they were declared; how they work is in `automation` and
`duplicates`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import orjson

from .files import write_private
from .row_tests import RowTest, tests_of
from .schema import Catalogue

TRIGGERS = ("normalise_phone", "stamp", "reject", "crash")
ON = ("create", "edit")


@dataclass(frozen=True, slots=True)
class ValidationRule:
    """A row for which every test of `when` holds is refused with the message, at the field if one is named."""

    name: str
    sobject: str
    when: tuple[RowTest, ...]
    message: str
    field: str | None = None

    @property
    def fields(self) -> tuple[str, ...]:
        return (*(one.field for one in self.when), *([self.field] if self.field else []))


@dataclass(frozen=True, slots=True)
class Trigger:
    """Before a row is saved for which every test of `when` holds (none: always), the trigger does one thing.

    `normalise_phone` formats the field's ten digits as (AAA) BBB-CCCC, or with the value `e164` as +1AAABBBCCCC;
    `stamp` sets the field to the value, or to the time if that is `now`; `reject` refuses the row; `crash` fails, and
    with it the whole chunk of up to 200 rows.
    """

    name: str
    sobject: str
    does: str
    field: str | None = None
    value: Any = None
    message: str = "rejected"
    when: tuple[RowTest, ...] = ()
    on: tuple[str, ...] = ON

    @property
    def fields(self) -> tuple[str, ...]:
        return (*(one.field for one in self.when), *([self.field] if self.field else []))


@dataclass(frozen=True, slots=True)
class DuplicateRule:
    """A row that has the same values in all `fields` as a living record is a duplicate: `block`ed, or `alert`ed."""

    name: str
    sobject: str
    fields: tuple[str, ...]
    action: str = "alert"
    message: str = "Use one of these records?"
    on: tuple[str, ...] = ON


Rule = ValidationRule | Trigger | DuplicateRule


@dataclass(frozen=True, slots=True)
class RecordType:
    """A record type; for the picklists named, records of it may hold those values only."""

    id: str
    sobject: str
    name: str
    developer_name: str
    default: bool = False
    active: bool = True
    picklists: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Declared:
    """All that is declared in one org."""

    validation: tuple[ValidationRule, ...] = ()
    triggers: tuple[Trigger, ...] = ()
    duplicates: tuple[DuplicateRule, ...] = ()
    record_types: tuple[RecordType, ...] = ()

    @classmethod
    def of(cls, asked: Mapping[str, Any], catalogue: Catalogue) -> Declared:
        """The rules as somebody wrote them; ValueError says what is wrong with them."""
        found = cls(
            tuple(ValidationRule(**_with_tests(rule)) for rule in asked.get("validation", ())),
            tuple(Trigger(**_with_tests(rule)) for rule in asked.get("triggers", ())),
            tuple(DuplicateRule(**_tuples(rule)) for rule in asked.get("duplicates", ())),
            tuple(RecordType(**rule) for rule in asked.get("record_types", ())),
        )
        found._check(catalogue)
        return found

    @classmethod
    def read(cls, path: Path, catalogue: Catalogue) -> Declared:
        return cls.of(orjson.loads(path.read_bytes()), catalogue) if path.exists() else cls()

    def save(self, path: Path) -> None:
        write_private(path, orjson.dumps(asdict(self), option=orjson.OPT_INDENT_2))

    @property
    def rules(self) -> tuple[Rule, ...]:
        return (*self.validation, *self.triggers, *self.duplicates)

    def fields_of(self, sobject: str) -> list[str]:
        """The fields of that object which its rules look at or set."""
        fields = [name for rule in self.rules if rule.sobject == sobject for name in rule.fields]
        types = [t for t in self.record_types if t.sobject == sobject]
        return list(
            dict.fromkeys([*fields, *(["RecordTypeId"] if types else []), *(n for t in types for n in t.picklists)])
        )

    def _check(self, catalogue: Catalogue) -> None:
        for rule in self.rules:
            definition = catalogue.get(rule.sobject)
            if definition is None or definition.name != rule.sobject:
                raise ValueError(f"rule {rule.name!r}: no object {rule.sobject!r}")
            for name in rule.fields:
                found = definition.fields.get(name)
                if found is None or not found.stored:
                    raise ValueError(f"rule {rule.name!r}: {rule.sobject} has no field {name!r}")
        for trigger in self.triggers:
            if trigger.does not in TRIGGERS:
                raise ValueError(
                    f"trigger {trigger.name!r}: nothing is called {trigger.does!r}; there are {', '.join(TRIGGERS)}"
                )
            if trigger.field is None and trigger.does in ("normalise_phone", "stamp"):
                raise ValueError(f"trigger {trigger.name!r}: {trigger.does} needs a field")
        for compared in self.duplicates:
            if compared.action not in ("block", "alert") or not compared.fields:
                raise ValueError(f"duplicate rule {compared.name!r} needs fields, and block or alert as its action")


def _tuples(rule: Mapping[str, Any]) -> dict[str, Any]:
    return {key: tuple(value) if isinstance(value, list) else value for key, value in rule.items()}


def _with_tests(rule: Mapping[str, Any]) -> dict[str, Any]:
    return {**_tuples(rule), "when": tests_of(rule.get("when", ()))}
