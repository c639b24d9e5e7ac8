"""A town of schools and teachers, untidy on both sides: what a whole run is tried on. `size` is how many of each kind.

Accounts: linked and stale ones (some frozen, closed, edited by people), new districts with new schools below
them, linked schools whose district is new, two mergers.

People: linked and stale, found by e-mail, new at old and new schools.
"""

from __future__ import annotations

from tests.runs.place import Place, Row


def directory(size: int) -> list[Row]:
    """The feed of institutions."""
    old: list[Row] = [
        {
            "institution_id": f"s{n}",
            "name": f"School Nº {n} “née” =1+1",
            "status": "C" if n % 9 == 4 else "A",
            "parent_id": f"d{n}" if n % 10 == 0 else "",
            "street": f"{n} Main St\nRear entrance",
            "city": "Zürich",
            "phone": f"555-{n:04}",
            "enrollment": n,
            "merged_into": {7: "s8", 11: "new11"}.get(n, ""),
        }
        for n in range(size)
    ]
    districts: list[Row] = [{"institution_id": f"d{n}", "name": f"District {n}", "city": "Basel"} for n in range(size)]
    schools: list[Row] = [
        {"institution_id": f"n{n}", "name": f"New School {n}", "parent_id": f"d{n}", "city": 'Bern, "BE"'}
        for n in range(size)
    ]
    return [*old, *districts, *schools, {"institution_id": "new11", "name": "Heir of eleven"}]


def people(size: int) -> list[Row]:
    """The feed of personnel."""
    linked: list[Row] = [_person(n, f"s{n}", status="I" if n % 8 == 3 else "A") for n in range(size)]
    found: list[Row] = [_person(size + n, f"s{n}") for n in range(size // 2)]
    new: list[Row] = [_person(2 * size + n, f"s{n}" if n % 2 else f"n{n}") for n in range(size)]
    return [*linked, *found, *new]


def _person(n: int, at: str, status: str = "A") -> Row:
    return {
        "person_id": f"p{n}",
        "institution_id": at,
        "first_name": "Zoë 🦉",
        "last_name": f"O'Neil {n}",
        "title": "Teacher",
        "email": "" if status == "I" else f"p{n}@example.org",
        "status": status,
    }


def settle_in(place: Place, size: int) -> None:
    """The org as people left it, and the feeds as the directory has them today."""
    accounts = [
        {
            "Source_Key__c": f"S{n}" if n % 3 == 0 else f"s{n}",
            "Name": f"Old name {n}",
            "Phone": "by hand" if n % 2 else None,
            "Do_Not_Update__c": n % 7 == 1,
            "Do_Not_Update_Hierarchy__c": n % 20 == 10,
            "Description": f"people's words {n}",
        }
        for n in range(size)
    ]
    ids = place.org.seed("Account", [*accounts, {"Name": "Nobody's", "Phone": "1"}])
    contacts: list[Row] = [
        {"Source_Key__c": f"p{n}", "LastName": "Old", "Email": f"old{n}@example.org", "AccountId": ids[n]}
        for n in range(size)
    ]
    contacts += [
        {"LastName": f"Known {n}", "Email": f"P{size + n}@example.org", "Title": "Head", "AccountId": ids[n]}
        for n in range(size // 2)
    ]
    place.org.seed("Contact", contacts)
    place.feed("institutions", directory(size))
    place.feed("personnel", people(size))
