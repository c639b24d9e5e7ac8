"""Feeds that cannot be used: refused whole, with a code and a text that names file and place."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from pipelines.declaring.source import Feed
from pipelines.ports.world import SourceError

if TYPE_CHECKING:
    from tests.resources.feeds.conftest import Desk

HEADER = b"id,name,city\n"


@pytest.mark.parametrize(
    "content, code, text",
    [
        pytest.param(b"", "empty_feed", "people.csv holds nothing, not even a header", id="no byte"),
        pytest.param(
            b"\n\r\n\n", "empty_feed", "people.csv holds blank lines only, not even a header", id="blank lines"
        ),
        pytest.param(
            b"\xef\xbb\xbf", "empty_feed", "people.csv holds blank lines only, not even a header", id="a mark"
        ),
        pytest.param(
            HEADER + b'1,"Ada\nL.",Rome\n2,Bo',
            "half_written",
            "people.csv ends within its last row (line 4): 2 of 3 cells, and no line ending; send the whole file",
            id="cut between cells",
        ),
        pytest.param(
            HEADER + b'1,Ada,Rome\n2,"Bo\nB.,Ulm\n',
            "half_written",
            "people.csv ends inside a quoted cell: the quote opened in line 3 is never closed; send the whole file",
            id="cut within quotes",
        ),
        pytest.param(
            b'id,"name',
            "half_written",
            "people.csv ends within its header, inside a quoted name",
            id="cut within the header",
        ),
        pytest.param(
            HEADER + "1,Ada,Rome\n2,Zoë".encode()[:-1],
            "half_written",
            "people.csv ends in the middle of a character (line 3)",
            id="cut within a character",
        ),
        pytest.param(
            HEADER + b"1,Ada,Rome\n" + bytes(4096),
            "half_written",
            "people.csv ends in zero bytes: it was not written to its end",
            id="zeros at the end",
        ),
        pytest.param(
            HEADER + "1,Ada,Rome\n2,Zoë,Ulm\n".encode("latin-1"),
            "not_utf8",
            "people.csv: byte 29 (line 3) is not UTF-8; export the file as UTF-8",
            id="latin-1",
        ),
        pytest.param(
            "id,name\n1,Ada\n".encode("utf-16"),
            "not_utf8",
            "people.csv is UTF-16 or UTF-32; export the file as UTF-8",
            id="UTF-16",
        ),
        pytest.param(
            "id,name\n1,Ada\n".encode("utf-16-be"),
            "not_utf8",
            "people.csv is UTF-16 or UTF-32; export the file as UTF-8",
            id="UTF-16 without a mark",
        ),
        pytest.param(
            b"PK\x03\x04abc",
            "not_csv",
            "people.csv is a zip archive or an Excel workbook; a plain text file is right",
            id="a workbook",
        ),
        pytest.param(
            b"\x1f\x8babc", "not_csv", "people.csv is compressed by gzip; a plain text file is right", id="gzip"
        ),
        pytest.param(
            b"id;name;city\n1;Ada;Rome\n",
            "wrong_delimiter",
            "people.csv: the header is separated by semicolons; commas are right",
            id="semicolons",
        ),
        pytest.param(
            b"id\tname\n1\tAda\n",
            "wrong_delimiter",
            "people.csv: the header is separated by tabs; commas are right",
            id="tabs",
        ),
        pytest.param(
            b'"id"|"name"\n1|Ada\n',
            "wrong_delimiter",
            "people.csv: the header is separated by vertical bars; commas are right",
            id="vertical bars",
        ),
        pytest.param(
            b"id,city,town\n1,Ada,Rome\n",
            "column_missing",
            "people.csv has no column name; it has: id, city, town",
            id="a required column missing",
        ),
        pytest.param(
            b"ID,Naem\n1,Ada\n",
            "column_missing",
            "people.csv has no column id (is ID meant? names are compared letter by letter)"
            ", no column name (is Naem meant? names are compared letter by letter); it has: ID, Naem",
            id="misspelled columns",
        ),
        pytest.param(
            b"id,name,city,city,name\n1,Ada,a,b,c\n",
            "column_twice",
            "people.csv: the header names name, city more than once",
            id="a name twice",
        ),
        pytest.param(
            b'"id"x,name\n1,Ada\n',
            "bad_header",
            "people.csv: the header (line 1) is no row of names and commas",
            id="a header with a bad quote",
        ),
    ],
)
def test_a_bad_csv_is_refused(desk: Desk, content: bytes, code: str, text: str) -> None:
    desk.put("people.csv", content)
    refused = desk.refused()
    assert (refused.code, str(refused)) == (code, text)


def test_a_column_that_is_read_is_not_suggested_for_another(desk: Desk) -> None:
    desk.put("people.csv", b"id,names\n1,Ada\n")
    with pytest.raises(SourceError, match="no column name; it has: id, names"):
        desk.land(("id", "name", "names"))


def test_a_position_beyond_the_first_chunk_is_right(desk: Desk) -> None:
    rows = b"1,Ada,R\xc3\xb6m\n" * 200_000
    desk.put("people.csv", HEADER + rows + b"1,\xff,x\n")
    assert str(desk.refused()).startswith(f"people.csv: byte {len(HEADER) + len(rows) + 3} (line 200002) is not UTF-8")


def test_a_missing_feed_is_told_with_every_place_that_was_looked_at(desk: Desk) -> None:
    refused = desk.refused()
    folder = desk.folder
    assert refused.code == "feed_missing"
    assert str(refused) == (
        f"no feed people: looked for {folder}/people.csv, {folder}/people.parquet and the folder {folder}/people/"
    )
    with pytest.raises(SourceError, match="no feed people"):
        desk.feeds.fingerprint(desk.feed)


def test_an_empty_folder_is_a_missing_feed(desk: Desk) -> None:
    (desk.folder / "people").mkdir()
    assert desk.refused().code == "feed_missing"


def test_a_feed_that_is_there_twice_is_refused(desk: Desk) -> None:
    desk.put("people.csv", HEADER)
    desk.put("people/a.csv", HEADER)
    refused = desk.refused()
    assert refused.code == "feed_ambiguous"
    assert str(refused).startswith("feed people is there more than once: people, people.csv;")


def test_a_strange_file_in_a_folder_is_refused_rather_than_forgotten(desk: Desk) -> None:
    desk.put("people/a.csv", HEADER)
    desk.put("people/b.csv.gz", b"\x1f\x8b")
    refused = desk.refused()
    assert refused.code == "unexpected_file"
    assert "people/b.csv.gz" in str(refused)


def test_one_bad_file_of_a_folder_refuses_the_feed_and_is_named(desk: Desk) -> None:
    desk.put("people/a.csv", HEADER + b"1,Ada,Rome\n")
    desk.put("people/b.csv", HEADER + b'2,"Bo')
    refused = desk.refused()
    assert (refused.code, str(refused).split()[0]) == ("half_written", "people/b.csv")


@pytest.mark.parametrize(
    "name", ["../people", "/etc/passwd", "a/b", "", "..", ".people", "a\\b", "people*", "-x", "a\n"]
)
def test_a_name_that_leaves_the_folder_is_refused(desk: Desk, name: str) -> None:
    with pytest.raises(SourceError) as caught:
        desk.feeds.fingerprint(Feed(name=name, key="id"))
    assert caught.value.code == "feed_name"


def test_a_feed_written_to_while_it_is_read_is_refused(desk: Desk) -> None:
    path = desk.put("people.csv", HEADER + b"1,Ada,Rome\n")

    def meanwhile(step: str, done: int, total: int | None) -> None:
        with path.open("a") as file:
            file.write("2,Bo,Ulm\n")

    with pytest.raises(SourceError) as caught:
        desk.feeds.land(desk.feed, ("id", "name"), desk.file, meanwhile)
    assert caught.value.code == "feed_changing"


def test_a_feed_that_may_not_be_read_is_refused(desk: Desk) -> None:
    (desk.folder / "people.csv").symlink_to(desk.folder / "people.csv.new")
    assert desk.refused().code == "feed_missing"
    if os.geteuid() != 0:
        (desk.folder / "people.csv").unlink()
        desk.put("people.csv", HEADER).chmod(0)
        assert desk.refused().code == "feed_unreadable"


def test_a_refused_feed_leaves_what_landed_before(desk: Desk) -> None:
    desk.put("people.csv", HEADER + b"1,Ada,Rome\n")
    desk.land()
    desk.put("people.csv", HEADER + b'1,"Ada')
    with pytest.raises(SourceError):
        desk.land()
    assert desk.rows() == [(1, "1", "Ada", "Rome")]


@pytest.mark.parametrize("content", [HEADER + b"1,Secret\xff,Rome\n", HEADER + b'1,"Secret', HEADER + b"1,Secret"])
def test_no_text_tells_a_cell(desk: Desk, content: bytes) -> None:
    desk.put("people.csv", content)
    assert "Secret" not in str(desk.refused())
