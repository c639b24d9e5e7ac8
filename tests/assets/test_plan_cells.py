"""The lines of a plan of both sides: which side is written, from what to what, why, and what comes first."""

from __future__ import annotations

from assets.commands.plan_cells import Cell, Line, lines_of, names_of
from assets.outlook_contacts import ENTITY as CONTACTS

RECORD = "00T000000000001AAA"


def cell(action: str, side: str, field: str | None = None, old: str | None = None, new: str | None = None) -> Cell:
    why = {"hold": "conflict", "delete": "deleted_here" if side == "source" else "deleted_there"}.get(action)
    return Cell("T1", RECORD, action, field, old, new, None, "agreed", side, why or "changed_here")


def lines(*cells: Cell) -> list[tuple[str, ...]]:
    found: list[Line] = sorted(lines_of(iter(cells), names=["Subject"]), key=lambda line: line.rank)
    return [line[1:-1] for line in found]


def test_a_conflict_shows_what_either_side_has() -> None:
    assert lines(cell("hold", "neither", "Status", old="Completed", new="Deferred")) == [
        ("Status", "Deferred", "Completed", "changed on both sides: a person decides")
    ]


def test_what_is_written_there_stands_on_its_side() -> None:
    assert lines(cell("update", "source", "Status", old=None, new="completed")) == [
        ("Status", "(blank) → completed", "", "changed in the CRM")
    ]


def test_deletions_are_told_on_the_side_that_loses_it() -> None:
    assert lines(cell("delete", "source"), cell("delete", "crm")) == [
        ("", "deleted: (without a name)", "", "deleted in the CRM, unchanged in Outlook"),
        ("", "", "deleted: (without a name)", "deleted in Outlook, unchanged in the CRM"),
    ]


def test_somebody_who_goes_is_told_by_both_names() -> None:
    going = [cell("delete", "source", field, old=old) for field, old in (("Email", "e"), ("FirstName", "Jo"))]
    named = lines_of(iter([*going, cell("delete", "source", "LastName", old="Doe")]), names=names_of(CONTACTS))
    assert [line.in_outlook for line in named] == ["deleted: Jo Doe"]


def test_what_is_created_is_one_line_and_comes_after_what_changes() -> None:
    new = [cell("create", "source", "Status", new="x"), cell("create", "source", "Subject", new="Call " * 20)]
    told = lines(*new, cell("update", "crm", "Status", old="a", new="b"))
    assert [line[0] for line in told] == ["Status", ""]
    assert told[1][1].startswith("new: Call Call")
    assert len(told[1][1]) < 40


def test_a_long_key_is_told_by_both_its_ends() -> None:
    [line] = lines_of(
        iter([cell("create", "crm")._replace(record_id=None, key="AAMk" + "x" * 100 + "~12345678")]), names=["S"]
    )
    assert (line.task[:5], line.task[-8:], len(line.task)) == ("AAMk…", "12345678", 24)
