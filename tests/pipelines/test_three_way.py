"""One cell of a pair: what it was when both agreed, what it is on each side, and where its value goes."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest

from assets.events import ENTITY as EVENTS
from assets.outlook_contacts import ENTITY as CONTACTS
from assets.tasks import ENTITY as TASKS
from pipelines.declaring.agreed_rules import Agreed, Winner
from pipelines.declaring.both import BothWays
from pipelines.declaring.entity import Entity
from tests.pipelines.both_case import OWNER, BothCase

NEVER = "(never agreed)"
Line = tuple[str | None, str | None, str | None, str]

LINES: dict[str, Line] = {
    # name: agreed, there, here, where the value goes
    "nothing changed": ("a", "a", "a", ""),
    "changed there": ("a", "b", "a", "crm changed_there"),
    "changed here": ("a", "a", "b", "source changed_here"),
    "both changed alike": ("a", "b", "b", ""),
    "both changed differently": ("a", "b", "c", "source conflict_crm_wins"),
    "blanked there": ("a", None, "a", "crm changed_there"),
    "blanked here": ("a", "a", None, "source changed_here"),
    "filled there": (None, "b", None, "crm changed_there"),
    "filled here": (None, None, "b", "source changed_here"),
    "blanked there, changed here": ("a", None, "b", "source conflict_crm_wins"),
    "never agreed, alike": (NEVER, "a", "a", ""),
    "never agreed, blank there": (NEVER, None, "b", "source blank_there"),
    "never agreed, blank here": (NEVER, "b", None, "crm blank_here"),
    "never agreed, different": (NEVER, "b", "c", "source conflict_crm_wins"),
    "only blanks at the ends": ("a", " a ", "a\t", ""),
}


def flow(agreed: str | None, there: str | None, here: str | None, entity: Entity = TASKS) -> str:
    """What becomes of the subject of one task."""
    case = BothCase(entity)
    if agreed == NEVER:
        case.linked({"T1": "00T1"})
    else:
        case.items({"id": "T1", "title": agreed}).tasks({"Id": "00T1", "Outlook_Id__c": "T1", "Subject": agreed})
        case.agreed("T1", "00T1")
    case.items({"id": "T1", "title": there, "etag": "2", "lastModifiedDateTime": "2026-02-28T10:00:00Z"})
    case.tasks({"Id": "00T1", "Outlook_Id__c": "T1", "Subject": here})
    case.look()
    told = case.why.get(("t1", "Subject"), "")
    assert case.changes("T1").get("Subject") == (there if told.startswith("crm") else None)
    assert case.back.get(("update", "T1"), {}).get("title") == (here if told.startswith("source") else None)
    return told


@pytest.mark.parametrize("line", LINES.values(), ids=LINES.keys())
def test_a_value_goes_to_the_side_that_did_not_change(line: Line) -> None:
    agreed, there, here, told = line
    assert flow(agreed, there, here) == told


def ruled(wins: Winner) -> Entity:
    return replace(TASKS, fields={**TASKS.fields, "Subject": Agreed("title", wins=wins)})


CONFLICTS: dict[Winner, str] = {
    "crm": "source conflict_crm_wins",
    "source": "crm conflict_source_wins",
    "newest": "crm conflict_newest_wins",  # Outlook's change is an hour younger
    "hold": "hold conflict",
}


@pytest.mark.parametrize("wins, told", CONFLICTS.items(), ids=CONFLICTS.keys())
def test_a_conflict_is_settled_by_the_rule_of_the_field(wins: Winner, told: str) -> None:
    assert flow("a", "b", "c", ruled(wins)) == told


def test_a_row_with_a_conflict_for_a_person_is_held_whole() -> None:
    case = BothCase(ruled("hold")).items({"id": "T1", "title": "a"})
    case.tasks({"Id": "00T1", "Outlook_Id__c": "T1", "Subject": "a"}).agreed("T1", "00T1")
    case.items({"id": "T1", "title": "b", "importance": "high"}).tasks(
        {"Id": "00T1", "Outlook_Id__c": "T1", "Subject": "c", "Status": "Deferred"}
    )
    case.look()
    assert (case.cells, case.back, case.outcomes) == (set(), {}, {"T1": "held: conflict"})


DIRECTIONS = [
    ("to_crm", "b", "a", "crm changed_there"),
    ("to_crm", "a", "b", "kept prevented"),
    ("to_crm", "b", "c", "crm conflict_source_wins"),
    ("from_crm", "b", "a", "kept prevented"),
    ("from_crm", "a", "b", "source changed_here"),
    ("from_crm", "b", "c", "source conflict_crm_wins"),
]


@pytest.mark.parametrize("direction, there, here, told", DIRECTIONS)
def test_nothing_flows_against_the_declared_direction(direction: str, there: str, here: str, told: str) -> None:
    assert flow("a", there, here, replace(TASKS, both=BothWays(direction=direction))) == told  # type: ignore[arg-type]


@pytest.mark.parametrize("side, there, here", [("crm", "b", "a"), ("source", "a", "b")])
def test_updates_can_be_prevented_on_each_side(side: str, there: str, here: str) -> None:
    entity = replace(TASKS, both=BothWays(prevent={side: ("update",)}))  # type: ignore[dict-item]
    assert flow("a", there, here, entity) == "kept prevented"


def test_what_a_side_made_of_our_own_value_is_no_change() -> None:
    case = BothCase().items({"id": "T1", "title": "a"}).tasks({"Id": "00T1", "Outlook_Id__c": "T1", "Subject": "a"})
    case.agreed("T1", "00T1")
    case.items({"id": "T1", "title": "b"}).tasks({"Id": "00T1", "Outlook_Id__c": "T1", "Subject": "B!"})
    case.con.execute("insert into echoes values ('00T1', 'Subject', 'b', 'B!')")
    case.look()
    assert case.why == {}
    case.settle()
    assert case.con.execute("select theirs, ours from accord where field = 'Subject'").fetchall() == [("b", "B!")]
    case.con.execute("delete from echoes")
    case.look()
    assert case.why == {("t1", "Subject"): "rest"}


@pytest.mark.parametrize("spoiled, why", [("bodyFormatted", "formatting_kept"), ("hasAttachments", "attachments_kept")])
def test_a_body_that_would_be_spoiled_is_not_overwritten_and_all_else_is(spoiled: str, why: str) -> None:
    case = BothCase().items({"id": "T1", "title": "a", "bodyText": "old", spoiled: "true"})
    case.tasks({"Id": "00T1", "Outlook_Id__c": "T1", "Subject": "a", "Description": "old"}).agreed("T1", "00T1")
    case.tasks({"Id": "00T1", "Outlook_Id__c": "T1", "Subject": "b", "Description": "new"})
    case.look()
    assert case.back == {("update", "T1"): {"title": "b"}}
    assert case.why[("t1", "Description")] == f"kept {why}"


@pytest.mark.parametrize(
    "echo, then", [(True, '["7","222"]'), (False, '["7","111"]')], ids=["as the CRM spells it", "kept back before"]
)
def test_of_a_list_the_crm_had_what_it_made_of_an_entry_and_not_what_it_agreed_to_differ_from(
    *, echo: bool, then: str
) -> None:
    numbers = '["111", "222"]' if echo else '["111"]'
    item = {"id": "C1", "surname": "Doe", "sensitivity": "normal", "businessPhones": numbers}
    record = {"Id": "003A", "Outlook_Id__c": "C1", "LastName": "Doe", "OwnerId": OWNER, "Phone": "(1) 11"}
    case = BothCase(CONTACTS).items(item)
    case.crm([record])
    case.linked({"C1": "003A"})
    case.con.execute(
        "insert into accord (fold, field, theirs, ours)"
        " values ('c1', 'LastName', 'Doe', 'Doe'), ('c1', 'Phone', '111', '(1) 11')"
    )
    if echo:
        case.con.execute("insert into echoes values ('003A', 'Phone', '111', '(1) 11')")
    case.crm([{**record, "Phone": "7"}])
    case.look()
    assert case.back == {("update", "C1"): {"businessPhones": then}}


def test_a_text_that_the_crm_would_cut_is_alike_and_never_written_back() -> None:
    long = "x" * 300
    case = BothCase().items({"id": "T1", "title": long})
    case.tasks({"Id": "00T1", "Outlook_Id__c": "T1", "Subject": long[:255]})
    case.agreed("T1", "00T1").look()
    assert (case.why, case.outcomes) == ({}, {"T1": "unchanged"})
    case.tasks({"Id": "00T1", "Outlook_Id__c": "T1", "Subject": "short"}).look()
    assert case.why == {("t1", "Subject"): "kept longer_there"}
    assert case.outcomes == {"T1": "unchanged: longer_there"}


def test_a_word_without_counterpart_stays_on_its_side() -> None:
    case = BothCase().items({"id": "T1", "title": "a"}).tasks({"Id": "00T1", "Outlook_Id__c": "T1", "Subject": "a"})
    case.agreed("T1", "00T1").tasks({"Id": "00T1", "Outlook_Id__c": "T1", "Subject": "a", "Status": "Blocked"})
    case.look()
    assert (case.back, case.why) == ({}, {("t1", "Status"): "kept no_counterpart"})


def test_what_would_be_overwritten_in_outlook_is_told_in_its_own_words() -> None:
    case = BothCase()
    case.items({"id": "T1", "title": "call"}).tasks({"Id": "00T1", "Outlook_Id__c": "T1", "Subject": "call"})
    case.agreed("T1", "00T1")
    case.tasks({"Id": "00T1", "Outlook_Id__c": "T1", "Subject": "call", "Status": "Completed"}).look()
    told = case.con.execute("select column_name, old, new from work.source_cells").fetchall()
    assert told == [("status", "notStarted", "completed")]


def test_line_ends_and_blanks_behind_lines_are_no_difference() -> None:
    case = BothCase().items({"id": "T1", "title": "a", "bodyText": "one\ntwo"})
    case.tasks({"Id": "00T1", "Outlook_Id__c": "T1", "Subject": "a", "Description": "one  \r\ntwo \r\n"})
    case.agreed("T1", "00T1").look()
    assert case.why == {}


SPAN = {"StartDateTime": "start", "EndDateTime": "end"}
SPANS: dict[str, tuple[tuple[int, int], tuple[int, int], dict[str, str], dict[str, str]]] = {
    "moved there": ((13, 14), (9, 10), {"StartDateTime": "13", "EndDateTime": "14"}, {}),
    "longer here": ((9, 10), (9, 12), {}, {"end": "12"}),
    "moved there and longer here": ((13, 14), (9, 11), {}, {"start": "09", "end": "11"}),
    "another start there, another end here": ((8, 10), (9, 11), {}, {"start": "09", "end": "11"}),
    "alike on both": ((11, 12), (11, 12), {}, {}),
}


@pytest.mark.parametrize("there, here, crm, source", SPANS.values(), ids=SPANS.keys())
def test_fields_that_belong_together_come_from_one_side(
    there: tuple[int, int], here: tuple[int, int], crm: dict[str, str], source: dict[str, str]
) -> None:
    def both(item: tuple[int, int], record: tuple[int, int]) -> BothCase:
        times = {column: f"2026-03-05T{hour:02}:00:00.000Z" for column, hour in zip(SPAN.values(), item, strict=True)}
        row = {
            "id": "E1",
            "subject": "a",
            "type": "singleInstance",
            "sensitivity": "normal",
            "isOrganizer": "true",
            **times,
        }
        row["showAs"] = "busy"
        fields = {name: datetime(2026, 3, 5, hour) for name, hour in zip(SPAN, record, strict=True)}  # noqa: DTZ001
        told = {"Id": "00U1", "Outlook_Id__c": "E1", "Subject": "a", "ShowAs": "Busy", "OwnerId": OWNER, **fields}
        return case.items(row).tasks(told)

    case = BothCase(EVENTS)
    both((9, 10), (9, 10)).agreed("E1", "00U1")
    both(there, here).look()
    hours = {name: str(value)[11:13] for name, value in case.changes("E1").items() if name in SPAN}
    assert hours == crm
    assert {name: str(value)[11:13] for name, value in case.back.get(("update", "E1"), {}).items()} == source


NAMES: dict[str, tuple[tuple[str | None, str], tuple[str | None, str], dict[str, str], dict[str, str]]] = {
    # name: (first, last) there and here, what goes to the CRM, what goes to Outlook
    "blank here": (("Joe", "Doe"), (None, "Doe"), {"FirstName": "Joe"}, {}),
    "blank there": ((None, "Doe"), ("Joe", "Doe"), {}, {"givenName": "Joe"}),
    "blank here and another one": (("Joe", "Doe"), (None, "Roe"), {"FirstName": "Joe"}, {"surname": "Roe"}),
    "two others": (("Joe", "Doe"), ("Jim", "Roe"), {}, {"givenName": "Jim", "surname": "Roe"}),
}


@pytest.mark.parametrize("there, here, crm, source", NAMES.values(), ids=NAMES.keys())
def test_of_fields_that_belong_together_none_is_blanked_where_nothing_was_agreed_on(
    there: tuple[str | None, str], here: tuple[str | None, str], crm: dict[str, str], source: dict[str, str]
) -> None:
    both = replace(CONTACTS.rules_of_both, together=(("FirstName", "LastName"),))
    case = BothCase(replace(CONTACTS, both=both))
    names = dict(zip(("givenName", "surname"), there, strict=True))
    case.items({"id": "C1", "sensitivity": "normal", "emailAddresses": '[{"address": "joe@x.org"}]', **names})
    case.tasks({"Id": "0031", "Email": "joe@x.org", **dict(zip(("FirstName", "LastName"), here, strict=True))})
    case.look()
    assert {name: value for name, value in case.changes("C1").items() if name in both.together[0]} == crm
    assert case.back.get(("update", "C1"), {}) == source
