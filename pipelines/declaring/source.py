"""Where an entity's rows come from, as a declaration: files, a collection of a paged REST service, or of Outlook.

Each kind has a `name` and the `key` of its rows, and says whether it gives whole lists. Reading is the work of
`resources/` (see `ports.source`). To add a kind, add a class here, name it in `AnySource`, and read it there.
"""

from __future__ import annotations

from dataclasses import field
from typing import Literal

from pydantic import ConfigDict
from pydantic.dataclasses import dataclass

from pipelines.declaring.outlook import COLUMNS, WRITABLE, Collection

STRICT = ConfigDict(extra="forbid")


@dataclass(frozen=True, config=STRICT)
class Feed:
    """A feed of files: `<name>.csv`, `<name>.parquet`, or a folder `<name>/` of either, below `CONCORD_FEEDS`.

    `lists="everything"`: each extract is the full list (so a list that shrank is suspicious);
    `"changes"`: only what changed. In neither case does a row's absence do anything to its record.
    """

    name: str
    key: str
    required: tuple[str, ...] = ()
    """Columns that must be there and filled, besides the key."""
    happened: tuple[str, ...] = ()
    """Columns with the time of something that has happened: a time that is still to come is refused."""
    vocabulary: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """By column, the words that it may hold, regardless of case: a row with another is refused."""
    changed_at: str | None = "updated_at"
    merged_into: str | None = "merged_into"
    lists: Literal["everything", "changes"] = "everything"

    @property
    def words(self) -> str:
        """What it is, in Markdown."""
        return f"feed `{self.name}`"


@dataclass(frozen=True, config=STRICT)
class Rest:
    """A collection of a REST service, told in pages: `GET <base><path>?updated_since=&cursor=&limit=`.

    `service` names the settings: `engage` means `ENGAGE_URL` and `ENGAGE_TOKEN`. An answer is an object with the rows
    under `data` and the cursor of the next page, or null, under `next_cursor`. Between full reads only what was updated
    since the last success is asked for; either way a row's absence does nothing to its record.
    """

    name: str
    service: str
    path: str
    key: str
    required: tuple[str, ...] = ()
    """Columns that must be there and filled, besides the key."""
    happened: tuple[str, ...] = ()
    """Columns with the time of something that has happened: a time that is still to come is refused."""
    vocabulary: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """By column, the words that it may hold, regardless of case: a row with another is refused."""
    changed_at: str | None = "updated_at"
    merged_into: str | None = None
    data: str = "data"
    next_cursor: str = "next_cursor"
    cursor: str = "cursor"
    since: str = "updated_since"
    limit: str = "limit"
    page: int = 1_000
    """Rows asked for in one page."""
    lists: Literal["changes"] = "changes"

    @property
    def words(self) -> str:
        """What it is, in Markdown."""
        return f"collection `{self.path}` of the service `{self.service}`"


@dataclass(frozen=True, config=STRICT)
class Outlook:
    """A collection of every mapped user's Outlook, by Microsoft Graph: `tasks` (To Do), `events`, `contacts`.

    It is told whose rows are wanted, tells what changed and what is gone, and is written back to.
    """

    name: str
    collection: Collection
    key: str = "id"
    required: tuple[str, ...] = ()
    """Columns that must be filled, besides the key."""
    changed_at: str | None = "lastModifiedDateTime"
    merged_into: str | None = None
    lists: Literal["changes"] = "changes"
    happened: tuple[str, ...] = ()
    """Columns with the time of something that has happened: a time that is still to come is refused."""
    vocabulary: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """Words that a column may have; a row with another one is refused."""

    @property
    def words(self) -> str:
        """What it is, in Markdown."""
        return f"{self.collection} of Outlook"

    @property
    def columns(self) -> tuple[str, ...]:
        """All that it can be asked for."""
        return COLUMNS[self.collection]

    @property
    def writable(self) -> tuple[str, ...]:
        """Those that can be written back."""
        return WRITABLE[self.collection]


AnySource = Feed | Rest | Outlook
