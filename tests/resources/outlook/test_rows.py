"""What an item speaks of, and what bad or hostile values become."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest

from pipelines.declaring.outlook import COLUMNS, WRITABLE
from resources.outlook.mentions import addresses_in, mailtos_in, record_id, record_ids_in
from resources.outlook.rows import row_of
from tests.resources.outlook.conftest import ADA, Reader, titled

SHORT, LONG = "0035e00000Ab3dE", "0035e00000Ab3dEAAR"
ORG = "https://acme.lightning.force.com"


@pytest.mark.parametrize(
    "text, found",
    [
        ("Ask Sofia.K+x@Example.org, or (bob@a-b.co.uk).", ["sofia.k+x@example.org", "bob@a-b.co.uk"]),
        ("<ada@example.com>; 'o'brien@example.com'", ["ada@example.com", "o'brien@example.com"]),
        ("ünï@büro.example", ["ünï@büro.example"]),
        ("twice@example.com Twice@Example.com", ["twice@example.com"]),
        ("cid:image001.png@01D9ABCD.12345678 @home a@b no@tld.1 x@-a.com", []),
        (None, []),
    ],
)
def test_addresses_in_a_text(text: str | None, found: list[str]) -> None:
    assert addresses_in([text]) == found


def test_links_that_write_mail_are_addresses_too() -> None:
    told = ['<a href="mailto:Ada%40example.com?subject=x%40y.com">Ada</a>', "mailto:b@example.com,c@example.com"]
    assert mailtos_in(told) == ["ada@example.com", "b@example.com", "c@example.com"]


@pytest.mark.parametrize(
    "text, found",
    [
        (f"see {ORG}/lightning/r/Contact/{SHORT}/view.", [LONG]),
        (f"{ORG}/lightning/r/{LONG}/view and https://acme.my.salesforce.com/{SHORT}", [LONG]),
        (f"https://na1.salesforce.com/{LONG}?x=1", [LONG]),
        (f"{ORG}/one/one.app#/sObject/{LONG}/view", [LONG]),
        ("https://eur01.safelinks.example/?url=https%3A%2F%2Facme.my.salesforce.com%2F" + LONG, [LONG]),
        (f"https://acme.my.salesforce.com.evil.example/{LONG} http://evil.example/{LONG} {LONG}", []),
        (f"https://acme.my.salesforce.com/{LONG[:-1]}", []),
        (f"https://acme.my.salesforce.com/{LONG[:-1]}X", []),
        ("https://acme.my.salesforce.com/communitieslogin", []),
    ],
)
def test_records_to_which_a_text_links(text: str, found: list[str]) -> None:
    assert record_ids_in([text]) == found


@pytest.mark.parametrize("text, found", [(SHORT, LONG), (LONG, LONG), ("None", None), ("", None), ("A" * 15, None)])
def test_an_id_is_told_in_the_long_form(text: str, found: str | None) -> None:
    assert record_id(text) == found


@pytest.mark.parametrize(
    "text",
    [
        "a",
        "a.",
        "a@",
        "a@a.",
        "mailto:",
        "https://a.",
        "%",
        "&",
        "<",
        "a@a@",
        "1-",
        "é",
        "[",
        ":a(",
        "/*",
        "{",
        "}",
        "a{b:c}",
        "p,",
    ],
)
def test_long_texts_take_no_long_time(text: str) -> None:
    long = text * (1_000_000 // len(text))
    begun = time.monotonic()
    row_of("tasks", {"id": "x", "title": long, "body": {"content": long, "contentType": "html"}}, ADA, (), None)
    row_of("tasks", {"id": "x", "body": {"content": f"<style>{long}", "contentType": "html"}}, ADA, (), None)
    assert time.monotonic() - begun < 10


def test_a_task_speaks_of_those_it_names_and_not_of_its_owner() -> None:
    html = f"<a href='{ORG}/lightning/r/Account/{SHORT}/view'>it</a> ADA@Example.com"
    told = {
        "id": "x",
        "title": "Ask sofia@example.org",
        "body": {"contentType": "html", "content": html},
        "linkedResources": [
            {"applicationName": "Mail", "webUrl": "mailto:bob@example.com", "externalId": "001000000000001"},
            {"applicationName": "Salesforce", "externalId": "00T000000000001"},
            {"applicationName": "Salesforce", "externalId": "00T000000000002"},
        ],
    }  # fmt: skip
    row = row_of("tasks", told, ADA, (ADA,), "list")
    assert json.loads(row["addresses"] or "") == ["sofia@example.org", "bob@example.com"]
    ids = ["001000000000001AAA", "00T000000000001EAA", "00T000000000002EAA", LONG]
    assert json.loads(row["linkedIds"] or "") == ids
    assert (row["crmId"], row["place"], row["user"]) == ("00T000000000001EAA", "list", ADA)


OURS = {
    "id": "ours",
    "applicationName": "Salesforce",
    "externalId": "00T000000000001EAA",
    "displayName": "Salesforce",
    "webUrl": "https://acme.example/00T000000000001EAA",
}
OTHERS = [
    {**OURS, "id": "no id", "externalId": "page"},
    {**OURS, "id": "called otherwise", "externalId": LONG, "displayName": "Joe", "webUrl": f"{ORG}/{LONG}"},
    {**OURS, "id": "leads elsewhere", "externalId": LONG},
    {**OURS, "id": "of another application", "externalId": LONG, "applicationName": "Mail", "webUrl": None},
]


@pytest.mark.parametrize("at", range(len(OTHERS) + 1))
@pytest.mark.parametrize("url", [{}, {"webUrl": None}], ids=["with its address", "without"])
def test_our_link_is_found_wherever_it_stands(at: int, url: dict[str, Any]) -> None:
    links = [*OTHERS[:at], {**OURS, **url}, *OTHERS[at:]]
    row = row_of("tasks", {"id": "x", "linkedResources": links}, ADA, (), None)
    assert (row["crmId"], row["crmLink"]) == ("00T000000000001EAA", "ours")


def test_without_one_like_ours_the_first_that_leads_to_a_record_counts_and_is_not_ours_to_take_away() -> None:
    row = row_of("tasks", {"id": "x", "linkedResources": OTHERS}, ADA, (), None)
    assert (row["crmId"], row["crmLink"]) == (LONG, None)


def test_an_event_speaks_of_its_people() -> None:
    people = [{"emailAddress": {"address": each}} for each in ("Sofia@example.org", ADA)]
    told = {"id": "x", "attendees": people, "organizer": people[1], "transactionId": "localevent:cc1ef2a7-0652"}
    row = row_of("events", told, ADA, (ADA,), None)
    assert (row["addresses"], row["crmId"], row["start"]) == ('["sofia@example.org"]', None, None)


@pytest.mark.parametrize("collection", ["tasks", "events", "contacts"])
def test_an_item_that_lacks_everything_has_every_column(collection: Any) -> None:
    assert row_of(collection, {"id": "x"}, ADA, (), None).keys() == set(COLUMNS[collection])
    assert set(WRITABLE[collection]) < set(COLUMNS[collection])


@pytest.mark.parametrize("bad", [None, "text", 7, [None, "x", {}], {"a": "b"}])
@pytest.mark.parametrize(
    "collection, name",
    [
        ("tasks", "linkedResources"), ("tasks", "dueDateTime"), ("events", "attendees"), ("events", "organizer"),
        ("events", "start"), ("events", "location"), ("events", "transactionId"), ("contacts", "emailAddresses"),
        ("contacts", "singleValueExtendedProperties"), ("tasks", "body"), ("tasks", "title"),
        ("tasks", "lastModifiedDateTime"),
    ],
)  # fmt: skip
def test_a_value_of_another_kind_spoils_nothing(collection: Any, name: str, bad: object) -> None:
    row = row_of(collection, {"id": "x", name: bad}, ADA, (), None)
    assert row["id"] == "x"
    assert all(value is None or isinstance(value, str) for value in row.values())


def test_hostile_values_arrive_as_they_are(tasks: Reader) -> None:
    titles = [
        "'; drop table landing.rows; --",
        "=cmd|' /C calc'!A0",
        "a\u0000b",
        "\U0001f600 \u202e",
        '{"json": 1}',
        "#N/A",
    ]
    html: dict[str, object] = {"title": "html", "body": {"contentType": "html", "content": "<b>x</b>" * 130_000}}
    raw: list[dict[str, object]] = [*titled(titles), html]
    tasks.office.admin.put(ADA, "tasks", raw, raw=True)
    tasks.office.admin.put(
        ADA, "tasks", [{"dueDateTime": {"dateTime": "0001-01-01T00:00:00.0000000", "timeZone": "UTC"}}], raw=True
    )
    tasks.read()
    assert {row["title"] for row in tasks.told} == {*titles, "html", ""}
    assert tasks.one(title="")["dueDateTime"] is None
    assert tasks.one(title="html")["bodyFormatted"] == "true"


def test_ids_that_differ_in_capitals_alone_are_two_items(tasks: Reader) -> None:
    tasks.office.admin.put(ADA, "tasks", [{"id": "AAMkAbC=", "title": "a"}, {"id": "AAMkABC=", "title": "b"}], raw=True)
    tasks.read()
    assert {row["id"]: row["title"] for row in tasks.told} == {"AAMkAbC=": "a", "AAMkABC=": "b"}
    assert len({key.lower() for key in tasks.keys}) == 2  # neither our keys nor the CRM's tell capitals
    tasks.office.admin.delete(ADA, "tasks", "AAMkABC=")
    tasks.read()
    assert (tasks.removed, tasks.titles()) == (["AAMkABC="], ["a"])


def test_half_of_a_sign_is_told_as_a_sign_that_is_none(contacts: Reader) -> None:
    contacts.read()
    link = f"{contacts.office.account.url}/v1.0/users"
    body = '{"value": [{"id": "x", "surname": "cut \\ud83d"}], "@odata.deltaLink": "' + link + '"}'
    contacts.office.admin.set_faults({"path": "contacts/delta", "action": "answer", "body": body})
    contacts.read()
    assert [row["surname"] for row in contacts.told] == ["cut \ufffd"]
