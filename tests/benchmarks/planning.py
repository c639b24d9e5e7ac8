"""One plan of the things in a file, timed: `python -m tests.benchmarks.planning concord|pandas FILE all|changed`.

pandas has its frames in memory before the clock starts, and writes nothing down; the rules are the same: keys without
case, double keys and deleted records left out, blanks of the source keep what is there.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Literal

import duckdb

from pipelines.loading.plan import read_plan
from pipelines.reconciling.thinking import Wish, think
from tests.benchmarks import things
from tests.benchmarks.measuring import Figures, Stopwatch, peak_gigabytes

COLUMNS = [f"f{n}" for n in range(things.FIELDS)]


def concord(file: Path, scope: Literal["changed", "all"]) -> Figures:
    """From the opened file to the plan with its gates and hash, all of it written down."""
    con = things.opened(file)
    rows = con.execute("select count(*) from source").fetchall()[0][0]
    # of the 1.5 GB that the whole process may have with a million rows, and the 4 GB with ten
    con.execute(f"set memory_limit = '{'1200MB' if rows <= 1_000_000 else '3GB'}'")
    watch = Stopwatch()
    think(con, things.bound(), Wish(scope, creates=False), {})
    plan = read_plan(con, things.bound(), rows_before=0, rows_now=0)
    figures = watch.figures() | {"peak_gb": peak_gigabytes(), "cells": plan.cells, "updates": plan.updates}
    cells = "(select fold as key, * exclude (fold) from work.cells)"
    return figures | {"checksum": things.checksum(con, cells)}


def pandas(file: Path, scope: str) -> Figures:
    """From two frames to a frame of cells."""
    import pandas as pd

    with duckdb.connect(file, read_only=True) as con:
        columns = ", ".join(f"feed_{column} as {column}" for column in COLUMNS)
        rows = con.execute(f"select key, row_hash, present, {columns} from source").to_arrow_table().to_pandas()
        fields = ", ".join(things.ENTITY.fields)
        records = con.execute(f"select Id, IsDeleted, Key__c, {fields} from records").to_arrow_table().to_pandas()
        state = con.execute("select fold, row_hash as settled from state").to_arrow_table().to_pandas()
    watch = Stopwatch()
    rows = rows[rows["present"]]
    rows["fold"] = rows["key"].str.lower()
    if scope == "changed":
        rows = rows.merge(state, on="fold", how="left")
        rows = rows[rows["settled"].isna() | (rows["settled"] != rows["row_hash"])]
    live = records[~records["IsDeleted"]]
    live = live.assign(fold=live["Key__c"].str.lower())
    live = live[~live["fold"].duplicated(keep=False)]
    pairs = rows.merge(live, on="fold")
    parts = []
    for column, name in zip(COLUMNS, things.ENTITY.fields, strict=True):
        new, old = pairs[column], pairs[name]
        wanted = (new.notna() & ~(new == old).fillna(value=False)).to_numpy(dtype=bool)
        part = pairs.loc[wanted, ["fold", "Id", name, column]]
        part.columns = pd.Index(["key", "record_id", "old", "new"])
        parts.append(part.assign(field=name))
    cells = pd.concat(parts, ignore_index=True)
    figures = watch.figures() | {"peak_gb": peak_gigabytes(), "cells": len(cells), "updates": cells["key"].nunique()}
    with duckdb.connect() as con:
        con.register("cells", cells)
        return figures | {"checksum": things.checksum(con, "cells")}


if __name__ == "__main__":
    contender, file, scope = sys.argv[1:4]
    measured = {"concord": concord, "pandas": pandas}[contender]
    print(json.dumps(measured(Path(file), "all" if scope == "all" else "changed")))
