"""Conditions as a table: what each says of which row, and how they are put together."""

from __future__ import annotations

import pytest

from pipelines.declaring.conditions import Condition, Filled, Has, Holds, Is, Resolves
from pipelines.declaring.derived_rules import Whether
from pipelines.declaring.elsewhere import Records
from pipelines.declaring.entity import Entity, Target
from pipelines.declaring.rules import Reference
from pipelines.declaring.source import Rest
from tests.pipelines.case import Case

USERS = Records("User", "FederationIdentifier")
ROWS: dict[str, dict[str, str | None]] = {
    # row        state, note, accounts
    "red": {"state": "Red", "note": "a", "accounts": '["none", "acct"]'},
    "blue": {"state": "blue", "note": None, "accounts": "[]"},
    "bare": {"state": None, "note": "  ", "accounts": None},
}
TIES: list[dict[str, str | None]] = [
    {"id": "1", "row": "RED", "user": "ada", "active": "true"},
    {"id": "2", "row": "blue", "user": "ada", "active": "false"},
    {"id": "3", "row": "blue", "user": "nobody", "active": "true"},
    {"id": "4", "row": None, "user": "ada", "active": "true"},
]
LIVE = Is("active", "true")
RED, NOTE, ACCOUNT = Is("state", "red"), Filled("note"), Resolves("Account__c")

TABLE = [
    # condition, the rows it holds for
    (RED, {"red"}),
    (~RED, {"blue", "bare"}),
    (NOTE, {"red"}),
    (ACCOUNT, {"red"}),
    (RED | Is("state", "BLUE"), {"red", "blue"}),
    (Holds("accounts", "ACCT"), {"red"}),
    (Holds("state", "red"), set()),
    (RED & ~NOTE, set()),
    (~(RED & NOTE), {"blue", "bare"}),
    (Has("ties", by="row"), {"red", "blue"}),
    (Has("ties", by="row", where=LIVE), {"red", "blue"}),
    (Has("ties", by="row", where=Is("active", "false")), {"blue"}),
    (Has("ties", by="row", refers=("user", USERS)), {"red", "blue"}),
    (Has("ties", by="row", where=LIVE, refers=("user", USERS)), {"red"}),
    (Has("ties", by="row", where=LIVE, refers=("user", USERS)) | (~ACCOUNT & Has("ties", by="row")), {"red", "blue"}),
]


@pytest.mark.parametrize("condition, rows", TABLE)
def test_a_condition_holds_for_these_rows_and_no_others(condition: Condition, rows: set[str]) -> None:
    entity = Entity(
        name="things",
        source=Rest("things", service="s", path="/things", key="id", changed_at=None),
        beside=(Rest("ties", service="s", path="/ties", key="id", changed_at=None),),
        target=Target("Thing__c", key="Key__c"),
        fields={
            "Account__c": Reference("accounts", to="accounts", first=True, missing="keep"),
            "Holder__c": Reference("state", to=USERS, missing="keep"),
            "Held__c": Whether(condition, then="yes", otherwise="no"),
        },
        create="scheduled",
    )
    case = Case(entity).source([{"id": key, **row} for key, row in ROWS.items()])
    case.beside("ties", TIES).looked_up(USERS.name, {"005A": "ada", "005B": "twice", "005C": "TWICE"})
    case.plan(creates=True, targets={"acct": "001A"})
    assert {key for key in ROWS if case.changes(key)["Held__c"] == "yes"} == rows


def test_a_name_that_two_records_have_is_nobodys() -> None:
    held = Has("ties", by="row", refers=("user", USERS))
    entity = Entity(
        name="things",
        source=Rest("things", service="s", path="/things", key="id", changed_at=None),
        beside=(Rest("ties", service="s", path="/ties", key="id", changed_at=None),),
        target=Target("Thing__c", key="Key__c"),
        fields={"Held__c": Whether(held, then="yes", otherwise="no")},
        create="scheduled",
    )
    case = Case(entity).source([{"id": "red"}])
    case.beside("ties", [{"id": "1", "row": "red", "user": "twice"}])
    case.looked_up(USERS.name, {"005B": "twice", "005C": "TWICE"}).plan(creates=True)
    assert case.changes("red")["Held__c"] == "no"


WORDS = [
    (RED, "`state` is red"),
    (~NOTE, "not (`note` is filled)"),
    (RED & NOTE | ACCOUNT, "(`state` is red and `note` is filled) or `Account__c` has a record to refer to"),
    (
        Has("ties", by="row", where=LIVE, refers=("user", USERS)),
        "one of `ties` names it by `row` (`active` is true, `user` names a User of the org by FederationIdentifier)",
    ),
]


@pytest.mark.parametrize("condition, words", WORDS, ids=[words for _, words in WORDS])
def test_a_condition_is_told_in_words(condition: Condition, words: str) -> None:
    assert condition.words == words
