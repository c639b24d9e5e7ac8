"""An org of institutions that people worked in, the directory's feed of them, and what became of people's work.

Every account carries its key and what the directory said before. A tenth have a telephone number that a person filled
in; some are frozen by a person, some closed, and both sorts were renamed by hand: none of that is the directory's.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import requests
from simple_salesforce.api import Salesforce

from tests.resources.salesforce.embedded import Embedded
from tests.runs.place import Place, Row

COLUMNS = {
    "institution_id": "Source_Key__c",
    "name": "Name",
    "type": "Type",
    "street": "BillingStreet",
    "city": "BillingCity",
    "state": "BillingState",
    "postal_code": "BillingPostalCode",
    "country": "BillingCountry",
    "county": "Source_County__c",
    "phone": "Phone",
    "website": "Website",
    "enrollment": "NumberOfEmployees",
    "status": "Source_Status__c",
}
"""Column of the feed → field of the org: what one who upserts everything sends."""

LONG_AGO = {"CreatedDate": "2024-05-01T00:00:00.000Z", "SystemModstamp": "2024-05-01T00:00:00.000Z"}
"""Nobody wrote to the records in the minute before a run, which every snapshot asks for again."""

Cell = tuple[str, str]


def frozen(n: int) -> bool:
    return n % 50 == 2


def closed(n: int) -> bool:
    return n % 50 == 3


def directory(rows: int, changed: int = 0) -> list[Row]:
    """The feed. The first so many that are neither frozen nor closed have three new values."""
    found: list[Row] = []
    for n in range(rows):
        moved = changed > 0 and not frozen(n) and not closed(n)
        changed -= moved
        found.append(_institution(n) | (_move(n) if moved else {}))
    return found


def _move(n: int) -> dict[str, str]:
    return {"name": f"Renamed School {n}", "street": f"{n} New Street", "city": "Newtown"}


def _institution(n: int) -> dict[str, object]:
    return {
        "institution_id": f"k{n}",
        "name": f"School {n}",
        "type": "School",
        "street": f"{n} Main Street",
        "city": f"City {n % 700}",
        "state": "CA",
        "postal_code": f"{n % 99999:05}",
        "country": "US",
        "county": f"County {n % 60}",
        "phone": f"(555) 010-{n:05}",
        "website": f"https://school{n}.example.org",
        "enrollment": n % 3000 + 1,
        "status": "C" if closed(n) else "A",
    }


def by_hand(n: int) -> dict[str, str]:
    """The fields of an account that people keep, as they left them."""
    kept = {"Phone": f"by hand {n}"} if n % 10 == 1 else {}
    if frozen(n) or closed(n):
        kept |= {"Name": f"As people call it {n}", "BillingCity": "Oldtown"}
    return kept


def settle_in(place: Place, rows: int) -> None:
    """The org as it is before anything changes, and the feed that it was made of."""
    feed = directory(rows)
    records = [
        {COLUMNS[name]: value for name, value in row.items()} | by_hand(n) | {"Do_Not_Update__c": frozen(n), **LONG_AGO}
        for n, row in enumerate(feed)
    ]
    place.org.seed("Account", records)
    place.feed("institutions", feed)


@dataclass(frozen=True)
class Org:
    """What the org holds at one moment: (key, field) → text."""

    cells: Mapping[Cell, str]

    @classmethod
    def of(cls, place: Place) -> Org:
        records = place.records("Account")
        return cls(
            {
                (key, field): str(value)
                for key, record in records.items()
                for field, value in record.items()
                if value is not None
            }
        )


def judged(sent: Mapping[Cell, str], before: Org, after: Org, rows: int) -> dict[str, int]:
    """Cells sent, those of them that were there already, and people's cells that are no longer as they left them."""
    people = {(f"k{n}", field): value for n in range(rows) for field, value in by_hand(n).items()}
    return {
        "cells_sent": len(sent),
        "cells_needless": sum(before.cells.get(cell) == value for cell, value in sent.items()),
        "edits_of_people": len(people),
        "edits_lost": sum(after.cells.get(cell) != value for cell, value in people.items()),
    }


def api_calls(org: Embedded) -> int:
    """The calls that the org counted since its log was emptied."""
    door, connection = f"{org.connection.admin_url}/calls", org.connection
    headers = {"Authorization": f"Bearer {connection.admin_token}"}
    with requests.Session() as session:
        session.trust_env = False
        log: list[dict[str, Any]] = session.get(door, headers=headers, verify=connection.ca_file).json()["calls"]
    return sum("/services/data/v" in call["path"] for call in log)


def client(org: Embedded) -> Salesforce:
    """simple-salesforce, logged in to the sandbox."""
    session = requests.Session()
    session.trust_env = False
    session.verify = org.connection.ca_file
    login = {"client_id": org.connection.client_id, "client_secret": org.connection.client_secret}
    token = session.post(org.connection.token_url, data={"grant_type": "client_credentials", **login}).json()
    return Salesforce(
        instance=org.connection.instance, session_id=token["access_token"], version="62.0", session=session
    )


def account(n: int) -> dict[str, object]:
    """A new account of twenty fields."""
    more = {name: f"{name} {n}" for name in MORE}
    return {COLUMNS[name]: value for name, value in _institution(n).items()} | more


MORE = ("ShippingStreet", "ShippingCity", "ShippingState", "ShippingCountry", "Fax", "Site", "Description")
FIELDS = (*COLUMNS.values(), *MORE)
