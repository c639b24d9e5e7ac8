"""What mailboxes told, as Parquet files for dlt."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from pipelines.declaring.outlook import Collection
from resources.graph.rows import Texts
from resources.landing import ColumnType, Staged
from resources.outlook.keys import key_of
from resources.outlook.rows import row_of
from resources.outlook.told import Told, word_of

_PLACE: dict[str, ColumnType] = {"_file": "text", "_line": "bigint"}


def rows_of(collection: Collection, told: Sequence[Told]) -> dict[str, Texts]:
    """Every item that was told, by its id."""
    return {
        item_id: row_of(collection, row, each.user, each.box.own or (each.user,), place)
        for each in told
        for item_id, (row, place) in each.rows.items()
    }


@dataclass(frozen=True, slots=True)
class Staging:
    """What is to be landed. The fingerprint changes whenever that does."""

    tables: Mapping[str, Staged]
    fingerprint: str


def staged(collection: Collection, told: Sequence[Told], columns: Sequence[str], folder: Path) -> Staging:
    """The four tables are files in the folder."""
    rows = [{**row, "id": key_of(item_id)} for item_id, row in rows_of(collection, told).items()]
    rejected = sum(each.rejected for each in told)
    cells: dict[str, ColumnType] = dict.fromkeys(columns, "text")
    told_of: dict[str, ColumnType] = {"user": "text", "refused": "text", "partly": "text"}
    tables = {
        "rows": _table(_PLACE | cells, _placed(collection, rows)),
        "rejects": _table(_PLACE | {"reason": "text"}, _placed(collection, [{"reason": "not_an_object"}] * rejected)),
        "removed": _table(
            {"key": "text"}, [{"key": key_of(each)} for each in sorted(set().union(*(each.gone for each in told)))]
        ),
        "mailboxes": _table(
            told_of,
            [{"user": e.user, "refused": word_of(e.refused), "partly": word_of(e.partly)} for e in told],
        ),
    }
    digest = hashlib.sha256()
    for name, (table, _) in tables.items():
        pq.write_table(table, folder / f"{name}.parquet")
        digest.update(repr(table.to_pylist()).encode())
    found = {
        name: Staged([folder / f"{name}.parquet"], types, table.num_rows) for name, (table, types) in tables.items()
    }
    return Staging(found, digest.hexdigest())


def _table(
    types: Mapping[str, ColumnType], rows: Sequence[Mapping[str, object]]
) -> tuple[pa.Table, Mapping[str, ColumnType]]:
    fields = [(name, pa.int64() if kind == "bigint" else pa.string()) for name, kind in types.items()]
    columns = {name: [row.get(name) for row in rows] for name in types}
    return pa.table(columns, schema=pa.schema(fields)), types


def _placed(collection: Collection, rows: Sequence[Mapping[str, object]]) -> list[Mapping[str, object]]:
    return [{"_file": collection, "_line": number, **row} for number, row in enumerate(rows, 1)]
