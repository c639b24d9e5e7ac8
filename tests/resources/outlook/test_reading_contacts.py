"""Contacts of many mailboxes."""

from __future__ import annotations

from tests.resources.outlook.conftest import ADA, EMMY, Reader, refusal


def test_contacts_are_read_by_changes(contacts: Reader) -> None:
    kept, gone = contacts.office.admin.put(
        ADA, "contacts", [{"givenName": "Sofia", "emailAddresses": [{"address": "S@Example.org"}]}, {"givenName": "x"}]
    )
    contacts.read()
    assert (contacts.rows[kept]["addresses"], contacts.rows[kept]["crmId"]) == ('["s@example.org"]', None)
    contacts.office.admin.delete(ADA, "contacts", gone)
    contacts.office.admin.set_private(ADA, "contacts", kept)
    contacts.read()
    assert (contacts.removed, contacts.rows[kept]["sensitivity"], contacts.calls) == ([gone], "private", 1)


def test_contacts_read_anew_lose_what_is_gone(contacts: Reader) -> None:
    contacts.office.admin.user(EMMY)
    contacts.users = [ADA, EMMY]
    contacts.office.admin.put(EMMY, "contacts", [{"givenName": "hers"}])
    kept, gone = contacts.office.admin.put(ADA, "contacts", [{"givenName": "a"}, {"givenName": "b"}])
    contacts.read()
    contacts.office.admin.delete(ADA, "contacts", gone)
    contacts.office.admin.expire_delta(ADA)
    contacts.read()
    assert (contacts.removed, [row["id"] for row in contacts.told]) == ([gone], [kept])
    assert contacts.one(givenName="hers")


def test_a_mailbox_that_is_refused_removes_nothing(contacts: Reader) -> None:
    contacts.office.admin.user(EMMY)
    contacts.users = [ADA, EMMY, "nobody@example.com"]
    (gone,) = contacts.office.admin.put(ADA, "contacts", [{"givenName": "a"}])
    contacts.read()
    contacts.office.admin.delete(ADA, "contacts", gone)
    contacts.office.admin.set_faults(refusal("ada@example.com/contacts", 403, "ErrorAccessDenied"))
    contacts.read()
    assert contacts.removed == []
    assert contacts.mailboxes == {ADA: "ErrorAccessDenied", EMMY.lower(): None, "nobody@example.com": "unknown_user"}
    contacts.office.admin.set_faults()
    contacts.read()
    assert contacts.removed == [gone]
