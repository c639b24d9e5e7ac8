"""The declaration of an entity: where its rows come from, where they go, and what may be done on the way.

A declaration is data. It is checked when it is made: a wrong one raises with the entity, the mistake and what would be
right. The rules a field can have are in `rules.py`, the ways to find a record without a key in `match.py`.
"""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict


class Declared(BaseModel):
    """Frozen, and strict about names: a misspelled setting is an error, never ignored."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Feed(Declared):
    """A feed of files: `<name>.csv`, `<name>.parquet`, or a folder `<name>/` of either, below `CONCORD_FEEDS`."""

    name: str
    key: str
    required: tuple[str, ...] = ()
    changed_at: str | None = "updated_at"
    merged_into: str | None = "merged_into"
    lists: Literal["everything", "changes"] = "everything"
