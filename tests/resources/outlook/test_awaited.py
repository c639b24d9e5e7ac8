"""What we made and Outlook says nothing of is asked for by itself, and told as a delta would."""

from __future__ import annotations

import pytest

from tests.resources.outlook.conftest import ADA, EMMY, Reader, meeting, refusal

ITEMS: dict[str, dict[str, object]] = {
    "tasks": {"title": "x", "linkedResources": [{"webUrl": "https://x.org", "externalId": "1"}]},
    "contacts": {"surname": "x"},
    "events": meeting("2027-01-20"),
}


@pytest.fixture(params=ITEMS)
def reader(request: pytest.FixtureRequest) -> Reader:
    found: Reader = request.getfixturevalue(request.param)
    found.office.admin.put(ADA, found.collection, [ITEMS[found.collection]])
    found.read()
    return found


def test_it_is_there_as_a_delta_tells_it(reader: Reader) -> None:
    ((key, there),) = reader.rows.items()
    reader.made = {key: reader.rows.pop(key)}
    reader.read()
    assert reader.told == [there]
    assert reader.made == {}
    reader.read()
    assert (reader.told, reader.calls) == ([], 1)


def test_it_is_gone(reader: Reader) -> None:
    ((key, there),) = reader.rows.items()
    reader.made = {"nowhere": {**there, "id": "nowhere"}}
    reader.read()
    assert (reader.told, reader.removed, list(reader.rows)) == ([], ["nowhere"], [key])


def test_it_is_asked_for_again_where_nobody_says(reader: Reader) -> None:
    ((_, there),) = reader.rows.items()
    reader.made = {"nowhere": {**there, "id": "nowhere"}}
    reader.office.admin.set_faults({**refusal("nowhere", 403, "ErrorAccessDenied"), "times": 1})
    reader.read()
    assert (reader.told, reader.removed) == ([], [])
    reader.read()
    assert reader.removed == ["nowhere"]


def test_what_is_told_is_not_asked_for(reader: Reader) -> None:
    reader.made, reader.cursor = dict(reader.rows), None
    reader.read()
    before = reader.calls
    reader.cursor = None
    reader.read()
    assert reader.calls == before


def test_of_a_mailbox_that_nobody_asks_for_nothing_is_asked(reader: Reader) -> None:
    ((_, there),) = reader.rows.items()
    reader.made = {"nowhere": {**there, "id": "nowhere", "user": EMMY.lower()}}
    reader.read()
    assert (reader.removed, reader.calls) == ([], 1)
