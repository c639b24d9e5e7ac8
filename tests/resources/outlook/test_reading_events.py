"""Events between two midnights: what left the span is not gone, and what goes is noticed however the span moves."""

from __future__ import annotations

import json

import pytest

from tests.resources.outlook.conftest import ADA, EMMY, Reader, at, in_days, meeting, refusal

WEEKLY = {"pattern": {"type": "weekly", "interval": 1}, "range": {"type": "numbered", "numberOfOccurrences": 3}}


def test_times_are_utc_and_a_whole_day_is_from_midnight(events: Reader) -> None:
    day = {"isAllDay": True, "start": at("2027-01-20T00:00:00"), "end": at("2027-01-21T00:00:00")}
    events.office.admin.put(ADA, "events", [meeting("2027-01-05"), meeting("2027-01-06", subject="day") | day])
    events.read()
    row = events.one(subject="2027-01-05")
    assert (row["start"], row["end"]) == ("2027-01-05T09:00:00.000Z", "2027-01-05T10:00:00.000Z")
    assert (row["user"], row["place"], row["timeZone"]) == (ADA, None, "W. Europe Standard Time")
    whole = events.one(isAllDay="true")
    assert (whole["start"], whole["end"]) == ("2027-01-20T00:00:00.000Z", "2027-01-21T00:00:00.000Z")


def test_the_span_begins_at_midnight_and_is_the_same_all_day(events: Reader) -> None:
    early = {"start": at("2027-01-01T03:00:00"), "end": at("2027-01-01T04:00:00")}
    events.office.admin.put(ADA, "events", [meeting("2027-01-01") | early])
    assert events.read().rows == 1
    for hours in (1, 5, 16):
        events.span = in_days(0) if hours == 16 else (in_days(hours / 24)[0], in_days(0)[1])  # type: ignore[arg-type]
        assert (events.read().rows, events.calls) == (0, 1)


def test_an_event_that_leaves_the_span_is_told_as_it_is_now(events: Reader) -> None:
    left, gone = events.office.admin.put(ADA, "events", [meeting("2027-01-05"), meeting("2027-01-06")])
    events.read()
    later = {"start": at("2028-05-01T10:00:00"), "end": at("2028-05-01T11:00:00")}
    events.office.admin.patch(ADA, "events", {"id": left, **later})
    events.office.admin.delete(ADA, "events", gone)
    events.read()
    assert (events.removed, events.rows[left]["start"]) == ([gone], "2028-05-01T08:00:00.000Z")
    assert (events.calls, events.asked_for_known) == (2, 0)


def test_what_goes_while_the_span_moves_is_noticed(events: Reader) -> None:
    ids = events.office.admin.put(ADA, "events", [meeting(f"2027-01-0{day}") for day in range(1, 7)])
    events.read()
    events.office.admin.delete(ADA, "events", ids[0], ids[5])
    events.office.admin.patch(ADA, "events", {"id": ids[1], "subject": "changed and left behind"})
    events.span = in_days(3)
    during = {"user": ADA, "collection": "events", "ids": ids[4:5]}
    old_round = {"path": "calendarView/delta$", "nth": 2, "action": "meanwhile", "door": "delete", "with_body": during}
    events.office.admin.set_faults(old_round)
    events.read()
    assert events.removed == sorted([ids[0], ids[4], ids[5]])
    assert events.rows[ids[1]]["subject"] == "changed and left behind"
    assert {ids[2], ids[3]} < events.rows.keys()
    assert events.asked_for_known == 0
    events.read()
    assert (events.told, events.removed) == ([], [ids[4]])  # the new span's own round tells it as well
    events.read()
    assert (events.told, events.removed, events.calls) == ([], [], 1)


def test_what_lies_behind_the_span_stays_when_all_is_read_anew(events: Reader) -> None:
    ids = events.office.admin.put(ADA, "events", [meeting("2027-01-02"), meeting("2027-01-03"), meeting("2027-02-01")])
    events.read()
    events.span = in_days(10)
    events.read()
    events.office.admin.delete(ADA, "events", ids[1])
    events.office.admin.expire_delta()
    events.read()
    assert (events.removed, set(events.rows)) == ([ids[1]], {ids[0], ids[2]})
    assert events.asked_for_known == 1


def test_a_mailbox_that_does_not_tell_whether_an_event_is_gone_is_read_again_later(events: Reader) -> None:
    events.office.admin.user(EMMY)
    events.users = [ADA, EMMY]
    (gone,) = events.office.admin.put(ADA, "events", [meeting("2027-01-05")])
    events.read()
    events.office.admin.delete(ADA, "events", gone)
    events.office.admin.put(EMMY, "events", [meeting("2027-01-06", subject="hers")])
    events.office.admin.set_faults(refusal(f"events/{gone}", 403, "ErrorAccessDenied"))
    events.read()
    assert (events.removed, events.mailboxes[ADA], events.mailboxes[EMMY.lower()]) == ([], "ErrorAccessDenied", None)
    assert gone in events.rows
    assert events.one(subject="hers")
    events.office.admin.set_faults()
    events.read()
    assert events.removed == [gone]


def test_occurrences_say_what_their_series_says_and_go_with_it(events: Reader) -> None:
    (series,) = events.office.admin.put(ADA, "events", [meeting("2027-01-04", subject="Circle", recurrence=WEEKLY)])
    events.read()
    occurrences = [row for row in events.told if row["type"] == "occurrence"]
    assert [(row["subject"], row["start"][:10]) for row in occurrences] == [
        ("Circle", f"2027-01-{day}") for day in ("04", "11", "18")
    ]
    one = occurrences[1]["id"]
    events.office.admin.patch(ADA, "events", {"id": one, "subject": "Once"})
    events.read()
    assert (events.rows[one]["subject"], events.rows[one]["type"]) == ("Once", "exception")
    events.office.admin.delete(ADA, "events", series)
    events.read()
    assert events.rows == {}


def test_a_series_that_cannot_be_read_lands_no_blank_occurrence(events: Reader) -> None:
    (series,) = events.office.admin.put(ADA, "events", [meeting("2027-01-04", subject="Circle", recurrence=WEEKLY)])
    events.read()
    bare = [row for row in events.told if row["type"] == "occurrence"]
    page = [
        {"id": row["id"], "type": "occurrence", "seriesMasterId": series, "start": at(row["start"][:19], "UTC"),
         "end": at(row["end"][:19], "UTC")}
        for row in bare
    ]  # fmt: skip
    events.office.admin.set_faults(told(events, page))
    events.read()
    assert [row["subject"] for row in events.told] == ["Circle"] * 3
    events.office.admin.delete(ADA, "events", series)
    events.office.admin.set_faults(told(events, page))
    events.read()
    assert events.told == []


def told(events: Reader, rows: list[dict[str, object]]) -> dict[str, object]:
    """The fault that the calendar tells this once."""
    body = {"value": rows, "@odata.deltaLink": f"{events.office.account.url}/v1.0/users/{ADA}/calendarView/delta"}
    return {"path": "calendarView/delta", "action": "answer", "body": json.dumps(body)}


@pytest.mark.parametrize("users", [[ADA], [ADA, EMMY, "c@example.com"]], ids=["one mailbox", "three mailboxes"])
def test_a_run_in_which_nothing_changed_costs_one_call(events: Reader, users: list[str]) -> None:
    for user in users[1:]:
        events.office.admin.user(user)
    events.users = users
    events.read()
    events.again()
    events.read()
    assert events.calls == 1


def test_events_are_asked_for_in_a_span(events: Reader) -> None:
    events.span = None
    with pytest.raises(ValueError, match="span"):
        events.read()
