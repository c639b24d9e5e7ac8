"""A list of numbers in Outlook, the first of which is the CRM's: none is lost, whoever changes it and whatever is."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from assets.outlook_contacts import ENTITY as CONTACTS
from tests.faults.desk import ANN, Desk
from tests.faults.kinds import BATCH_OF_WRITES
from tests.faults.test_lost_in_mailboxes import lost_at, ran

NUMBERS = ["111", "222"]


class People:
    """A contact whom both sides know."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        joe = {"LastName": "Doe", "Email": "joe@x.org", "Phone": "111", "OwnerId": desk.users[ANN]}
        self.record = str(desk.org.person("POST", "sobjects/Contact", joe)["id"])
        item = {"surname": "Doe", "emailAddresses": [{"address": "joe@x.org"}], "businessPhones": NUMBERS}
        desk.office.door("put", user=ANN, collection="contacts", rows=[item])
        assert ran(desk).outcomes == {"linked": 1}

    def types(self, number: str | None) -> None:
        """Somebody has another number in the CRM."""
        self.desk.later(timedelta(minutes=6))
        self.desk.org.person("PATCH", f"sobjects/Contact/{self.record}", {"Phone": number})

    @property
    def numbers(self) -> list[str]:
        (item,) = self.desk.office.contacts(ANN)
        return list(item["businessPhones"])

    @property
    def phone(self) -> str | None:
        (record,) = self.desk.org.records("Contact", ["Id", "Phone"])
        return record["Phone"]  # type: ignore[no-any-return]


@pytest.fixture
def people(tmp_path: Path) -> Iterator[People]:
    desk = Desk(tmp_path, CONTACTS)
    desk.run()
    yield People(desk)
    desk.close()


@pytest.mark.parametrize("kind", ["lost", "reset"])
def test_a_number_that_was_cleared_takes_no_other_with_it_when_the_answer_is_lost(people: People, kind: str) -> None:
    people.types(None)
    lost_at(people.desk, BATCH_OF_WRITES, kind)
    assert people.numbers == (["222"] if kind == "lost" else NUMBERS)
    for _ in range(2):
        ran(people.desk)
        assert (people.numbers, people.phone) == (["222"], None)
    assert ran(people.desk).status == "nothing_to_do"


@pytest.mark.parametrize("kind", ["lost", "reset"])
@pytest.mark.parametrize("before", [None, "333"], ids=["cleared", "changed"])
def test_what_people_type_after_that_replaces_our_own_number_alone(
    people: People, before: str | None, kind: str
) -> None:
    people.types(before)
    lost_at(people.desk, BATCH_OF_WRITES, kind)
    people.types("999")
    ran(people.desk)
    assert (people.numbers, people.phone) == (["999", "222"], "999")
    assert ran(people.desk).status == "nothing_to_do"


@pytest.mark.parametrize(
    "typed, there, then",
    [
        pytest.param(None, ["222"], ["222"], id="cleared, and taken away there"),
        pytest.param("999", ["222"], ["999", "222"], id="changed, and taken away there"),
        pytest.param("999", ["333"], ["999", "333"], id="changed, and both changed there"),
    ],
)
def test_a_number_stays_that_people_left_when_both_sides_changed_the_first(
    people: People, typed: str | None, there: list[str], then: list[str]
) -> None:
    people.types(typed)
    (item,) = people.desk.office.contacts(ANN)
    changed = {"id": item["id"], "businessPhones": there}
    people.desk.office.door("patch", user=ANN, collection="contacts", rows=[changed])
    for _ in range(2):
        ran(people.desk)
        assert (people.numbers, people.phone) == (then, typed)
    assert ran(people.desk).status == "nothing_to_do"


def test_a_number_that_has_no_room_is_told_and_takes_the_place_of_none(people: People) -> None:
    people.types("999")
    (item,) = people.desk.office.contacts(ANN)
    changed = {"id": item["id"], "businessPhones": ["333", "222"]}
    people.desk.office.door("patch", user=ANN, collection="contacts", rows=[changed])
    for _ in range(2):
        ran(people.desk)
        assert (people.numbers, people.phone) == (["333", "222"], "999")
    assert ran(people.desk).status == "nothing_to_do"
