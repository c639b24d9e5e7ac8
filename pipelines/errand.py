"""One errand: which entity, in which world, at whose request, since when; and what its steps ask of these together."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import duckdb

from pipelines import memory
from pipelines.both_sides.outcomes_both import back_outcomes_sql
from pipelines.declaring.entity import Entity
from pipelines.linking.scope import covers_everything
from pipelines.reading.binding import Bound
from pipelines.reading.reading import set_now
from pipelines.run import Request, World
from pipelines.telling.outcomes import Phase, scope_outcomes_sql


@dataclass(frozen=True)
class Errand:
    """What a run is about, from its beginning to its end."""

    entity: Entity
    world: World
    request: Request
    started_at: datetime

    @contextmanager
    def opened(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """The file, on a connection that knows the run: its id and its one time."""
        with self.world.warehouse.open() as con:
            set_now(con, self.started_at)
            con.execute("set variable run_id = ?", [self.request.run_id])
            yield con

    @property
    def may_create(self) -> bool:
        """Rows without a record may get one."""
        wanted = self.entity.create
        return wanted == "scheduled" or (wanted == "on_request" and self.request.create_missing)

    def compares_everything(self, con: duckdb.DuckDBPyConnection) -> bool:
        """Scope `all`, or one that leaves nothing out after the declaration changed: what was settled is open again."""
        if not covers_everything(self.request.scope):
            return False
        return self.request.scope == "all" or memory.read(con, "declaration") != self.entity.fingerprint

    def published(self) -> dict[str, Path]:
        """The copies of the entities that this one refers to, as far as they were ever synced."""
        found = {name: self.world.warehouse.published(name) for name in self.entity.depends_on}
        return {name: path for name, path in found.items() if path}

    def judge(self, con: duckdb.DuckDBPyConnection, bound: Bound, phase: Phase) -> None:
        """`work.outcomes` says what becomes, or became, of the rows of `work.scope`."""
        for statement in scope_outcomes_sql(bound, phase, creates=self.may_create):
            con.execute(statement)
        for statement in back_outcomes_sql(phase) if bound.entity.both else ():
            con.execute(statement)
