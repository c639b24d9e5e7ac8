"""Events, series and their occurrences, the calendar between two moments and what changes in it; contacts."""

from __future__ import annotations

from typing import Any

import pytest

from resources.graph_sandbox.administration import GraphAdministrator
from tests.resources.graph_sandbox.conftest import ADA, BERLIN, Client, code

JANUARY = "startDateTime=2027-01-01T00:00:00Z&endDateTime=2027-02-01T00:00:00Z"
WEEKLY = {
    "pattern": {"type": "weekly", "interval": 1, "daysOfWeek": ["monday", "thursday"]},
    "range": {"type": "endDate", "startDate": "2027-01-04", "endDate": "2027-01-21"},
}


def at(text: str, zone: str = BERLIN) -> dict[str, str]:
    return {"dateTime": text, "timeZone": zone}


def event(client: Client, subject: str, start: str, end: str, **more: object) -> dict[str, Any]:
    return client.make("events", subject=subject, start=at(start), end=at(end), **more)


def test_an_event_has_what_it_was_told_and_what_every_event_has(client: Client) -> None:
    guest = {"type": "optional", "emailAddress": {"name": "Bob", "address": "bob@example.com"}}
    made = event(
        client, "Talk", "2027-01-05T10:00:00", "2027-01-05T11:00:00", sensitivity="private", showAs="oof",
        attendees=[guest], categories=["Red"], body={"contentType": "text", "content": "a < b\nc"},
    )  # fmt: skip
    assert made["start"] == at("2027-01-05T09:00:00.0000000", "UTC")
    assert made["originalStartTimeZone"] == BERLIN
    assert (made["sensitivity"], made["showAs"], made["type"], made["isCancelled"]) == (
        "private", "oof", "singleInstance", False,
    )  # fmt: skip
    assert made["attendees"][0]["emailAddress"]["address"] == "bob@example.com"
    assert made["organizer"]["emailAddress"]["address"] == ADA
    assert made["body"]["contentType"] == "html"
    assert (made["bodyPreview"], "_start" in made) == ("a < b\r\nc", False)
    assert made["changeKey"] in made["@odata.etag"]
    assert client(f"events/{made['id']}").json() == made


def test_an_event_is_made_once_for_one_transaction_while_it_is_there(client: Client) -> None:
    times = ("2027-01-05T10:00:00", "2027-01-05T11:00:00")
    made = event(client, "Talk", *times, transactionId="t1")
    assert made["transactionId"] == "t1"
    assert event(client, "Talk", *times, transactionId="t1") == made
    other = event(client, "Talk", *times, transactionId="t2")
    assert other["id"] != made["id"]
    client(f"events/{made['id']}", "PATCH", {"transactionId": "t3"})
    assert client(f"events/{made['id']}").json()["transactionId"] == "t1"
    client(f"events/{made['id']}", "DELETE")
    assert event(client, "Talk", *times, transactionId="t1")["id"] != made["id"]


def test_a_whole_day_is_a_day_wherever_one_is(client: Client) -> None:
    made = event(client, "Fair", "2027-01-05T00:00:00", "2027-01-06T00:00:00", isAllDay=True)
    assert made["start"] == at("2027-01-05T00:00:00.0000000", "UTC")
    answer = client(
        "events", "POST", {"start": at("2027-01-05T10:00:00"), "end": at("2027-01-06T00:00:00"), "isAllDay": True}
    )
    assert code(answer) == (400, "ErrorInvalidRequest")


@pytest.mark.parametrize(
    "content",
    [
        {"subject": "x"},
        {"start": at("2027-01-05T10:00:00"), "end": at("2027-01-05T09:00:00")},
        {"start": at("2027-01-05T00:00:00"), "end": at("2027-01-05T00:00:00"), "isAllDay": True},
    ],
    ids=["no time", "end before start", "no day"],
)
def test_times_that_cannot_be_are_refused(client: Client, content: dict[str, object]) -> None:
    assert code(client("events", "POST", content)) == (400, "ErrorPropertyValidationFailure")


def test_a_view_has_the_occurrences_of_a_series_by_the_clock_of_its_zone(client: Client) -> None:
    master = event(client, "Circle", "2027-01-04T10:00:00", "2027-01-04T11:00:00", recurrence=WEEKLY)
    assert master["type"] == "seriesMaster"
    rows = client(f"calendarView?{JANUARY}").json()["value"]
    assert [row["start"]["dateTime"][:10] for row in rows] == [
        "2027-01-04", "2027-01-07", "2027-01-11", "2027-01-14", "2027-01-18", "2027-01-21",
    ]  # fmt: skip
    assert {(row["subject"], row["type"], row["seriesMasterId"]) for row in rows} == {
        ("Circle", "occurrence", master["id"])
    }
    assert client(f"events/{rows[2]['id']}").json()["subject"] == "Circle"
    assert len(client(f"events/{master['id']}/instances?{JANUARY}").json()["value"]) == 6
    assert len(client("events").json()["value"]) == 1


@pytest.mark.parametrize(
    "pattern, days",
    [
        ({"type": "daily", "interval": 10}, ["05", "15", "25"]),
        ({"type": "absoluteMonthly", "interval": 1, "dayOfMonth": 31}, ["31"]),
        ({"type": "relativeMonthly", "interval": 1, "index": "last", "daysOfWeek": ["friday"]}, ["29"]),
        ({"type": "absoluteYearly", "interval": 1, "month": 1, "dayOfMonth": 6}, ["06"]),
    ],
    ids=lambda value: value.get("type") if isinstance(value, dict) else "",
)
def test_patterns_of_recurrence(client: Client, pattern: dict[str, object], days: list[str]) -> None:
    series = {"pattern": pattern, "range": {"type": "noEnd", "startDate": "2027-01-05"}}
    event(client, "x", "2027-01-05T10:00:00", "2027-01-05T11:00:00", recurrence=series)
    rows = client(f"calendarView?{JANUARY}").json()["value"]
    assert [row["start"]["dateTime"][8:10] for row in rows] == days


def test_a_delta_tells_only_the_times_of_occurrences(client: Client) -> None:
    master = event(client, "Circle", "2027-01-04T10:00:00", "2027-01-04T11:00:00", recurrence=WEEKLY)
    rows, _ = client.round(f"calendarView/delta?{JANUARY}")
    assert (rows[0]["id"], rows[0]["subject"]) == (master["id"], "Circle")
    assert len(rows) == 7
    assert rows[1].keys() == {"@odata.type", "@odata.etag", "seriesMasterId", "type", "id", "start", "end"}


def test_an_occurrence_that_is_written_to_is_an_exception(client: Client) -> None:
    event(client, "Circle", "2027-01-04T10:00:00", "2027-01-04T11:00:00", recurrence=WEEKLY)
    rows, link = client.round(f"calendarView/delta?{JANUARY}")
    moved, gone = rows[2]["id"], rows[3]["id"]
    changed = client(f"events/{moved}", "PATCH", {"subject": "Circle, late"}).json()
    assert (changed["type"], changed["start"]) == ("exception", rows[2]["start"])
    assert client(f"events/{gone}", "DELETE").status_code == 204
    rows, _ = client.round(link)
    assert {row["id"]: row.get("subject") for row in rows} == {moved: "Circle, late", gone: None}
    assert len(client(f"calendarView?{JANUARY}").json()["value"]) == 5


def test_a_series_that_is_moved_tells_of_the_occurrences_it_lost(client: Client) -> None:
    master = event(client, "Circle", "2027-01-04T10:00:00", "2027-01-04T11:00:00", recurrence=WEEKLY)
    rows, link = client.round(f"calendarView/delta?{JANUARY}")
    client(f"events/{rows[1]['id']}", "PATCH", {"subject": "First"})
    thursdays = {**WEEKLY, "pattern": {"type": "weekly", "interval": 1, "daysOfWeek": ["thursday"]}}
    client(f"events/{master['id']}", "PATCH", {"recurrence": thursdays})
    told, link = client.round(link)
    assert sum("@removed" in row for row in told) == 3
    assert [row["start"]["dateTime"][8:10] for row in told if row.get("type") == "occurrence"] == ["07", "14", "21"]
    client(f"events/{master['id']}", "DELETE")
    told, _ = client.round(link)
    assert len(told) == 4
    assert all("@removed" in row for row in told)


def test_what_leaves_the_span_comes_as_removed(client: Client) -> None:
    made = event(client, "Talk", "2027-01-05T10:00:00", "2027-01-05T11:00:00")
    outside = event(client, "Far", "2028-01-05T10:00:00", "2028-01-05T11:00:00")
    rows, link = client.round(f"calendarView/delta?{JANUARY}")
    assert [row["id"] for row in rows] == [made["id"]]
    client(f"events/{made['id']}", "PATCH", {"start": at("2027-03-05T10:00:00"), "end": at("2027-03-05T11:00:00")})
    client(f"events/{outside['id']}", "PATCH", {"subject": "Farther"})
    rows, link = client.round(link)
    assert {row["id"] for row in rows if row["@removed"] == {"reason": "deleted"}} == {made["id"], outside["id"]}
    client(f"events/{made['id']}", "DELETE")
    assert client.round(link)[0] == [{"id": made["id"], "@removed": {"reason": "deleted"}}]


def test_a_calendar_is_asked_for_between_two_moments(client: Client) -> None:
    assert code(client("calendarView/delta")) == (400, "ErrorInvalidParameter")
    assert code(client(f"calendarView/delta?{JANUARY}&$select=subject")) == (400, "ErrorInvalidUrlQuery")


def test_a_cancelled_event_and_a_private_one_are_the_persons_doing(client: Client, admin: GraphAdministrator) -> None:
    made = event(client, "Talk", "2027-01-05T10:00:00", "2027-01-05T11:00:00")
    admin.set_private(ADA, "events", made["id"])
    admin.patch(ADA, "events", {"id": made["id"], "isCancelled": True})
    told = client(f"events/{made['id']}").json()
    assert (told["sensitivity"], told["isCancelled"]) == ("private", True)


def test_a_contact_is_made_changed_and_deleted(client: Client) -> None:
    made = client.make("contacts", givenName="Emmy", surname="Noether", companyName="U", businessPhones=["1"],
                       emailAddresses=[{"address": "emmy@example.com"}])  # fmt: skip
    assert (made["displayName"], made["fileAs"]) == ("Emmy Noether", "Noether, Emmy")
    assert made["emailAddresses"] == [{"name": "emmy@example.com", "address": "emmy@example.com"}]
    changed = client(f"contacts/{made['id']}", "PATCH", {"surname": "N", "categories": ["Red"]}).json()
    assert (changed["displayName"], changed["categories"], changed["mobilePhone"]) == ("Emmy N", ["Red"], None)
    (found,) = client("contacts?$filter=emailAddresses/any(a:a/address eq 'emmy@example.com')").json()["value"]
    assert found["id"] == made["id"]
    assert client(f"contacts/{made['id']}", "DELETE").status_code == 204


def test_that_a_contact_is_private_is_an_extended_property(client: Client, admin: GraphAdministrator) -> None:
    made = client.make("contacts", givenName="Emmy")
    _, link = client.round("contacts/delta?$expand=singleValueExtendedProperties($filter=id eq 'Integer 0x36')")
    admin.set_private(ADA, "contacts", made["id"])
    (row,) = client.round(link)[0]
    assert row["singleValueExtendedProperties"] == [{"id": "Integer 0x36", "value": "2"}]
    assert "singleValueExtendedProperties" not in client(f"contacts/{made['id']}").json()
