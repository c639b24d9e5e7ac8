"""Forgetting how the two sides of an entity belong together, so that the next run pairs everything anew.

What a side deleted stays so: pairs that were parted are kept, lest one half of them is taken for new.
"""

from __future__ import annotations

from dataclasses import dataclass

import duckdb

from pipelines import memory
from pipelines.both_sides.pairing import RELINK
from pipelines.loading.plan import FIRST_DONE
from pipelines.reading.reading_changes import CURSOR, LANDED
from pipelines.reading.since import release_all

FORGET = (
    "delete from links where fold not in (select fold from parted)",
    "delete from accord",
)


@dataclass(frozen=True, slots=True)
class Relinked:
    """Pairs that were forgotten, and those that stay parted."""

    forgotten: int
    parted: int


def relink(con: duckdb.DuckDBPyConnection) -> Relinked:
    """No pair is known but those that were parted; the source is read anew, and the next run is a first one, held."""
    con.execute("begin")
    links = int(con.execute("select count(*) from links").fetchall()[0][0])
    for statement in FORGET:
        con.execute(statement)
    parted = int(con.execute("select count(*) from links").fetchall()[0][0])
    for name in (CURSOR, LANDED, FIRST_DONE):
        con.execute("delete from meta where name = ?", [name])
    memory.write(con, RELINK, "true")
    release_all(con, "all is paired anew")
    con.execute("commit")
    return Relinked(links - parted, parted)
