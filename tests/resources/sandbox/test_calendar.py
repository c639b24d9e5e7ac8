"""The platform's calendar, 1700 to 4000: a value beyond it costs its row, a statement or a span beyond it the call.

Evidence: minimum and maximum dates in the SOQL reference; the code FIELD_INTEGRITY_EXCEPTION from captures.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from resources.sandbox.administration import Administrator
from resources.sandbox.launch import Connection
from tests.resources.sandbox.classic_client import opened, sent
from tests.resources.sandbox.conftest import Rest
from tests.resources.sandbox.live import Live, csv_text, table

BEYOND = (
    "0001-01-01T00:00:00+14:00",
    "0900-01-01T00:00:00Z",
    "1699-12-31T23:59:59Z",
    "4000-12-31T00:00:01Z",
    "9999-12-31T23:59:59-14:00",
)


@pytest.fixture
def live(connection: Connection) -> Iterator[Live]:
    served = Live(connection)
    yield served
    served.close()


@pytest.mark.parametrize("value", BEYOND)
def test_a_moment_beyond_the_calendar_is_refused(rest: Rest, value: str) -> None:
    answer = rest("POST", "sobjects/Account", json={"Name": "A", "Source_Synced_At__c": value})

    message = f"Source Synced At: invalid date: {value}"
    refusal = {"message": message, "errorCode": "FIELD_INTEGRITY_EXCEPTION", "fields": ["Source_Synced_At__c"]}
    assert (answer.status_code, answer.json()) == (400, [refusal])


@pytest.mark.parametrize("value", ["0900-01-01", "1699-12-31", "4001-01-01", "9999-12-31"])
def test_a_day_beyond_the_calendar_is_refused(rest: Rest, value: str) -> None:
    (error,) = rest("POST", "sobjects/Contact", json={"LastName": "A", "Birthdate": value}).json()

    assert (error["errorCode"], error["message"]) == ("FIELD_INTEGRITY_EXCEPTION", f"Birthdate: invalid date: {value}")


@pytest.mark.parametrize(
    "value, kept",
    [
        ("1700-01-01T00:00:00Z", "1700-01-01T00:00:00.000+0000"),
        ("1699-12-31T16:00:00-08:00", "1700-01-01T00:00:00.000+0000"),
        ("4000-12-31T00:00:00Z", "4000-12-31T00:00:00.000+0000"),
    ],
)
def test_the_first_and_the_last_moment_are_kept_and_found(rest: Rest, key: str, value: str, kept: str) -> None:
    rest("POST", "sobjects/Account", json={"Name": key, "Source_Synced_At__c": value})

    soql = f"SELECT Source_Synced_At__c FROM Account WHERE Name = '{key}' AND Source_Synced_At__c = {value}"
    (record,) = rest("GET", "query", params={"q": soql}).json()["records"]
    assert record["Source_Synced_At__c"] == kept


@pytest.mark.parametrize("value", BEYOND)
def test_only_the_row_with_the_value_fails(rest: Rest, live: Live, key: str, value: str) -> None:
    names = [f"{key}{n}" for n in range(3)]
    rows = [{"Name": name, "Source_Synced_At__c": value if name == names[1] else None} for name in names]
    text = csv_text(["Name", "Source_Synced_At__c"], *[[name, value if name == names[1] else ""] for name in names])

    records = [{"attributes": {"type": "Account"}, **row} for row in rows]
    collected = rest("POST", "composite/sobjects", json={"records": records}).json()
    job = live.ingest("insert", text)
    classic = table(live.call("GET", f"{sent(live, opened(live, 'insert', 'CSV'), text)}/result").text)

    assert [one["success"] for one in collected] == [True, False, True]
    assert collected[1]["errors"][0]["statusCode"] == "FIELD_INTEGRITY_EXCEPTION"
    assert (job["state"], job["numberRecordsProcessed"], job["numberRecordsFailed"]) == ("JobComplete", 3, 1)
    (failed,) = live.result(job, "failedResults")
    message = f"FIELD_INTEGRITY_EXCEPTION:Source Synced At: invalid date: {value}:Source_Synced_At__c --"
    assert (failed["Name"], failed["sf__Error"]) == (names[1], message)
    assert [row["Success"] for row in classic] == ["true", "false", "true"]
    assert classic[1]["Error"] == message


def test_a_tree_names_the_record_with_the_value(rest: Rest) -> None:
    record = {"attributes": {"type": "Account", "referenceId": "a"}, "Name": "A", "Source_Synced_At__c": BEYOND[0]}
    answer = rest("POST", "composite/tree/Account", json={"records": [record]})

    (result,) = answer.json()["results"]
    assert (answer.status_code, answer.json()["hasErrors"], result["referenceId"]) == (400, True, "a")
    assert result["errors"][0]["statusCode"] == "FIELD_INTEGRITY_EXCEPTION"


@pytest.mark.parametrize("value", BEYOND)
def test_a_statement_beyond_the_calendar_is_refused(live: Live, value: str) -> None:
    code, message = live.refusal(f"SELECT Id FROM Account WHERE CreatedDate > {value}")

    assert code == "MALFORMED_QUERY"
    assert message.endswith(f"ERROR at Row:1:Column:44\nInvalid datetime: {value}")


@pytest.mark.parametrize("value", ["0900-01-01", "4001-01-01"])
def test_a_day_beyond_the_calendar_is_refused_in_a_statement(live: Live, value: str) -> None:
    code, message = live.refusal(f"SELECT Id FROM Contact WHERE Birthdate = {value}")

    assert (code, message.splitlines()[-1]) == ("MALFORMED_QUERY", f"Invalid date: {value}")


def test_years_of_three_digits_come_before_all_others(rest: Rest, live: Live, key: str) -> None:
    rest("POST", "sobjects/Account", json={"Name": key})

    soql = f"SELECT Name FROM Account WHERE Name = '{key}' AND CreatedDate >= LAST_N_YEARS:1500"
    assert live.values(soql) == [key]


@pytest.mark.parametrize("value", BEYOND)
@pytest.mark.parametrize("resource", ["updated", "deleted"])
def test_a_span_beyond_the_calendar_is_refused(rest: Rest, resource: str, value: str) -> None:
    span = {"start": value, "end": "2026-01-01T00:00:00Z"}
    answer = rest("GET", f"sobjects/Account/{resource}", params=span)

    assert (answer.status_code, answer.json()[0]["errorCode"]) == (400, "INVALID_REPLICATION_DATE")


def test_an_event_that_ends_beyond_the_calendar_is_refused(rest: Rest) -> None:
    last = {"StartDateTime": "4000-12-31T00:00:00Z", "DurationInMinutes": 120}
    first = {"IsAllDayEvent": True, "ActivityDate": "9999-12-31", "DurationInMinutes": 4320}

    for event, field in ((last, "EndDateTime"), (first, "ActivityDate")):
        (error,) = rest("POST", "sobjects/Event", json=event).json()
        assert (error["errorCode"], error["fields"]) == ("FIELD_INTEGRITY_EXCEPTION", [field])


def test_not_even_the_administrator_seeds_beyond_the_calendar(admin: Administrator) -> None:
    with pytest.raises(ValueError, match="invalid date: 0900-01-01T00:00:00Z"):
        admin.seed("Account", [{"Name": "A", "CreatedDate": "0900-01-01T00:00:00Z"}])
