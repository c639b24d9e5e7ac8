"""Events: a start and a length, said in any of the ways that Salesforce's object reference allows.

The texts for a length beyond its limit and for what is missing are those that people quote.
"""

from __future__ import annotations

from typing import Any

import pytest

from resources.sandbox.administration import Administrator
from tests.resources.sandbox.conftest import Rest

START, END = "2026-01-05T10:00:00.000+0000", "2026-01-05T11:30:00.000+0000"


def made(rest: Rest, **fields: object) -> dict[str, Any]:
    """The event that is made of these fields."""
    answer = rest("POST", "sobjects/Event", json=fields)
    assert answer.status_code == 201, answer.text
    return dict(rest("GET", f"sobjects/Event/{answer.json()['id']}").json())


@pytest.mark.parametrize(
    "said",
    [
        {"StartDateTime": START, "EndDateTime": END},
        {"StartDateTime": START, "DurationInMinutes": 90},
        {"ActivityDateTime": START, "DurationInMinutes": 90},
        {"ActivityDateTime": START, "EndDateTime": END},
        {"StartDateTime": START, "ActivityDateTime": START, "EndDateTime": END, "DurationInMinutes": 90},
        {"StartDateTime": "2026-01-05T11:00:00+01:00", "DurationInMinutes": 90},
    ],
    ids=["start and end", "start and length", "due and length", "due and end", "everything", "elsewhere"],
)
def test_an_event_is_when_it_is_however_that_is_said(rest: Rest, said: dict[str, object]) -> None:
    event = made(rest, **said)
    assert (event["StartDateTime"], event["EndDateTime"], event["DurationInMinutes"]) == (START, END, 90)
    assert (event["ActivityDateTime"], event["ActivityDate"], event["EndDate"]) == (START, "2026-01-05", "2026-01-05")
    assert (event["ShowAs"], event["IsPrivate"], event["IsAllDayEvent"]) == ("Busy", False, False)


@pytest.mark.parametrize(
    "said, last, minutes",
    [
        ({"ActivityDate": "2026-01-05"}, "2026-01-05", 1440),
        ({"StartDateTime": START, "DurationInMinutes": 2880}, "2026-01-06", 2880),
        ({"StartDateTime": START, "EndDateTime": "2026-01-07T00:00:00Z"}, "2026-01-07", 4320),
    ],
    ids=["a day", "two by length", "three by their end"],
)
def test_whole_days_last_from_midnight_to_midnight(
    rest: Rest, said: dict[str, object], last: str, minutes: int
) -> None:
    event = made(rest, IsAllDayEvent=True, **said)
    assert event["StartDateTime"] == "2026-01-05T00:00:00.000+0000"
    assert (event["EndDateTime"], event["DurationInMinutes"]) == (f"{last}T00:00:00.000+0000", minutes)
    assert (event["ActivityDate"], event["ActivityDateTime"], event["EndDate"]) == ("2026-01-05", None, last)


@pytest.mark.parametrize(
    "said, code, fields",
    [
        ({"Subject": "Call"}, "REQUIRED_FIELD_MISSING", ["DurationInMinutes", "ActivityDateTime"]),
        ({"StartDateTime": START}, "REQUIRED_FIELD_MISSING", ["DurationInMinutes"]),
        ({"DurationInMinutes": 5}, "REQUIRED_FIELD_MISSING", ["ActivityDateTime"]),
        ({"IsAllDayEvent": True}, "REQUIRED_FIELD_MISSING", ["ActivityDate"]),
        ({"StartDateTime": START, "ActivityDateTime": END, "DurationInMinutes": 5}, "FIELD_INTEGRITY_EXCEPTION",
         ["StartDateTime", "ActivityDateTime"]),
        ({"StartDateTime": START, "EndDateTime": END, "DurationInMinutes": 5}, "FIELD_INTEGRITY_EXCEPTION",
         ["EndDateTime", "DurationInMinutes"]),
        ({"StartDateTime": END, "EndDateTime": START}, "FIELD_INTEGRITY_EXCEPTION", ["DurationInMinutes"]),
        ({"StartDateTime": START, "DurationInMinutes": 20161}, "FIELD_INTEGRITY_EXCEPTION", ["DurationInMinutes"]),
    ],
    ids=["nothing", "no length", "no start", "no day", "two starts", "two lengths", "ends first", "too long"],
)  # fmt: skip
def test_an_event_that_cannot_be_is_refused(rest: Rest, said: dict[str, object], code: str, fields: list[str]) -> None:
    (error,) = rest("POST", "sobjects/Event", json=said).json()
    assert (error["errorCode"], error["fields"]) == (code, fields)


@pytest.mark.parametrize(
    "edit, start, end, minutes",
    [
        ({"StartDateTime": END}, END, "2026-01-05T13:00:00.000+0000", 90),
        ({"EndDateTime": "2026-01-05T12:00:00Z"}, START, "2026-01-05T12:00:00.000+0000", 120),
        ({"DurationInMinutes": 30}, START, "2026-01-05T10:30:00.000+0000", 30),
        ({"Location": "Room 1"}, START, END, 90),
        ({"IsAllDayEvent": True}, "2026-01-05T00:00:00.000+0000", "2026-01-05T00:00:00.000+0000", 1440),
    ],
    ids=["moved", "longer", "shorter", "elsewhere", "all day"],
)
def test_an_edited_event_still_adds_up(rest: Rest, edit: dict[str, object], start: str, end: str, minutes: int) -> None:
    event = made(rest, StartDateTime=START, EndDateTime=END)["Id"]
    assert rest("PATCH", f"sobjects/Event/{event}", json=edit).status_code == 204
    found = rest("GET", f"sobjects/Event/{event}").json()
    assert (found["StartDateTime"], found["EndDateTime"], found["DurationInMinutes"]) == (start, end, minutes)


def test_an_event_is_linked_like_a_task(rest: Rest, admin: Administrator) -> None:
    account = rest("POST", "sobjects/Account", json={"Name": "A"}).json()["id"]
    contact = rest("POST", "sobjects/Contact", json={"LastName": "C", "AccountId": account}).json()["id"]
    event = made(rest, StartDateTime=START, EndDateTime=END, WhoId=contact)
    assert event["AccountId"] == account
    admin.do("records/delete", sobject="Contact", ids=[contact])
    assert rest("GET", f"sobjects/Event/{event['Id']}").status_code == 404


def test_a_seeded_event_adds_up_as_well(rest: Rest, admin: Administrator) -> None:
    (event,) = admin.seed("Event", [{"StartDateTime": START, "DurationInMinutes": 90}])
    assert rest("GET", f"sobjects/Event/{event}").json()["EndDateTime"] == END
    with pytest.raises(ValueError, match=r"row 0 of Event: Required fields are missing: \[DurationInMinutes\]"):
        admin.seed("Event", [{"StartDateTime": START}])
