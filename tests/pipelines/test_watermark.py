"""The watermark says up to when the CRM's records are known: it stays where it was until all that came is in the file.

A snapshot that was to be taken and was not would else leave a gap: what people did in it would never be read again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import cast

import duckdb
import pyarrow as pa
import pytest

from assets.accounts import ENTITY as ACCOUNTS
from pipelines import memory
from pipelines.ports.crm import Crm
from pipelines.ports.objects import BLIND, Sight, Snapshot, arrow_type
from pipelines.ports.world import SystemicError
from pipelines.reading.reading import snapshot
from pipelines.reading.snapshot import OVERLAP_SECONDS
from pipelines.run import World
from tests.pipelines.case import Case

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
LATER = NOON + timedelta(hours=6)


class Struck(BaseException):
    """The process is gone."""


@dataclass
class Told:
    """An org that tells of these names in two pages, and may break off between them. `since`: what it was asked."""

    at: datetime
    names: Sequence[str] = ("One", "Two")
    breaks: BaseException | None = None
    spared: int = 0
    """So many readings do not break off."""
    user_id: str = "005A"
    since: list[datetime | None] = field(default_factory=list)

    def snapshot(self, sobject: str, fields: Sequence[str], *, since: datetime | None, seen: Sight = BLIND) -> Snapshot:
        del sobject, seen
        self.since.append(since)
        return Snapshot(self._pages(fields), self.at)

    def _pages(self, fields: Sequence[str]) -> Iterator[pa.Table]:
        bound = Case(ACCOUNTS).bound
        schema = pa.schema([(name, arrow_type(bound.type_of(name))) for name in fields])
        for number, name in enumerate(self.names):
            if number and self.breaks and len(self.since) > self.spared:
                raise self.breaks
            record = {"Id": f"001{number}", "Name": name, "IsDeleted": False, "SystemModstamp": self.at}
            yield pa.Table.from_pylist([{each: record.get(each) for each in fields}], schema=schema)


@dataclass
class InMemory:
    """What of the world a snapshot touches: the entity's file, a place to spool, a clock, and nobody who looks on."""

    con: duckdb.DuckDBPyConnection
    spool: Path
    clock: Callable[[], datetime] = lambda: LATER

    @property
    def warehouse(self) -> InMemory:
        return self

    @contextmanager
    def open(self) -> Iterator[duckdb.DuckDBPyConnection]:
        yield self.con

    def progress(self, step: str, done: int, total: int | None) -> None:
        """Nobody looks on."""


class File:
    """Of accounts, which were read at noon."""

    def __init__(self, folder: Path) -> None:
        self.case = Case(ACCOUNTS)
        self.case.con.execute("drop table records")
        self.world = InMemory(self.case.con, folder / "spool")
        self.reads(Told(NOON))

    def reads(self, org: Told, *, everything: bool = False) -> None:
        snapshot(self.case.bound, cast("Crm", org), cast("World", self.world), everything=everything)

    @property
    def watermark(self) -> datetime:
        return datetime.fromisoformat(str(memory.read(self.case.con, "watermark")))

    @property
    def names(self) -> set[str]:
        return {name for (name,) in self.case.con.execute("select Name from records").fetchall()}


@pytest.mark.parametrize(
    "broken",
    [SystemicError("unreachable", "the line is cut"), Struck()],
    ids=["a reading that fails", "a run that dies"],
)
def test_what_was_not_read_to_its_end_leaves_the_watermark_where_it_was(tmp_path: Path, broken: BaseException) -> None:
    file = File(tmp_path)
    with pytest.raises(type(broken)):
        file.reads(Told(LATER, ("Typed", "Typed too"), broken))
    assert (file.watermark, file.names) == (NOON, {"One", "Two"})


@pytest.mark.parametrize("pages_fail", [True, False], ids=["after a failure", "at once"])
def test_the_next_reading_reaches_back_beyond_the_last_one_that_ended(tmp_path: Path, pages_fail: bool) -> None:  # noqa: FBT001
    file = File(tmp_path)
    if pages_fail:
        with pytest.raises(Struck):
            file.reads(Told(LATER, breaks=Struck()))
    org = Told(LATER, ("Typed", "Typed too"))
    file.reads(org)
    assert org.since == [NOON - timedelta(seconds=OVERLAP_SECONDS)]
    assert (file.watermark, file.names) == (LATER, {"Typed", "Typed too"})


def test_when_everything_was_read_but_not_what_was_deleted_that_is_asked_for_again(tmp_path: Path) -> None:
    """A reading of everything does not tell what became of records that are gone: mergers would be lost for good."""
    file = File(tmp_path)
    broken = Told(LATER, ("Typed", "Typed too"), Struck(), spared=1)
    with pytest.raises(Struck):
        file.reads(broken, everything=True)
    again = Told(LATER)
    file.reads(again)
    back = NOON - timedelta(seconds=OVERLAP_SECONDS)
    assert (broken.since, again.since, file.watermark) == ([None, back], [back], LATER)


def test_an_org_that_has_no_record_any_more_tells_so_by_telling_of_none(tmp_path: Path) -> None:
    file = File(tmp_path)
    file.reads(Told(LATER, names=()), everything=True)
    assert file.case.con.execute("select distinct IsDeleted from records").fetchall() == [(True,)]
