"""A list of which the CRM has one entry: which one that is, and what becomes of the others when the CRM changes it."""

from __future__ import annotations

import json

import duckdb
import pytest

from pipelines.declaring.agreed_rules import Agreed
from pipelines.declaring.first_entry import FirstEntry, Had

NEVER = "(never agreed)"
NONE: list[str] = []
Texts = list[str | None]

LINES: dict[str, tuple[Texts | None, str | None, str | None, Texts]] = {
    # name: the list, what the CRM had of it, the CRM's now, the list then
    "another one": (["1", "2"], "1", "9", ["9", "2"]),
    "none any more": (["1", "2"], "1", None, [None, "2"]),
    "the only one is cleared": (["1"], "1", None, [None]),
    "one where there was none": (["2"], None, "9", ["9", "2"]),
    "one that is there": (["1", "2", "3"], "1", "3", ["3", "1", "2"]),
    "one that is there, where there was none": (["2", "3"], None, "3", ["3", "2"]),
    "one that is not among them": (["1", "2"], "7", "9", ["9", "1", "2"]),
    "another one, of two alike": (["1", "1"], "1", "9", ["9", "1"]),
    "people put one before it": (["3", "1", "2"], "1", "9", ["9", "3", "2"]),
    "people put one before it, and it is cleared": (["3", "1", "2"], "1", None, [None, "3", "2"]),
    "people changed it as well": (["3", "2"], "1", "9", ["9", "3", "2"]),
    "people took it away as well": (["2"], "1", "9", ["9", "2"]),
    "people took it away, and it is cleared": (["2"], "1", None, [None, "2"]),
    "with blanks around it": (["1 ", "2"], "1", "9", ["9", "2"]),
    "never agreed": (["1", "2"], NEVER, "9", ["9", "2"]),
    "no list": (None, NEVER, "9", ["9"]),
    "in other capitals": (["a", "B"], "a", "b", ["b", "a"]),
}


def after(entry: FirstEntry, line: tuple[object, str | None, str | None]) -> str:
    listed, had, ours = line
    con = duckdb.connect()
    con.execute("create table s as select cast(? as varchar) as listed, cast(? as varchar) as ours", [listed, ours])
    con.execute("create table a as select cast(? as boolean) as known, cast(? as varchar) as had", [had != NEVER, had])
    asked = f"select {entry.led_by_sql('s.ours', Had('a.known', 'a.had'))} from s, a"
    return str(con.execute(asked).fetchall()[0][0])


@pytest.mark.parametrize("line", LINES.values(), ids=LINES.keys())
def test_one_entry_is_the_crms_and_all_others_stay(
    line: tuple[Texts | None, str | None, str | None, Texts],
) -> None:
    listed, had, ours, then = line
    given = None if listed is None else json.dumps(listed)
    assert json.loads(after(FirstEntry("s.listed"), (given, had, ours))) == then


@pytest.mark.parametrize("line", LINES.values(), ids=LINES.keys())
def test_the_same_of_objects_which_keep_their_names(
    line: tuple[Texts | None, str | None, str | None, Texts],
) -> None:
    listed, had, ours, then = line
    given = None if listed is None else json.dumps([{"name": f"Mr {each}", "v": each} for each in listed])
    told = json.loads(after(FirstEntry("s.listed", "v"), (given, had, ours)))
    there = {str(each).lower(): each for each in listed or NONE}
    expected = [
        {"name": f"Mr {there[each.lower()]}", "v": there[each.lower()]} if each.lower() in there else {"v": each}
        for each in then
        if each
    ]
    assert [each for each in told if each] == expected
    assert (told[0] is None) == (ours is None)


@pytest.mark.parametrize(
    "listed, value",
    [
        ('["1", "2"]', "1"), ('[null, "2"]', "2"), ("[]", None), (None, None), ("torn [", None), ('{"v": "1"}', None),
    ],
)  # fmt: skip
def test_the_first_that_there_is_counts(listed: str | None, value: str | None) -> None:
    asked = f"select {FirstEntry('s.l').value_sql()} from (select cast(? as varchar) as l) s"
    assert duckdb.execute(asked, [listed]).fetchall() == [(value,)]


def test_an_object_without_that_member_is_passed_over() -> None:
    listed = '[{"name": "x"}, {"name": "y", "v": " "}, {"v": "1"}]'
    asked = f"select {FirstEntry('s.l', 'v').value_sql()} from (select cast(? as varchar) as l) s"
    assert duckdb.execute(asked, [listed]).fetchall() == [("1",)]


def test_what_is_made_has_one_entry_or_none() -> None:
    for entry, told in ((FirstEntry("l"), '["1"]'), (FirstEntry("l", "v"), '[{"v":"1"}]')):
        asked = f"select {entry.made_sql('x')} from (values ('1'), (null)) s (x)"
        assert duckdb.execute(asked).fetchall() == [(told,), (None,)]


def test_a_member_is_of_a_list() -> None:
    with pytest.raises(ValueError, match=r"Agreed\('e'\): member='address' is of entries of a list: add first=True"):
        Agreed("e", member="address")
