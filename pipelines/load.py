"""A plan goes to the org: in batches, by the cheapest correct route, each written down before it is sent.

Small batches go as collections of 200, large ones as bulk jobs. New parents go before their children, and what waits
for a parent gets its id in between. An answer that got lost is not guessed: the rows come back as `lost`, to be read
and planned again (see `rounds`), as are those that somebody changed since they were read (see `meanwhile`).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from pipelines import ledger
from pipelines.batching import Batching
from pipelines.binding import Bound
from pipelines.failures import class_sql, classify
from pipelines.jobs import end_job
from pipelines.ledger import Batch
from pipelines.meanwhile import NOBODY, set_aside
from pipelines.payload import answers_of, records, sendable_sql, table
from pipelines.ports import ANSWERS, Crm, LostAnswer, Progress, SystemicError
from pipelines.run import OpenFile

Operation = Literal["insert", "update"]

FILL_WAITING = (
    f"""
create or replace temp table born as
with answers as (
  select
    r.batch,
    r.fold,
    struct_pack(record_id := r.record_id, status := r.status, class := {class_sql("r.code", "r.message")}) as answer
  from results r
  join batches b on b.batch = r.batch
  where b.run_id = ? and b.operation = 'insert'
)
select fold, max_by(answer, batch) as last
from answers
group by fold
""",
    """
insert into work.waited
select fold from work.cells
where waits_for in (select fold from born where last.status = 'success')
""",
    """
update work.cells set new = born.last.record_id, waits_for = null
from born
where born.fold = cells.waits_for and born.last.status = 'success'
""",
    """
delete from work.cells
where waits_for in (select fold from born where last.status = 'failed' and last.class <> 'transient')
""",
    """
delete from work.cells
where rule = 'synced_at' and fold not in (select fold from work.cells where rule <> 'synced_at')
""",
)


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
            waves = con.execute(
                "select wave, count(*) from work.actions where kind = 'create' group by wave order by wave"
            ).fetchall()
        for wave, _ in waves:
            self._fill_waiting()
            self._send("insert", wave)
        self._fill_waiting()
        self._send("update", 0)

    def _fill_waiting(self) -> None:
        """Cells that wait for a record created in this run get its id; where it was refused they are dropped.

        Where it is not known yet whether there is one they go on waiting, and their rows are not sent.
        """
        with self.open() as con:
            con.execute("begin")
            for statement in FILL_WAITING:
                con.execute(statement, [self.run_id] if "?" in statement else [])
            con.execute("commit")

    def _send(self, operation: Operation, wave: int) -> None:
        """All rows of one operation, each by its route."""
        kind = "create" if operation == "insert" else "update"
        with self.open() as con:
            con.execute(sendable_sql(self.bound), [kind, wave])
            total, characters = con.execute(
                "select count(*), coalesce(sum(characters), 0) from work.sendable"
            ).fetchall()[0]
            if not total:
                return
            load = ledger.Load(self.run_id, self.plan_hash, operation, wave)
            if self.batching.route_of(total) == "bulk":
                size = self.batching.job_size(total, characters)
                con.execute("create or replace temp table odd as from work.sendable where unspeakable")
                con.execute("delete from work.sendable where unspeakable")
                batches = ledger.open_batches(con, load, route="bulk", size=size)
                con.execute("create or replace table work.sendable as from odd")
                batches += ledger.open_batches(con, load, route="collections", size=self.batching.collection_rows)
            else:
                batches = ledger.open_batches(con, load, route="collections", size=self.batching.collection_rows)
        done = 0
        self.progress(f"load {operation}s", done, total)
        first_small = next((batch for batch in batches if batch.route == "collections"), None)
        for batch in batches:
            if batch is first_small:
                set_aside(self.bound, self.crm, self.open)
            if batch.route == "bulk":
                self._send_job(batch)
            else:
                self._send_collection(batch)
            done += batch.rows
            self.progress(f"load {operation}s", done, total)

    def _send_collection(self, batch: Batch) -> None:
        with self.open() as con:
            if not ledger.leave_out_aside(con, batch):
                return
            keys, rows = records(con, batch)
            ledger.mark(con, batch, "SENT")
        sobject = self.bound.entity.target.sobject
        try:
            sent = self.crm.insert(sobject, rows) if batch.operation == "insert" else self.crm.update(sobject, rows)
        except LostAnswer:
            self._lose(batch)
            return
        except SystemicError as error:
            self._refuse(batch, error)
            raise
        with self.open() as con:
            ledger.answer(con, batch, answers_of(keys, sent))
        self._stop_if_systemic(batch)

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
