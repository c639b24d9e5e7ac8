"""Finding rows: what is whole, what is not, and where it stands; and that DuckDB's reader sees the same rows."""

from __future__ import annotations

import io
from contextlib import closing
from pathlib import Path

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.ports.world import SourceError
from resources import feed_csv
from resources.csv_rows import MAX_ROW, Truncated, cells_of, rows_of
from resources.feed_files import FeedFile


def rows(text: str, width: int = 3) -> list[tuple[str, int, str]]:
    return [(row.text, row.line, row.fault) for row in rows_of(io.StringIO(text, newline=""), width)]


def test_a_row_of_several_lines_is_one_row() -> None:
    assert rows('1,"a\n\nb",c\n2,b,c\n') == [('1,"a\n\nb",c\n', 1, ""), ("2,b,c\n", 4, "")]


def test_after_an_open_quote_the_next_line_is_a_row_again() -> None:
    text = '1,"a,c\n2,b,c\n3,"b",c\n'
    assert rows(text) == [('1,"a,c\n', 1, "bad_quote"), ("2,b,c\n", 2, ""), ('3,"b",c\n', 3, "")]


def test_an_open_quote_that_would_swallow_too_much_is_a_bad_row() -> None:
    good = "2,b,c\n" * (MAX_ROW // 6 + 1)
    found = rows(f'1,"a,c\n{good}')
    assert found[0] == ('1,"a,c\n', 1, "bad_quote")
    assert len(found) == MAX_ROW // 6 + 2
    assert {fault for _, _, fault in found[1:]} == {""}


def test_a_text_that_ends_within_quotes_tells_where_they_began() -> None:
    with pytest.raises(Truncated, match="a quote opened in line 2 is never closed"):
        rows('1,b,c\n2,"b\nc\n')


def test_cells_are_unquoted() -> None:
    assert cells_of('a, "b ""c""" ,"d\ne",,5" f\r\n') == ["a", 'b "c"', "d\ne", "", '5" f']


def test_a_row_of_many_quotes_is_found_in_time() -> None:
    hard = '1,"' + '""' * 200_000 + "x\n"
    assert rows(hard + '"y",c\n2,b,c\n')[-1] == ("2,b,c\n", 3, "")


PIECES = st.sampled_from(
    ['"', '""', ",", "\n", "\r\n", "a", "b c", " ", "é", "=1+1", "1,2,3\n", '4,"5",6\n', '7,"8\n8",9\n']
)


@settings(max_examples=80)
@given(st.lists(PIECES, max_size=25).map("".join))
def test_where_the_reader_finds_no_fault_it_reads_the_rows_we_find(text: str) -> None:
    file = Path("x.csv")
    file.write_text("a,b,c\n" + text, encoding="utf-8", newline="")
    try:
        read = _read(file, parallel=True)
    except duckdb.Error:
        return
    found = feed_csv.careful(FeedFile(file, "x.csv", "csv"), ["a", "b", "c"], Path("copy.csv"))
    assert found.rejected == []
    assert _read(found.copy, parallel=False) == read


@settings(max_examples=80)
@given(st.lists(PIECES, max_size=25).map("".join))
def test_the_reader_takes_every_row_that_we_call_whole(text: str) -> None:
    file = Path("x.csv")
    file.write_text("a,b,c\n" + text + "\n1,2,3\n", encoding="utf-8", newline="")
    try:
        found = feed_csv.careful(FeedFile(file, "x.csv", "csv"), ["a", "b", "c"], Path("copy.csv"))
    except SourceError:
        return
    assert len(_read(found.copy, parallel=False)) == found.rows - len(found.rejected) == len(list(found.good_lines()))


def _read(file: Path, *, parallel: bool) -> list[tuple[str | None, ...]]:
    with closing(duckdb.connect()) as connection:
        sql = feed_csv.select_sql(["a", "b", "c"], ["a", "b", "c"])
        return connection.execute(sql, [[str(file)], parallel]).fetchall()
