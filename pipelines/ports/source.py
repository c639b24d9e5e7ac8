"""An outside system as the thinking needs it: one that lands rows, and one that is written back to as well."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Literal, Protocol

import pyarrow as pa

from pipelines.declaring.source import AnySource, Outlook
from pipelines.ports.world import Progress


@dataclass(frozen=True, slots=True)
class Landed:
    """What an extract put into the entity's file: tables `landing.rows` and `landing.rejects`.

    `landing.rows`: `_file` text, `_line` bigint (1 is the first row of data), and each asked column as text exactly as
    the feed has it (a missing optional column is null throughout). `landing.rejects`: `_file`, `_line`, `reason`
    (`ragged_row`, `bad_quote`, `not_utf8`, `not_an_object`).
    """

    rows: int
    rejected: int
    fingerprint: str
    """Changes whenever the content of the feed does."""
    ignored: tuple[str, ...] = field(default=())
    """Columns of the feed that nobody asked for."""
    absent: tuple[tuple[str, str], ...] = field(default=())
    """Asked columns that a file does not have: (file, column)."""
    read_at: datetime | None = None
    """The source's clock just before its first row was asked for; None where a source has no clock, as files."""
    cursor: str | None = None
    """What the next reading goes on from, where a source tells what changed since (`TwoWaySource`)."""
    place: str | None = None
    """Changes when the settings lead somewhere else, so that what was read before says nothing; None where none can."""


class Source(Protocol):
    """An outside system's rows."""

    def fingerprint(self, source: AnySource) -> str | None:
        """What `Landed.fingerprint` would be now, without landing; None where only reading tells, as with a service.

        Raises SourceError as `land` would for no feed, and SourceNotSet where no setting says where the source is.
        """

    def land(
        self, source: AnySource, columns: Sequence[str], file: Path, progress: Progress, since: datetime | None = None
    ) -> Landed:
        """Replaces both landing tables of the DuckDB file whole, or raises and leaves the file usable.

        `since`: only rows updated from then on are wanted, by the source's clock; None: all. A feed has all either way.
        """


@dataclass(frozen=True, slots=True)
class Asked:
    """What a source that is written back to is asked for."""

    columns: Sequence[str]
    users: Sequence[str]
    """Whose rows: principal names, as the CRM's users carry them, in any case."""
    cursor: str | None
    """`Landed.cursor` of the reading to go on from; None: everything."""
    known: Callable[[], pa.Table]
    """Text columns key, user, place of every row that is believed to be there; only asked where a whole place was told
    anew."""
    awaited: Callable[[], pa.Table]
    """The same of rows that we made and that should have been told by now: each is asked for by itself."""
    span: tuple[datetime, datetime] | None = None
    """For collections that have one (events): UTC."""


@dataclass(frozen=True, slots=True)
class Change:
    """One write to a source. `marker` (the CRM record's id) is kept with a created item, so that it is known again.

    `unlink` takes the link away by which people get from an item to its record; that it is not there is fine.
    """

    kind: Literal["create", "update", "delete", "unlink"]
    user: str
    values: Mapping[str, str | None]
    """Columns as landed; None clears."""
    key: str | None = None
    """Of what is there already."""
    place: str | None = None
    """Where it is (the id of a task list); a create without goes to the user's default list."""
    version: str | None = None
    """It must still be this one; None: whatever it is."""
    marker: str | None = None
    link: str | None = None
    """The id of the link that is taken away."""


@dataclass(frozen=True, slots=True)
class Written:
    """What became of one `Change`."""

    status: Literal["success", "failed", "lost"]
    key: str | None = None
    row: Mapping[str, str | None] | None = None
    """Every column as it would be landed now, as far as the answer tells."""
    code: str = ""
    """`changed_meanwhile` (another version), `gone` (the item is not there), `unsent`, else the source's word."""
    message: str = ""
    """May quote values: it stays in the entity's file."""


class TwoWaySource(Source, Protocol):
    """A source that tells whose rows changed or are gone, and is written back to."""

    def land_changes(self, source: Outlook, asked: Asked, file: Path, progress: Progress) -> Landed:
        """`landing.rows` are the items that are new or changed since the cursor, each once.

        Besides `landing.rejects` there are `landing.removed` (`key` text), the items that are truly no longer there,
        and `landing.mailboxes` (`user` text in small letters, `refused` text or null: why nothing was read of it).
        Raises SourceError, with nothing landed, where the source cannot be reached, SystemicError where it lets nobody
        in.
        """

    def write(self, source: Outlook, changes: Sequence[Change], progress: Progress) -> list[Written]:
        """What became of each change, in their order. SystemicError only if nothing was sent."""
