"""A mailbox that is another one than before loses nothing of the one that it was."""

from __future__ import annotations

import pytest

from tests.resources.outlook.conftest import ADA, Reader, meeting, refusal

ITEMS: dict[str, dict[str, object]] = {
    "tasks": {"title": "x"},
    "events": meeting("2027-01-05"),
    "contacts": {"givenName": "x"},
}


@pytest.mark.parametrize("collection", list(ITEMS))
def test_a_mailbox_of_somebody_else_under_the_same_name_removes_nothing(
    request: pytest.FixtureRequest, collection: str
) -> None:
    reader: Reader = request.getfixturevalue(collection)
    reader.office.admin.put(ADA, collection, [ITEMS[collection]])
    reader.read()
    reader.office.admin.clear()
    reader.office.admin.user(ADA)
    cursor = reader.cursor
    for _ in range(2):
        reader.read()
        assert (reader.mailboxes, reader.removed, reader.told) == ({ADA: "another_mailbox"}, [], [])
    assert reader.cursor == cursor
    reader.cursor = None
    reader.read()
    assert (reader.mailboxes, len(reader.removed)) == ({ADA: None}, 1)


@pytest.mark.parametrize("collection", list(ITEMS))
def test_where_the_directory_may_not_be_read_the_name_alone_counts(
    request: pytest.FixtureRequest, collection: str
) -> None:
    reader: Reader = request.getfixturevalue(collection)
    reader.office.admin.set_faults(refusal(f"/users/{ADA}$", 403, "Authorization_RequestDenied"))
    (gone,) = reader.office.admin.put(ADA, collection, [ITEMS[collection]])
    reader.read()
    reader.office.admin.delete(ADA, collection, gone)
    reader.office.admin.expire_delta()
    reader.read()
    assert (reader.mailboxes, reader.removed) == ({ADA: None}, [gone])
