"""Records that are deleted in the CRM, because their pair was deleted in the source and the declaration allows it."""

from __future__ import annotations

from dataclasses import dataclass

from pipelines.loading import ledger
from pipelines.loading.meanwhile import NOBODY, set_aside
from pipelines.loading.payload import answers_of
from pipelines.ports.crm import Crm
from pipelines.ports.world import LostAnswer, SystemicError
from pipelines.reading.binding import Bound
from pipelines.run import OpenFile

ROWS = 200
"""What one call takes."""

SENDABLE = """
create or replace table work.sendable as
select fold, record_id, '' as locks_with, 0 as characters, false as unspeakable
from work.removals
"""

FORGET = (
    """
create or replace temp table removed_now as
select r.fold from results r where r.batch = ? and r.status = 'success'
""",
    "delete from links where fold in (from removed_now)",
    "delete from accord where fold in (from removed_now)",
)


@dataclass(frozen=True)
class Removal:
    """Carries out `work.removals`."""

    bound: Bound
    crm: Crm
    open: OpenFile
    run_id: str
    plan_hash: str

    def load(self) -> None:
        """Every record was asked to be deleted, and the answers are in the ledger; a SystemicError ends it at once.

        A lost answer needs no care: a record that is there in the next run is asked for again.
        """
        with self.open() as con:
            con.execute(NOBODY)
            con.execute(SENDABLE)
            load = ledger.Load(self.run_id, self.plan_hash, "delete", 0)
            batches = ledger.open_batches(con, load, route="collections", size=ROWS, cells="work.source_cells")
        if batches:
            set_aside(self.bound, self.crm, self.open)
        for batch in batches:
            with self.open() as con:
                if not ledger.leave_out_aside(con, batch):
                    continue
                ids = [
                    record_id
                    for (record_id,) in con.execute(
                        "select record_id from batch_rows where batch = ? order by fold", [batch.number]
                    ).fetchall()
                ]
                ledger.mark(con, batch, "SENT")
            try:
                sent = self.crm.delete(self.bound.entity.target.sobject, ids)
            except LostAnswer:
                with self.open() as con:
                    ledger.mark(con, batch, "LOST")
                continue
            except SystemicError as error:
                with self.open() as con:
                    ledger.mark(con, batch, "REFUSED", message=error.code)
                raise
            with self.open() as con:
                ledger.answer(con, batch, answers_of(ids, sent))
                for statement in FORGET:
                    con.execute(statement, [batch.number] if "?" in statement else [])
