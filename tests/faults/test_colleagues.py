"""Contacts that colleagues have as well: a record is kept in accord with its owner's item, and none is made twice."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from assets.outlook_contacts import ENTITY as CONTACTS
from pipelines.telling.release import release
from resources.outlook.keys import key_of
from tests.faults.desk import ANN, BOB, Desk

JOE = {"surname": "Doe", "emailAddresses": [{"address": "joe@x.org"}]}


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """Ann owns the record of somebody whom she has in Outlook."""
    made = Desk(tmp_path, CONTACTS)
    made.run()
    made.org.person("POST", "sobjects/Contact", {"LastName": "Doe", "Email": "joe@x.org", "OwnerId": made.users[ANN]})
    yield made
    made.close()


def enters(desk: Desk, user: str) -> str:
    """Somebody has the contact in Outlook; its id."""
    desk.clock.go_on(timedelta(seconds=2))
    return str(desk.office.door("put", user=user, collection="contacts", rows=[JOE])["ids"][0])


def reasons(desk: Desk) -> dict[str, int]:
    """Those of an import."""
    report = desk.run(create_missing=True)
    assert report is not None
    return report.reasons


def keys(desk: Desk) -> list[str]:
    """Those of the org's contacts."""
    return [str(row["Outlook_Id__c"]) for row in desk.org.records("Contact", ["Outlook_Id__c"])]


def test_a_colleague_who_has_the_contact_first_does_not_get_it(desk: Desk) -> None:
    enters(desk, BOB)
    assert reasons(desk) == {"skipped: other_owner": 1, "skipped: prevented": 1}
    own = enters(desk, ANN)
    assert reasons(desk) == {"linked: same_Email": 1, "skipped: other_owner": 1}
    assert reasons(desk) == {"skipped: other_owner": 1}
    assert keys(desk) == [key_of(own)]


def test_a_contact_that_was_entered_again_waits_until_the_old_one_is_let_go(desk: Desk) -> None:
    first = enters(desk, ANN)
    reasons(desk)
    desk.office.door("delete", user=ANN, collection="contacts", ids=[first])
    reasons(desk)
    again = enters(desk, ANN)
    waiting = {"skipped: deleted_in_source": 1, "held: paired_already": 1}
    assert [reasons(desk) for _ in range(2)] == [waiting] * 2
    with desk.warehouse.open() as con:
        release(con, [key_of(first)])
    assert reasons(desk) == {"linked: moved": 1}
    assert keys(desk) == [key_of(again)]
    assert reasons(desk) == {}
