"""The small plan of people: some are new, some are found by key, e-mail or name, two are twins, one has no institution.

Besides, somebody who left and loses the address, and a person who edits two records while the run is under way.
"""

from __future__ import annotations

from dataclasses import replace

from assets.personnel import ENTITY as SHIPPED
from tests.contract import PERSONNEL
from tests.faults.institutions import INSTITUTIONS
from tests.faults.institutions import row as institution
from tests.faults.plan import Plan

UNMAPPED = "Phone"
LEFT_OUT = ("Department", UNMAPPED)

ENTITY = replace(
    SHIPPED,
    fields={name: rule for name, rule in SHIPPED.fields.items() if name not in LEFT_OUT},
    private=tuple(name for name in SHIPPED.private if name not in LEFT_OUT),
)
"""The shipped declaration without two fields, one of which people use all the same."""

KNOWN_INSTITUTIONS = replace(
    INSTITUTIONS,
    entity=replace(INSTITUTIONS.entity, create="on_request"),
    rows=(institution("i1", "One"), institution("i2", "Two"), institution("i3", "Not in the CRM")),
    before=(
        {"Source_Key__c": "i1", "Name": "One", "Source_Status__c": "A"},
        {"Source_Key__c": "i2", "Name": "Two", "Source_Status__c": "A"},
    ),
    edits=(),
)


def row(key: str, first: str | None, last: str, at: str | None, **more: str) -> dict[str, str | None]:
    blank: dict[str, str | None] = dict.fromkeys(("status", "title", "email", "merged_into"))
    return {**blank, "person_id": key, "first_name": first, "last_name": last, "institution_id": at, **more}


PEOPLE = Plan(
    entity=ENTITY,
    spec=PERSONNEL,
    rows=(
        row("n1", "Ann", "New", "i1", email="ann@new.org", title='"Dr", new'),
        row("n2", None, "New", "i2"),
        row("n3", "Cy", "Waits", "i3"),
        row("k1", "Moves", "Known", "i2", email="moved@known.org"),
        row("k2", "Left", "Known", "i1", status="I"),
        row("k3", "Stays", "Known", "i1"),
        row("e1", "By", "Address", "i1", email="BY@address.org", title="of the source"),
        row("m1", "By", "Name", "i2"),
        row("t1", "A", "Twin", "i1", email="twin@twins.org"),
        row("t2", "Two", "Twins", "i2"),
    ),
    before=(
        {"Source_Key__c": "k1", "FirstName": "Moves", "LastName": "Known", "AccountId": "i1", "Source_Status__c": "A"},
        {
            "Source_Key__c": "k2",
            "FirstName": "Left",
            "LastName": "Known",
            "AccountId": "i1",
            "Email": "left@known.org",
            "Source_Status__c": "A",
        },
        {"Source_Key__c": "k3", "FirstName": "Stays", "LastName": "Known", "AccountId": "i1", "Source_Status__c": "A"},
        {"Source_Key__c": None, "LastName": "Typed", "Email": "by@address.org", "Title": "by hand", "Phone": "1"},
        {"Source_Key__c": None, "FirstName": "by", "LastName": "NAME", "AccountId": "i2", "Phone": "2"},
        {"Source_Key__c": None, "LastName": "One", "Email": "twin@twins.org", "Phone": "3"},
        {"Source_Key__c": None, "LastName": "Other", "Email": "twin@twins.org", "Phone": "4"},
        {"Source_Key__c": None, "FirstName": "Two", "LastName": "Twins", "AccountId": "i2", "Phone": "5"},
        {"Source_Key__c": None, "FirstName": "Two", "LastName": "Twins", "AccountId": "i2", "Phone": "6"},
        {"Source_Key__c": None, "FirstName": "By", "LastName": "Name", "AccountId": "i1", "Phone": "7"},
    ),
    edits=(("k1", UNMAPPED, "people's words"), ("k1", "Title", "edited by hand")),
    unmapped=UNMAPPED,
    taken_away="Email",
    outcomes={"created": 2, "deactivated": 1, "held": 2, "linked": 2, "skipped": 1, "unchanged": 1, "updated": 1},
    above=KNOWN_INSTITUTIONS,
)
