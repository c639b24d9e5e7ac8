"""A service that tells what changed, in memory: what its collections hold, by its own clock."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from pipelines.declaring.source import AnySource
from pipelines.ports.source import Landed
from pipelines.ports.world import Progress
from tests.faults.outside import Listed


@dataclass
class Telling:
    """`collections` have their rows by name; each row has an `updated_at`. `now` is the service's clock."""

    collections: Mapping[str, Sequence[Mapping[str, Any]]]
    now: datetime
    place: str | None = None

    def fingerprint(self, source: AnySource) -> str | None:
        """Only reading tells."""
        del source
        return None

    def land(
        self, source: AnySource, columns: Sequence[str], file: Path, progress: Progress, since: datetime | None = None
    ) -> Landed:
        rows = self.collections[source.name]
        told = [row for row in rows if since is None or datetime.fromisoformat(row["updated_at"]) >= since]
        texts = [{name: _text(value) for name, value in row.items()} for row in told]
        return replace(Listed(texts).land(source, columns, file, progress, since), read_at=self.now, place=self.place)


def _text(value: object) -> str | None:
    return value if value is None or isinstance(value, str) else json.dumps(value)
