"""CSV feeds that can be used: every cell arrives as it is written, every bad row is told of."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.resources.feeds.conftest import Desk

HEADER = "id,name,city\n"


def test_rows_arrive_as_text_with_file_and_number(desk: Desk) -> None:
    desk.put("people.csv", HEADER + "1,Ada,London\n2,Bo,\n")
    landed = desk.land()
    assert (landed.rows, landed.rejected, landed.ignored) == (2, 0, ())
    assert desk.rows("_file, _line, id, name, city") == [
        ("people.csv", 1, "1", "Ada", "London"),
        ("people.csv", 2, "2", "Bo", None),
    ]
    assert desk.rejects() == []


@pytest.mark.parametrize(
    "cell, value",
    [
        pytest.param('"Smith, ""Bo"""', 'Smith, "Bo"', id="quotes and a comma"),
        pytest.param('"two\nlines"', "two\nlines", id="a line break"),
        pytest.param('"two\r\nlines"', "two\r\nlines", id="a Windows line break"),
        pytest.param('5" pipe', '5" pipe', id="a quote within an unquoted cell"),
        pytest.param("🦉 Zoë Ñandú", "🦉 Zoë Ñandú", id="emoji and accents"),
        pytest.param("=1+1", "=1+1", id="a formula"),
        pytest.param("  two blanks ", "  two blanks ", id="blanks around"),
        pytest.param("NULL", "NULL", id="the word NULL"),
        pytest.param("007", "007", id="leading zeros"),
        pytest.param("a\0b", "a\0b", id="a zero byte"),
        pytest.param("#1", "#1", id="a number sign"),
        pytest.param("back\\slash", "back\\slash", id="a backslash"),
        pytest.param('""', None, id="an empty quoted cell"),
        pytest.param("x" * 500_000, "x" * 500_000, id="half a million letters"),
    ],
)
def test_a_cell_arrives_as_it_is(desk: Desk, cell: str, value: str | None) -> None:
    desk.put("people.csv", f"{HEADER}1,{cell},London\n2,Bo,Rome\n")
    assert desk.land().rows == 2
    assert desk.rows() == [(1, "1", value, "London"), (2, "2", "Bo", "Rome")]


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"\xef\xbb\xbfid,name,city\n1,Ada,Rome\n2,Bo,Ulm\n", id="byte order mark"),
        pytest.param(b'\xef\xbb\xbf"id","name","city"\n"1","Ada","Rome"\n"2","Bo","Ulm"\n', id="mark and quotes"),
        pytest.param(b"id,name,city\r\n1,Ada,Rome\r\n2,Bo,Ulm\r\n", id="CRLF"),
        pytest.param(b"id,name,city\r1,Ada,Rome\r2,Bo,Ulm\r", id="CR"),
        pytest.param(b"id,name,city\r\n1,Ada,Rome\n2,Bo,Ulm\r\n", id="mixed line endings"),
        pytest.param(b"id,name,city\n1,Ada,Rome\n2,Bo,Ulm", id="no line ending at the end"),
        pytest.param(b"\n\nid,name,city\n\n1,Ada,Rome\n\n2,Bo,Ulm\n\n\n", id="blank lines"),
        pytest.param(b" id , name,city\n1,Ada,Rome\n2,Bo,Ulm\n", id="blanks around names"),
        pytest.param(b"city,name,id\nRome,Ada,1\nUlm,Bo,2\n", id="another order"),
        pytest.param(b"id,name,city\n1,Ada,Rome,\n2,Bo,Ulm,,\n", id="empty cells beyond the header"),
        pytest.param(b'id,name,city\n1, "Ada" ,Rome\n2,Bo,Ulm\n', id="blanks around quotes"),
    ],
)
def test_two_rows_are_two_rows_however_they_are_written(desk: Desk, content: bytes) -> None:
    desk.put("people.csv", content)
    assert desk.land().rejected == 0
    assert desk.rows() == [(1, "1", "Ada", "Rome"), (2, "2", "Bo", "Ulm")]


def test_a_header_alone_is_a_feed_of_no_rows(desk: Desk) -> None:
    desk.put("people.csv", HEADER)
    assert desk.land().rows == 0
    assert desk.rows() == []


def test_a_column_nobody_asked_for_is_reported(desk: Desk) -> None:
    desk.put("people.csv", "id,name,shoe_size,,_line\n1,Ada,38,x,y\n")
    assert desk.land().ignored == ("shoe_size", "_line")


def test_an_optional_column_that_is_missing_is_null_throughout(desk: Desk) -> None:
    desk.put("people.csv", "id,name\n1,Ada\n")
    desk.land()
    assert desk.rows() == [(1, "1", "Ada", None)]


@pytest.mark.parametrize(
    "bad, reason",
    [
        pytest.param("2,Bo", "ragged_row", id="too few"),
        pytest.param("2,Bo,Ulm,x", "ragged_row", id="too many"),
        pytest.param("2", "ragged_row", id="one"),
        pytest.param('2,"Bo",Ulm,"x"', "ragged_row", id="too many, quoted"),
        pytest.param('2,"B"o,Ulm', "bad_quote", id="text after a quote"),
        pytest.param('2,"Bo,Ulm', "bad_quote", id="a quote that is not closed"),
        pytest.param("2," + "x" * 2_000_000 + ",Ulm", "row_too_long", id="too long"),
    ],
)
def test_a_bad_row_is_rejected_with_its_number_and_the_rest_lands(desk: Desk, bad: str, reason: str) -> None:
    desk.put("people.csv", f'{HEADER}1,"Ada\nL.",Rome\n\n{bad}\n3,"Cy",Bonn\n4,"Di",Kiel\n')
    landed = desk.land()
    assert desk.rejects() == [("people.csv", 2, reason)]
    assert desk.rows() == [(1, "1", "Ada\nL.", "Rome"), (3, "3", "Cy", "Bonn"), (4, "4", "Di", "Kiel")]
    assert (landed.rows, landed.rejected) == (3, 1)


def test_files_of_a_folder_are_one_feed_though_their_columns_differ(desk: Desk) -> None:
    desk.put("people/a.csv", "id,name\n1,Ada\n")
    desk.put("people/b.CSV", "name,id,city,x\nBo,2,Ulm,y\nragged\n")
    desk.put("people/_SUCCESS", "")
    landed = desk.land()
    assert desk.rows("_file, _line, id, city") == [("people/a.csv", 1, "1", None), ("people/b.CSV", 1, "2", "Ulm")]
    assert desk.rejects() == [("people/b.CSV", 2, "ragged_row")]
    assert (landed.rows, landed.rejected, landed.ignored) == (2, 1, ("x",))


def test_wildcards_and_pairs_in_the_names_of_folders_mean_themselves(desk: Desk) -> None:
    desk.folder = desk.folder / "a*b[c]?" / "year=2026"
    desk.folder.mkdir(parents=True)
    desk.put("people.csv", "id,name,year\n1,Ada,x\n")
    desk.land(("id", "name", "year"))
    assert desk.rows("id, year") == [("1", "x")]


def test_the_fingerprint_changes_with_the_content_alone(desk: Desk) -> None:
    path = desk.put("people.csv", HEADER + "1,Ada,Rome\n")
    before = desk.land().fingerprint
    path.touch()
    assert desk.feeds.fingerprint(desk.feed) == before
    desk.put("people.csv", HEADER + "1,Ada,Bonn\n")
    assert desk.feeds.fingerprint(desk.feed) != before


def test_a_second_landing_replaces_rows_and_columns_of_the_first(desk: Desk) -> None:
    desk.put("people.csv", HEADER + "1,Ada,Rome\n2,Bo\n")
    desk.land()
    desk.put("people.csv", HEADER + "3,Cy,Bonn\n")
    assert desk.land(("id", "name")).rows == 1
    assert desk.ask("from landing.rows") == [("people.csv", 1, "3", "Cy")]
    assert desk.rejects() == []
