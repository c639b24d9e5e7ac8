"""Every kind of source an entity may have, read by whoever reads that kind: the port `Source`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from pipelines.declaring.source import AnySource, Feed, Outlook, Rest
from pipelines.ports.source import Asked, Change, Landed, Written
from pipelines.ports.world import Progress, SourceNotSet, SystemicError
from resources.feeds import Feeds
from resources.graph.settings import graph_of
from resources.outlook.mailboxes import OutlookMailboxes
from resources.rest import RestCollections
from resources.services import service_of
from resources.settings import Settings


def not_set(source: AnySource, settings: Settings) -> str | None:
    """What has to be set, if no setting says where the source is; None for a feed, and beside the sandbox."""
    if isinstance(source, Feed) or (settings.uses_sandbox and not settings.beside):
        return None
    try:
        if isinstance(source, Outlook):
            graph_of(settings)
        else:
            service_of(source.service, settings)
    except SourceNotSet as error:
        return str(error)
    except SystemicError:
        return None  # half of it is set: whoever reads the source is told
    return None


@dataclass(frozen=True, slots=True)
class Sources:
    """A new kind of source has a reader here."""

    feeds: Feeds
    collections: RestCollections
    mailboxes: OutlookMailboxes

    def fingerprint(self, source: AnySource) -> str | None:
        """As the port has it: only files can be told by their content without being landed."""
        match source:
            case Feed():
                return self.feeds.fingerprint(source)
            case Rest():
                self.collections.check_settings(source)
            case Outlook():
                self.mailboxes.check_settings()
        return None

    def land(
        self, source: AnySource, columns: Sequence[str], file: Path, progress: Progress, since: datetime | None = None
    ) -> Landed:
        """As the port has it."""
        match source:
            case Feed():
                return self.feeds.land(source, columns, file, progress, since)
            case Rest():
                return self.collections.land(source, columns, file, progress, since)
            case Outlook():
                raise TypeError(f"{source.words} are asked for what changed: land_changes")

    def land_changes(self, source: Outlook, asked: Asked, file: Path, progress: Progress) -> Landed:
        """As the port has it."""
        return self.mailboxes.land_changes(source, asked, file, progress)

    def write(self, source: Outlook, changes: Sequence[Change], progress: Progress) -> list[Written]:
        """As the port has it."""
        return self.mailboxes.write(source, changes, progress)
