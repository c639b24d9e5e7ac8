"""How far each ingest job got, in the database of its records: a batch and the word that it is done are one commit."""

from __future__ import annotations

from .org import Org


class Progress:
    def __init__(self, org: Org) -> None:
        self._store = org.store
        with self._store.write() as db:
            db.execute(
                "create table if not exists _ingest_progress "
                "(job text primary key, batches integer, processed integer, failed integer) without rowid"
            )

    def of(self, job_id: str) -> tuple[int, int, int]:
        """Batches, rows processed, rows failed."""
        with self._store.read() as db:
            row = db.execute(
                "select batches, processed, failed from _ingest_progress where job = ?", (job_id,)
            ).fetchone()
        return (int(row[0]), int(row[1]), int(row[2])) if row else (0, 0, 0)

    def advance(self, job_id: str, processed: int, failed: int) -> None:
        """One more batch is done. Only inside the transaction that holds its rows."""
        with self._store.write() as db:
            db.execute(
                "insert into _ingest_progress values (?, 1, ?, ?) on conflict (job) do update set "
                "batches = batches + 1, processed = processed + excluded.processed, failed = failed + excluded.failed",
                (job_id, processed, failed),
            )

    def forget(self, job_id: str) -> None:
        with self._store.write() as db:
            db.execute("delete from _ingest_progress where job = ?", (job_id,))
