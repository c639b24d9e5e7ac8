"""Parquet feeds: typed cells arrive as canonical text, damaged files are refused."""

from __future__ import annotations

import datetime as dt
import decimal
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

if TYPE_CHECKING:
    from tests.resources.feeds.conftest import Desk

BERLIN_NOON = dt.datetime(2026, 1, 31, 12, 0, 1, 234567, tzinfo=dt.timezone(dt.timedelta(hours=1)))


def put(desk: Desk, array: pa.Array | pa.ChunkedArray, name: str = "people.parquet") -> None:
    ids = [str(number) for number in range(1, len(array) + 1)]
    table = pa.table({"id": ids, "name": ids, "city": array})
    path = desk.folder / name
    path.parent.mkdir(exist_ok=True)
    pq.write_table(table, path)


@pytest.mark.parametrize(
    "array, texts",
    [
        pytest.param(pa.array(["=1+1", "Zoë 🦉", "", None]), ["=1+1", "Zoë 🦉", "", None], id="text"),
        pytest.param(pa.array(["a", "b", "a"]).dictionary_encode(), ["a", "b", "a"], id="dictionary"),
        pytest.param(pa.array([b"Zo\xc3\xab"]), ["Zoë"], id="bytes without a type"),
        pytest.param(pa.array([True, False, None]), ["true", "false", None], id="boolean"),
        pytest.param(pa.array([1, -2, None, 2**62]), ["1", "-2", None, str(2**62)], id="integer"),
        pytest.param(pa.array([2**64 - 1], pa.uint64()), [str(2**64 - 1)], id="unsigned"),
        pytest.param(
            pa.array([1200.0, 0.1, -0.0, 1e300, float("nan"), None]),
            ["1200", "0.1", "0", "1e+300", None, None],
            id="double",
        ),
        pytest.param(pa.array([0.1, 7.0], pa.float32()), ["0.1", "7"], id="float"),
        pytest.param(pa.array([decimal.Decimal("12.50")]), ["12.50"], id="decimal"),
        pytest.param(pa.array([dt.date(2026, 1, 31), None]), ["2026-01-31", None], id="date"),
        pytest.param(pa.array([BERLIN_NOON], pa.timestamp("us", "UTC")), ["2026-01-31T11:00:01.234Z"], id="timestamp"),
        pytest.param(
            pa.array([dt.datetime(2026, 1, 31, 12)], pa.timestamp("ns")),  # noqa: DTZ001 - a zoneless column is the case
            ["2026-01-31T12:00:00.000Z"],
            id="timestamp without a zone",
        ),
        pytest.param(pa.array([None, None]), [None, None], id="nulls"),
    ],
)
def test_a_typed_column_arrives_as_canonical_text(desk: Desk, array: pa.Array, texts: list[str | None]) -> None:
    put(desk, array)
    assert desk.land().rows == len(texts)
    assert desk.rows("_line, city") == list(enumerate(texts, start=1))


def test_rows_keep_their_numbers_over_row_groups(desk: Desk) -> None:
    numbers = [str(number) for number in range(300_000)]
    pq.write_table(pa.table({"id": numbers, "name": numbers}), desk.folder / "people.parquet", row_group_size=7_001)
    assert desk.land().rows == 300_000
    assert desk.ask("select count(*) from landing.rows where _line = id::bigint + 1") == [(300_000,)]


def test_parquet_and_csv_mix_in_a_folder(desk: Desk) -> None:
    put(desk, pa.array([1, 2]), "people/a.parquet")
    desk.put("people/b.csv", "id,name,city\n3,Cy,Ulm\n4\n5,Di,Kiel\n")
    landed = desk.land()
    assert desk.rows("_file, _line, id, city") == [
        ("people/a.parquet", 1, "1", "1"),
        ("people/a.parquet", 2, "2", "2"),
        ("people/b.csv", 1, "3", "Ulm"),
        ("people/b.csv", 3, "5", "Kiel"),
    ]
    assert (landed.rows, landed.rejected) == (4, 1)


def test_a_nested_column_nobody_asked_for_is_ignored(desk: Desk) -> None:
    table = pa.table({"id": ["1"], "name": ["Ada"], "tags": [["a", "b"]]})
    pq.write_table(table, desk.folder / "people.parquet")
    assert desk.land().ignored == ("tags",)


def test_a_nested_column_is_refused_with_its_type(desk: Desk) -> None:
    put(desk, pa.array([["a"]]))
    refused = desk.refused()
    assert refused.code == "column_type"
    assert str(refused) == (
        "people.parquet: column city is of type list<element: string>;"
        " text, number, boolean, date or timestamp is right"
    )


def test_a_missing_column_is_told_like_that_of_a_csv(desk: Desk) -> None:
    pq.write_table(pa.table({"id": ["1"], "Name": ["Ada"]}), desk.folder / "people.parquet")
    assert str(desk.refused()).startswith("people.parquet has no column name (is Name meant?")


@pytest.mark.parametrize(
    "content, code, text",
    [
        pytest.param(b"", "empty_feed", "people.parquet holds nothing, not even a header", id="no byte"),
        pytest.param(
            b"PAR1" + bytes(500),
            "half_written",
            "people.parquet: the end of the Parquet file is missing; send the whole file",
            id="cut",
        ),
        pytest.param(
            b"id,name\n1,Ada\n",
            "not_parquet",
            "people.parquet is not a Parquet file, though its name says so",
            id="a CSV by another name",
        ),
    ],
)
def test_a_bad_parquet_is_refused(desk: Desk, content: bytes, code: str, text: str) -> None:
    desk.put("people.parquet", content)
    refused = desk.refused()
    assert (refused.code, str(refused)) == (code, text)


def test_text_that_is_not_utf8_refuses_the_feed(desk: Desk) -> None:
    put(desk, pa.array([b"Zo\xeb"]))
    refused = desk.refused()
    assert (refused.code, str(refused)) == (
        "not_utf8",
        "people.parquet holds text that is not UTF-8; write the Parquet file anew",
    )


def test_a_damaged_page_refuses_the_feed(desk: Desk) -> None:
    put(desk, pa.array([str(number) * 9 for number in range(9999)]))
    path = desk.folder / "people.parquet"
    content = bytearray(path.read_bytes())
    content[4:4000] = bytes(3996)
    path.write_bytes(content)
    assert desk.refused().code == "damaged"
