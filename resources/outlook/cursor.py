"""What is kept of each mailbox between readings, as the text that the entity's file keeps.

Of a mailbox that is no longer asked for nothing is kept: should it be asked for again, all of it is read.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import field
from datetime import datetime
from typing import Final, Literal

from pydantic import ConfigDict, TypeAdapter, ValidationError
from pydantic.dataclasses import dataclass

from pipelines.declaring.outlook import Collection

VERSION: Final = 2

_STRICT = ConfigDict(extra="forbid")

log = logging.getLogger(__name__)


@dataclass(frozen=True, config=_STRICT)
class Box:
    """Of one mailbox."""

    own: tuple[str, ...] = ()
    """Its own addresses in small letters; none before it was met."""
    owner: str = ""
    """The id in the directory of whose it is, where the directory may be read."""
    links: Mapping[str, str | None] = field(default_factory=dict)
    """Where the next round begins, by the id of the list, "" where there are no lists; None: with everything."""
    zone: str = "UTC"
    default: str | None = None
    """The id of the list to which new tasks go."""
    lists: str | None = None
    """Where the next round of the lists themselves begins."""
    looked: datetime | None = None
    """When lists and zone were last looked for."""
    span: tuple[datetime, datetime] | None = None
    """The span of the calendar that the link is of."""


@dataclass(frozen=True, config=_STRICT)
class Cursor:
    """Of all mailboxes, by principal name in small letters.

    `version` is that of the columns which items become: a cursor that says another is none, so that all are read anew.
    """

    collection: Collection
    version: Literal[2]
    boxes: Mapping[str, Box] = field(default_factory=dict)


_CURSOR = TypeAdapter(Cursor)


def cursor_of(text: str | None, collection: Collection) -> Cursor:
    """What the text says; where it is none of this collection, or of another version of ours, that nothing is known."""
    if text is not None:
        try:
            told = _CURSOR.validate_json(text)
        except ValidationError:
            log.warning("the cursor of Outlook's %s is of another version: all of them are read", collection)
        else:
            if told.collection == collection:
                return told
    return Cursor(collection, VERSION)


def text_of(cursor: Cursor) -> str:
    """The same as text."""
    return _CURSOR.dump_json(cursor).decode()
