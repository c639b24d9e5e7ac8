"""A plan goes to the org: in batches, by the cheapest correct route, each written down before it is sent.

Small batches go as collections of 200, large ones as bulk jobs; which go before others, and which share a call, is in
`waves`. An answer that got lost is not guessed: the rows come back as `lost`, to be read and planned again (see
`rounds`), as are those that somebody changed since they were read (see `meanwhile`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import duckdb

from pipelines.loading import ledger
from pipelines.loading.batching import Batching
from pipelines.loading.failures import classify
from pipelines.loading.jobs import end_job
from pipelines.loading.ledger import Batch
from pipelines.loading.meanwhile import NOBODY, set_aside
from pipelines.loading.payload import answers_of, records, sendable_sql, table
from pipelines.loading.waves import Wave, fill_waiting, trips
from pipelines.ports.crm import ANSWERS, Crm, Rows, Told
from pipelines.ports.world import LostAnswer, Progress, SystemicError
from pipelines.reading.binding import Bound
from pipelines.run import OpenFile


@dataclass(frozen=True)
class Loader:
    """Carries out the plan in the entity's file."""

    bound: Bound
    crm: Crm
    open: OpenFile
    run_id: str
    plan_hash: str
    progress: Progress
    batching: Batching

    def load(self) -> None:
        """Every action of `work.actions` has been sent and its answer is in the ledger, or it is set aside.

        A SystemicError ends it at once; what was not sent then has no result.
        """
        with self.open() as con:
            con.execute(NOBODY)
            fill_waiting(con, self.run_id)
            ahead = trips(con, self.batching)
        for trip in ahead:
            self._send(trip)
            with self.open() as con:
                fill_waiting(con, self.run_id)

    def _send(self, trip: Sequence[Wave]) -> None:
        """All rows of these waves, each by its route; where there are several, in one call."""
        with self.open() as con:
            batches = [batch for wave in trip for batch in self._written_down(con, wave)]
        if not batches:
            return
        step = f"load {' and '.join(f'{wave.operation}s' for wave in trip)}"
        done, total = 0, sum(batch.rows for batch in batches)
        self.progress(step, done, total)
        asked = False
        for call in [batches] if len(trip) > 1 else [[batch] for batch in batches]:
            if call[0].route == "bulk":
                self._send_job(call[0])
            else:
                if not asked:
                    set_aside(self.bound, self.crm, self.open)
                asked = True
                self._send_collections(call)
            done += sum(batch.rows for batch in call)
            self.progress(step, done, total)

    def _written_down(self, con: duckdb.DuckDBPyConnection, wave: Wave) -> list[Batch]:
        """The batches of the wave, in the ledger; rows that a job could not have as they are go by collections."""
        con.execute(sendable_sql(self.bound), ["create" if wave.operation == "insert" else "update", wave.number])
        total, characters = con.execute("select count(*), coalesce(sum(characters), 0) from work.sendable").fetchall()[
            0
        ]
        load = ledger.Load(self.run_id, self.plan_hash, wave.operation, wave.number)
        jobs = []
        if total and self.batching.route_of(total) == "bulk":
            size = self.batching.job_size(total, characters)
            con.execute("create or replace temp table odd as from work.sendable where unspeakable")
            con.execute("delete from work.sendable where unspeakable")
            jobs = ledger.open_batches(con, load, route="bulk", size=size)
            con.execute("create or replace table work.sendable as from odd")
        return jobs + ledger.open_batches(con, load, route="collections", size=self.batching.collection_rows)

    def _send_collections(self, batches: Sequence[Batch]) -> None:
        """One call, with a collection for each batch of which a row is left."""
        with self.open() as con:
            going = [batch for batch in batches if ledger.leave_out_aside(con, batch)]
            packed = [records(con, batch) for batch in going]
            for batch in going:
                ledger.mark(con, batch, "SENT")
        told = self._told({batch.operation: rows for batch, (_, rows) in zip(going, packed, strict=True)})
        for batch, (keys, _), outcome in zip(going, packed, told, strict=True):
            if isinstance(outcome, LostAnswer):
                self._lose(batch)
            elif isinstance(outcome, SystemicError):
                self._refuse(batch, outcome)
            else:
                with self.open() as con:
                    ledger.answer(con, batch, answers_of(keys, outcome))
        for outcome in told:
            if isinstance(outcome, SystemicError):
                raise outcome
        for batch in going:
            self._stop_if_systemic(batch)

    def _told(self, rows: Mapping[str, Rows]) -> Sequence[Told]:
        """What became of the rows of each operation, in one call."""
        sobject = self.bound.entity.target.sobject
        try:
            if len(rows) > 1:
                return self.crm.insert_and_update(sobject, rows["insert"], rows["update"])
            alone = {"insert": self.crm.insert, "update": self.crm.update}
            return [alone[operation](sobject, some) for operation, some in rows.items()]
        except (LostAnswer, SystemicError) as error:
            return [error] * len(rows)

    def _send_job(self, batch: Batch) -> None:
        sobject = self.bound.entity.target.sobject
        try:
            job_id = self.crm.create_job(sobject, "insert" if batch.operation == "insert" else "update")
            with self.open() as con:
                ledger.mark(con, batch, "JOB", job_id=job_id)
            set_aside(self.bound, self.crm, self.open)
            with self.open() as con:
                left = ledger.leave_out_aside(con, batch)
                rows = table(con, batch) if left else None
            if rows is None:
                self.crm.abort(job_id)
                return
            try:
                self.crm.upload(job_id, rows)
            except LostAnswer:
                pass  # whether the job was closed is asked in a moment
            else:
                with self.open() as con:
                    ledger.mark(con, batch, "SENT")
            info = end_job(self.bound, self.crm, self.open, replace(batch, job_id=job_id), self.progress)
            if info.state == "Failed" and info.message.startswith(("InvalidBatch", "ClientInputError")):
                raise SystemicError("job_failed", f"the org refused the whole job {job_id}: {info.message}")
            self._stop_if_systemic(batch)
        except LostAnswer:
            self._lose(batch)
        except SystemicError as error:
            self._refuse(batch, error)
            raise

    def _stop_if_systemic(self, batch: Batch) -> None:
        """A row that was refused for what this user may not do stands for all of them."""
        with self.open() as con:
            found = con.execute(
                "select distinct code, coalesce(message, '') from results where batch = ? and status = 'failed'",
                [batch.number],
            ).fetchall()
        for code, message in found:
            if classify(code, message) == "systemic":
                raise SystemicError(code, f"the org refused rows of batch {batch.number} with {code}")

    def _lose(self, batch: Batch) -> None:
        with self.open() as con:
            ledger.answer(con, batch, ANSWERS.empty_table())
            ledger.mark(con, batch, "LOST")

    def _refuse(self, batch: Batch, error: SystemicError) -> None:
        """A job that was sent may still run: it is left for the next run to settle."""
        with self.open() as con:
            state = con.execute("select state from batches where batch = ?", [batch.number]).fetchall()[0][0]
            if batch.route == "collections" or state == "INTENT":
                ledger.mark(con, batch, "REFUSED", message=error.code)
