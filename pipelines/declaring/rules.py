"""What may happen to one field of a record: one class a rule.

A rule is asked two things, in SQL, about a source row and the record it is linked to: `when_sql`, is this cell to be
written, and `value_sql`, with what. `s` is the source row, `r` the record. To add a rule, add a class with a `name`
and a row in the table of `tests/pipelines/test_rules.py`.

*Mapped* rules carry the source's facts and obey status and freeze flags; *housekeeping* rules are written regardless.
"""

from __future__ import annotations

from dataclasses import dataclass as plain_dataclass
from typing import ClassVar, Literal

from pydantic.dataclasses import dataclass

from pipelines.declaring.conditions import resolved
from pipelines.declaring.elsewhere import OneOf, Records, RecordTypes
from pipelines.declaring.source import STRICT
from pipelines.sql import differs_sql, given, literal, literals, quote


@plain_dataclass(frozen=True, slots=True)
class Case:
    """The SQL around one cell of a linked pair."""

    new: str
    old: str
    type: str
    """The Salesforce type of the field."""
    active: str
    """Boolean: the source row's status lets mapped fields be written."""
    status: str
    """The source row's status, text; `null` where the entity has none."""

    said: str = "true"
    """Boolean: the row's file has the column; a blank means something."""

    @property
    def differs(self) -> str:
        return differs_sql(self.new, self.old, self.type)


class Rule:
    """A rule of one field. Subclasses are frozen pydantic dataclasses; the first argument is the source column."""

    name: ClassVar[str]
    housekeeping: ClassVar[bool] = False
    stamps: ClassVar[bool] = False
    """Written when other things are, and never a reason to write."""
    hierarchy: bool = False
    """Written only where the record's hierarchy is not frozen."""

    @property
    def source_column(self) -> str | None:
        """The column of the source that this rule reads, if any."""
        return getattr(self, "column", None)

    @property
    def record_types(self) -> tuple[str, ...]:
        """Developer names of the record types that it gives to records."""
        return ()

    def value_sql(self, field: str) -> str:
        """The new value, typed, from the source row `s`."""
        if self.source_column is None:
            raise NotImplementedError(f"{type(self).__name__} reads no column and must say its value")
        return f"s.{given(self.source_column)}"

    def when_sql(self, case: Case) -> str:
        """Boolean: an existing record's cell is to be written. Freeze flags are added by `reconcile`."""
        raise NotImplementedError

    def stamped_sql(self) -> str:
        """Boolean of a row of `work.actions`: a rule that stamps writes its field now."""
        raise NotImplementedError

    @property
    def on_create(self) -> bool:
        """Whether a new record gets this field too (where the value is not null)."""
        return True


@dataclass(frozen=True, config=STRICT)
class Master(Rule):
    """The source wins. A blank in the source keeps what the CRM has, unless told to clear it.

    `clears_when`: statuses in which a blank clears the field although other mapped fields rest.
    """

    name: ClassVar[str] = "master"
    column: str
    blank: Literal["keep", "clear"] = "keep"
    clears_when: tuple[str, ...] = ()

    @property
    def clears(self) -> bool:
        """Whether a blank ever clears the field: only where the row's file has the column."""
        return self.blank == "clear" or bool(self.clears_when)

    def when_sql(self, case: Case) -> str:
        said = f"({case.new} is not null or {case.said})"
        known = said if self.blank == "clear" else f"{case.new} is not null"
        written = f"({case.active} and {known} and {case.differs})"
        if not self.clears_when:
            return written
        blanked = f"{case.said} and {case.new} is null and {case.old} is not null"
        cleared = f"({case.status} in {literals(self.clears_when)} and {blanked})"
        return f"({written} or {cleared})"


@dataclass(frozen=True, config=STRICT)
class FillEmpty(Rule):
    """The CRM is master; the source fills what is blank there."""

    name: ClassVar[str] = "fill_empty"
    column: str

    def when_sql(self, case: Case) -> str:
        return f"({case.active} and {case.old} is null and {case.new} is not null)"


@dataclass(frozen=True, config=STRICT)
class CreateOnly(Rule):
    """Given to a new record, never touched afterwards."""

    name: ClassVar[str] = "create_only"
    column: str

    def when_sql(self, case: Case) -> str:
        return "false"


@dataclass(frozen=True, config=STRICT)
class Reference(Rule):
    """The column holds a source key of entity `to`; the field gets that row's record id.

    `to` may also be records that no entity keeps, or the object's record types (see `elsewhere`). `first`: the column
    holds a JSON list of keys, and the first of them that has a record counts.
    `missing="skip"`: a row whose target has no record is not created (outcome `skipped: missing_…`, named after the
    column), and an existing record keeps the reference it has. `missing="keep"`: it is created without.
    Either way the row is looked at again in each run until the target is there.
    `blank="clear"`: the source says that there is none, by a blank, or by an empty list where it gives lists, and the
    field is cleared; a column that is not there says nothing, nor does a list that is blank.
    """

    name: ClassVar[str] = "reference"
    column: str
    to: str | Records | RecordTypes | OneOf
    missing: Literal["skip", "keep"] = "skip"
    hierarchy: bool = False
    first: bool = False
    blank: Literal["keep", "clear"] = "keep"

    def value_sql(self, field: str) -> str:
        return f"s.{quote(resolved(field))}"

    def when_sql(self, case: Case) -> str:
        known = f"({case.new} is not null or {self._none_sql(case)})" if self.clears else f"{case.new} is not null"
        return f"({case.active} and {known} and {case.differs})"

    @property
    def clears(self) -> bool:
        """Whether a blank ever clears the field."""
        return self.blank == "clear"

    def _none_sql(self, case: Case) -> str:
        """Boolean: the source says that there is none."""
        told = f"s.{given(self.column)}"
        return f"coalesce(json_array_length({told}) = 0, false)" if self.first else f"({told} is null and {case.said})"

    @property
    def record_types(self) -> tuple[str, ...]:
        return tuple(self.to.names.values()) if isinstance(self.to, RecordTypes) else ()

    @property
    def target(self) -> str:
        """The name under which `work.targets` knows what this refers to."""
        return self.to if isinstance(self.to, str) else self.to.name

    @property
    def missing_reason(self) -> str:
        return "missing_" + self.column.removesuffix("_id")


@dataclass(frozen=True, config=STRICT)
class SourceStatus(Rule):
    """Housekeeping: the source's status. While it is not one of `active`, mapped fields rest and nothing is created.

    `default` stands for a blank; `merged` is given to a record whose row was merged into one that has a record too.
    """

    name: ClassVar[str] = "source_status"
    housekeeping: ClassVar[bool] = True
    column: str
    known: tuple[str, ...]
    merged: str
    active: tuple[str, ...] = ("A",)
    default: str = "A"

    def __post_init__(self) -> None:
        for what, words in (("active", self.active), ("default", (self.default,)), ("merged", (self.merged,))):
            if strange := set(words) - set(self.known):
                raise ValueError(f"SourceStatus {what}={sorted(strange)} is not among known={list(self.known)}")

    def when_sql(self, case: Case) -> str:
        return f"({case.differs})"


@dataclass(frozen=True, config=STRICT)
class SyncedAt(Rule):
    """Housekeeping: the time of the run, stamped on a record when anything else of it is written, never alone."""

    name: ClassVar[str] = "synced_at"
    housekeeping: ClassVar[bool] = True
    stamps: ClassVar[bool] = True

    def value_sql(self, field: str) -> str:
        return "getvariable('now')"

    def when_sql(self, case: Case) -> str:
        return "false"

    def stamped_sql(self) -> str:
        return "true"


@dataclass(frozen=True, config=STRICT)
class Constant(Rule):
    """Housekeeping: a value in canonical text that new records get."""

    name: ClassVar[str] = "constant"
    housekeeping: ClassVar[bool] = True
    value: str

    def value_sql(self, field: str) -> str:
        return literal(self.value)

    def when_sql(self, case: Case) -> str:
        return "false"
