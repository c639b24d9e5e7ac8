"""Events and contacts of Outlook: the same promises as of tasks, each from one file of its own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from assets.events import ENTITY as EVENTS
from assets.outlook_contacts import ENTITY as CONTACTS
from resources.salesforce.org import SalesforceOrg
from tests.runs.both_sides_place import ANN, Sides, both_sides
from tests.runs.place import HASTY

DAY = (datetime.now(UTC) + timedelta(days=5)).date().isoformat()


@pytest.fixture(scope="module")
def sides(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sides]:
    with both_sides(tmp_path_factory.mktemp("outlook")) as place:
        place.person(ANN)
        yield place


def event(subject: str, at: int = 12, **told: object) -> dict[str, object]:
    hours = {"start": at, "end": at + 1}
    return {
        "subject": subject,
        **{name: {"dateTime": f"{DAY}T{hour:02}:00:00", "timeZone": "UTC"} for name, hour in hours.items()},
        **told,
    }


def records(sides: Sides, sobject: str, *fields: str) -> dict[str, dict[str, Any]]:
    with SalesforceOrg(sides.settings(), HASTY) as org:
        pages = org.snapshot(sobject, ["Id", *fields], since=None).pages
        return {str(row[fields[0]]): row for page in pages for row in page.to_pylist()}


def rows(sides: Sides, collection: str, name: str) -> dict[str, Mapping[str, Any]]:
    return {str(row.get(name)): row for row in sides.office.rows(ANN, collection)}


@pytest.fixture(scope="module")
def calendar(sides: Sides) -> dict[str, str]:
    """Outcomes after a first run over a calendar with one event of each kind."""
    sides.office.put(
        ANN,
        "events",
        [
            event("Lunch"),
            event("Secret", sensitivity="private"),
            event("Meeting", attendees=[{"emailAddress": {"address": "bob@x.org"}, "type": "required"}]),
            event("Invited", isOrganizer=False, organizer={"emailAddress": {"address": "bob@x.org"}}),
        ],
    )
    sides.org.seed(
        "Event",
        [
            {
                "Subject": "Own",
                "OwnerId": sides.users[ANN],
                "StartDateTime": f"{DAY}T09:00:00.000Z",
                "EndDateTime": f"{DAY}T10:00:00.000Z",
            }
        ],
    )
    assert sides.sync(EVENTS).status == "success"
    return sides.outcomes("events")


def test_each_event_has_an_outcome_on_its_side(calendar: dict[str, str]) -> None:
    assert sorted(calendar.values()) == [*["created"] * 3, "created: in_source", "skipped: private"]


def test_times_are_the_same_on_both_sides(sides: Sides, calendar: dict[str, str]) -> None:
    lunch = records(sides, "Event", "Subject", "StartDateTime", "EndDateTime")["Lunch"]
    assert lunch["StartDateTime"] == datetime.fromisoformat(f"{DAY}T12:00:00")
    assert rows(sides, "events", "subject")["Own"]["start"]["dateTime"].startswith(f"{DAY}T09:00:00")


def test_a_change_reaches_the_other_side_and_then_all_is_quiet(sides: Sides, calendar: dict[str, str]) -> None:
    own = rows(sides, "events", "subject")["Own"]
    sides.office.patch(ANN, "events", {"id": own["id"], "location": {"displayName": "Room 5"}})
    assert sides.sync(EVENTS).outcomes["updated"] == 1
    assert records(sides, "Event", "Subject", "Location")["Own"]["Location"] == "Room 5"
    quiet = sides.sync(EVENTS)
    assert (quiet.status, quiet.api_calls) == ("nothing_to_do", 1)


@pytest.mark.parametrize("subject", ["Meeting", "Invited"])
def test_a_meeting_with_others_is_never_changed_in_outlook(
    sides: Sides, calendar: dict[str, str], subject: str
) -> None:
    meeting = records(sides, "Event", "Subject", "Outlook_Id__c")[subject]
    sides.org.do("records/edit", {"sobject": "Event", "ids": [meeting["Id"]], "fields": {"Location": "elsewhere"}})
    before = sides.office.counts()["writes"]
    sides.sync(EVENTS)
    assert sides.office.counts()["writes"] == before
    assert sides.outcomes("events")[meeting["Outlook_Id__c"]] == "unchanged: with_others"


@pytest.fixture(scope="module")
def people(sides: Sides) -> dict[str, str]:
    """Outcomes after a first run: somebody whom both sides know, and one on each side whom the other does not."""
    addresses = [{"address": "joe@x.org", "name": "Joe"}, {"address": "Second@x.org", "name": "Joe at home"}]
    sides.office.put(
        ANN,
        "contacts",
        [
            {"givenName": "Joe", "surname": "Doe", "emailAddresses": addresses, "businessPhones": ["1", "2"]},
            {"givenName": "Al", "surname": "Plumber"},
        ],
    )
    known = {"LastName": "Doe", "FirstName": "Joe", "Email": "JOE@x.org", "OwnerId": sides.users[ANN]}
    sides.org.seed("Contact", [known, {"LastName": "Other", "OwnerId": sides.users[ANN]}])
    assert sides.sync(CONTACTS).status == "success"
    return sides.outcomes("outlook_contacts")


def test_only_those_whom_both_sides_know_are_paired(sides: Sides, people: dict[str, str]) -> None:
    assert sorted(people.values()) == ["linked: same_Email", "skipped: not_in_crm", "skipped: prevented"]
    assert set(rows(sides, "contacts", "surname")) == {"Doe", "Plumber"}


HOME = {"name": "Joe at home", "address": "Second@x.org"}
NEW = {"name": "new@x.org", "address": "new@x.org"}


def edited(sides: Sides, **fields: str | None) -> Mapping[str, Any]:
    """The contact in Outlook, once somebody gave it these values in the CRM; all is quiet then."""
    doe = records(sides, "Contact", "LastName")["Doe"]
    sides.org.do("records/edit", {"sobject": "Contact", "ids": [doe["Id"]], "fields": fields})
    assert sides.sync(CONTACTS).outcomes["updated"] == 1
    assert sides.sync(CONTACTS).status == "nothing_to_do"
    told = records(sides, "Contact", "LastName", *fields)["Doe"]
    assert {name: told[name] for name in fields} == fields
    return rows(sides, "contacts", "surname")["Doe"]


def test_the_first_of_several_addresses_counts_and_the_others_stay(sides: Sides, people: dict[str, str]) -> None:
    assert records(sides, "Contact", "LastName", "Phone")["Doe"]["Phone"] == "1"
    told = edited(sides, Email="new@x.org", Phone="3")
    assert (told["emailAddresses"], told["businessPhones"]) == ([NEW, HOME], ["3", "2"])


def test_one_that_is_cleared_and_typed_again_takes_no_other_with_it(sides: Sides, people: dict[str, str]) -> None:
    told = edited(sides, Email=None, Phone=None)
    assert (told["emailAddresses"], told["businessPhones"]) == ([HOME], ["2"])
    told = edited(sides, Email="new@x.org", Phone="9")
    assert (told["emailAddresses"], told["businessPhones"]) == ([NEW, HOME], ["9", "2"])


def test_one_that_is_there_already_is_there_once(sides: Sides, people: dict[str, str]) -> None:
    told = edited(sides, Email="second@x.org", Phone="2")
    assert (told["emailAddresses"], told["businessPhones"]) == ([HOME, NEW], ["2", "9"])


def test_one_for_which_outlook_has_no_room_is_kept_back_and_all_else_is_written(
    sides: Sides, people: dict[str, str]
) -> None:
    told = edited(sides, Phone=None)
    assert told["businessPhones"] == ["9"]
    sides.office.patch(ANN, "contacts", {"id": told["id"], "businessPhones": ["9", "10"]})
    assert sides.sync(CONTACTS).status == "nothing_to_do"
    told = edited(sides, Phone="11", Title="Dr")
    assert (told["businessPhones"], told["jobTitle"]) == (["9", "10"], "Dr")
    doe = records(sides, "Contact", "LastName")["Doe"]
    sides.org.do("records/edit", {"sobject": "Contact", "ids": [doe["Id"]], "fields": {"Phone": "12"}})
    sides.sync(CONTACTS)
    assert "unchanged: full_there" in sides.outcomes("outlook_contacts").values()
    told = edited(sides, Phone="10")
    assert told["businessPhones"] == ["10", "9"]
