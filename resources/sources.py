"""Every kind of source an entity may have, read by whoever reads that kind: the port `Source`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from pipelines.ports import Landed, Progress
from pipelines.source import AnySource, Feed
from resources.feeds import Feeds
from resources.rest import RestCollections


@dataclass(frozen=True, slots=True)
class Sources:
    """A new kind of source has a reader here."""

    feeds: Feeds
    collections: RestCollections

    def fingerprint(self, source: AnySource) -> str | None:
        """As the port has it: only files can be told by their content without being landed."""
        if isinstance(source, Feed):
            return self.feeds.fingerprint(source)
        self.collections.check_settings(source)
        return None

    def land(
        self, source: AnySource, columns: Sequence[str], file: Path, progress: Progress, since: datetime | None = None
    ) -> Landed:
        """As the port has it."""
        if isinstance(source, Feed):
            return self.feeds.land(source, columns, file, progress, since)
        return self.collections.land(source, columns, file, progress, since)
