"""Two towns that were synced once: one where all is well, and one where everything that a check asks about is wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from assets.declarations import entities
from checks.question import Answer, Copy, Question
from resources.warehouse import Warehouse, read_copy
from tests.runs.place import Place, place
from tests.runs.service import Service

Ask = Callable[..., Answer]

PERSON = {"first_name": "Emmy", "institution_id": "s1", "updated_at": "2026-03-01T00:00:00Z"}


def tidy(there: Place) -> Service:
    """One school and one person, both in the CRM; a profile and a connection that the service has."""
    [school] = there.org.seed("Account", [{"Source_Key__c": "s1", "Name": "Old"}])
    there.org.seed("Contact", [{"Source_Key__c": "p1", "LastName": "Old", "AccountId": school, "Email": "a@b.org"}])
    there.feed("institutions", [{"institution_id": "s1", "name": "School", "status": "A", "enrollment": 7}])
    there.feed("personnel", [{"person_id": "p1", "last_name": "Noether", "email": "a@b.org", **PERSON}])
    there.org.seed("User", [user("u1")])
    service = Service()
    service.profile("e1", account_ids=["s1"], first_name="Emmy", signed_up_at="2026-03-01T00:00:00Z")
    service.connection("c1", profile_id="e1", user_id="u1")
    return service


def untidy(there: Place) -> Service:
    """Missing, twice, refused: whatever a check can find."""
    accounts = [{"Source_Key__c": "s1", "Name": "Old"}, {"Name": "Missing Academy", "BillingCity": "Jena"}]
    [school, _] = there.org.seed("Account", accounts)
    there.org.seed(
        "Contact",
        [
            {"LastName": "Twice", "AccountId": school, "Email": "twice@example.org"},
            {"LastName": "Twice", "AccountId": school, "Email": "TWICE@example.org"},
            {"Source_Key__c": "p1", "LastName": "Old", "AccountId": school},
        ],
    )
    there.feed(
        "institutions",
        [
            {"institution_id": "s1", "name": "School", "status": "A", "enrollment": 7},
            {"institution_id": "s2", "name": "Missing Academy", "city": "Jena", "status": "A"},
            {"institution_id": "s3", "name": "Missing too", "status": "A"},
            {"institution_id": "s4", "name": "Missing but closed", "status": "C"},
            {"institution_id": "s5", "name": "Twice", "status": "A"},
            {"institution_id": "S5", "name": "Twice", "status": "A"},
            {"institution_id": "s6", "name": "", "status": "A"},
            {"institution_id": "s7", "name": "Odd", "status": "Z", "enrollment": "many"},
            {"institution_id": "s8", "name": "x" * 300, "status": "A"},
        ],
    )
    there.feed(
        "personnel",
        [
            {"person_id": "p1", "last_name": "Noether", **PERSON},
            {"person_id": "p2", "last_name": "Waiting", **PERSON, "institution_id": "s3"},
            {"person_id": "p3", "last_name": "Spelled", "email": "no address", **PERSON},
            {"person_id": "p4", "last_name": "Nowhen", **PERSON, "updated_at": "yesterday"},
            {"person_id": "p5", "last_name": "Refused", **PERSON},
        ],
    )
    there.org.seed("User", [user("u1")])
    there.org.seed("Engage_Profile__c", [{"External_Id__c": "e-typed", "Kind__c": "HCP"}])
    service = Service()
    told: dict[str, dict[str, object]] = {
        "e1": {"account_ids": ["s1"]},
        "e2": {"account_ids": ["nowhere", "s3"]},
        "e3": {"account_ids": []},
        "e4": {"kind": "Robot"},
        "e5": {"signed_up_at": "last summer"},
    }
    for key, facts in told.items():
        service.profile(key, **facts)
        service.connection(f"c-{key}", profile_id=key, user_id="u1")
    service.connection("c6", profile_id="e1", user_id="nobody")
    service.connection("c7", profile_id="nobody", user_id="u1")
    service.connection("c8", profile_id="e1", user_id="u1", active="perhaps")
    return service


def user(name: str) -> dict[str, object]:
    """A user of the org whom the service knows by this name."""
    address = f"{name}@example.org"
    return {"Username": address, "LastName": name, "Email": address, "Alias": name, "FederationIdentifier": name}


def _asking(there: Place) -> Ask:
    def ask(question: Question, entity: str, now: datetime | None = None) -> Answer:
        path = Warehouse(there.home, entity).published(entity)
        assert path is not None
        with read_copy(path) as con:
            return question.answer(Copy(entities()[entity], con, now or datetime.now(UTC)))

    return ask


@pytest.fixture(scope="session")
def well(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ask]:
    """Asks a question where all is well."""
    yield from _town(tmp_path_factory.mktemp("well"), tidy)


@pytest.fixture(scope="session")
def wrong(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ask]:
    """Asks a question where everything is wrong."""
    yield from _town(tmp_path_factory.mktemp("wrong"), untidy)


def _town(home: Path, settle: Callable[[Place], Service]) -> Iterator[Ask]:
    with place(home) as there:
        service = settle(there)
        for entity in ("accounts", "personnel"):
            there.run(entity, approved=True)
        service.sync(there)
        yield _asking(there)
