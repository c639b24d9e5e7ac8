"""A profile service in memory: what its collections hold, landed as the real reading does it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from assets.connections import ENTITY as CONNECTIONS
from assets.profiles import ENTITY as PROFILES
from pipelines.declaring.source import AnySource
from pipelines.ports.source import Landed, Source
from pipelines.ports.world import Progress
from pipelines.run import World
from pipelines.telling.report import Report
from tests.runs.place import Place

ENTITIES = {"profiles": PROFILES, "connections": CONNECTIONS}


@dataclass
class Service:
    """Collections of rows; what is not one of them is left to the source that reads files."""

    profiles: list[dict[str, Any]] = field(default_factory=list)
    connections: list[dict[str, Any]] = field(default_factory=list)
    files: Source | None = None
    asked: list[tuple[str, datetime | None]] = field(default_factory=list)
    slow: timedelta = timedelta()
    """How far its clock is behind ours."""
    place: str = "here"

    def profile(self, key: str, **told: Any) -> dict[str, Any]:
        """A profile with these facts, or these changes of one that is there."""
        return _told(self.profiles, key, {"kind": "HCP", "state": "active", "account_ids": []}, told)

    def connection(self, key: str, **told: Any) -> dict[str, Any]:
        return _told(self.connections, key, {"active": True}, told)

    def fingerprint(self, source: AnySource) -> str | None:
        return self.files.fingerprint(source) if self.files and not self._rows(source) else None

    def land(
        self, source: AnySource, columns: Sequence[str], file: Path, progress: Progress, since: datetime | None = None
    ) -> Landed:
        self.asked.append((source.name, since))
        rows = self._rows(source) or []
        told = {name: pa.array([_text(row.get(name)) for row in rows], pa.string()) for name in columns}
        places = {
            "_file": pa.array([source.name] * len(rows), pa.string()),
            "_line": pa.array(range(1, len(rows) + 1), pa.int64()),
        }
        with duckdb.connect(file) as con:
            con.execute("create schema if not exists landing")
            con.register("landed", pa.table({**places, **told}))
            con.execute("create or replace table landing.rows as from landed")
            con.execute("create or replace table landing.rejects (_file varchar, _line bigint, reason varchar)")
        return Landed(
            len(rows), 0, f"{source.name} {len(self.asked)}", read_at=datetime.now(UTC) - self.slow, place=self.place
        )

    def _rows(self, source: AnySource) -> list[dict[str, Any]] | None:
        return {"profiles": self.profiles, "connections": self.connections}.get(source.name)

    def sync(self, here: Place, *entities: str, **request: Any) -> list[Report]:
        """A run of each of these, or of both, whatever the gates say."""
        names = entities or ("profiles", "connections")
        return [here.run(ENTITIES[name], world=self.beside, approved=True, **request) for name in names]

    def beside(self, world: World) -> World:
        """The world with this service in it."""
        return replace(world, source=self)


def _told(rows: list[dict[str, Any]], key: str, usual: dict[str, Any], told: dict[str, Any]) -> dict[str, Any]:
    row = next((row for row in rows if row["id"] == key), None)
    if row is None:
        row = {"id": key, **usual}
        rows.append(row)
    row.update({"updated_at": datetime.now(UTC).isoformat(), **told})
    return row


def _text(value: object) -> str | None:
    if value is None or isinstance(value, str):
        return value
    return json.dumps(value)
