"""What becomes of a record whose subject is over in the source: a profile that was deleted, a connection that ended.

The record stays, whatever happens: it shows that it is over, and when its subject comes back the same record goes on.
`ended_cell` gives what such a record should show in a field.
"""

from __future__ import annotations

from dataclasses import field as made

from pydantic.dataclasses import dataclass

from pipelines.declaring.conditions import BUILT, Condition


@dataclass(frozen=True, config=BUILT)
class Life:
    """When a row is over, and what its record shows from then on. A row that is over never gets a new record.

    `ends_with`: reference fields; a row is over as well when the row is that they refer to.
    `ends_without`: reference fields; a row is over as well while what they refer to is not there.
    `merged_ends`: a row merged into another is over, and its record does not go to the survivor.
    `then`: values, in canonical text, by field. `clears`: all other mapped fields are emptied, as far as they can be.
    """

    ends_when: Condition
    ends_with: tuple[str, ...] = ()
    ends_without: tuple[str, ...] = ()
    merged_ends: bool = False
    then: dict[str, str] = made(default_factory=dict)
    clears: bool = False

    @property
    def reads(self) -> tuple[str, ...]:
        """The columns by which a row says itself that it is over; none where it is not the row alone that says so."""
        asked = [part.columns for part in self.ends_when.parts]
        return tuple(column for columns in asked for column in columns) if all(asked) else ()


@dataclass(frozen=True, config=BUILT)
class Wanted:
    """Which rows get a record at all: those for which this holds. One that has a record goes on being followed.

    `otherwise`: the reason with which the others are skipped, one word of a code.
    """

    condition: Condition
    otherwise: str
