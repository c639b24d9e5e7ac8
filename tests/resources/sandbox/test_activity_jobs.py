"""Tasks in bulk jobs, with parents of several kinds named by their key."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.resources.sandbox.live import Live, csv_text, serving


@pytest.fixture(scope="module")
def org(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    with serving(tmp_path_factory.mktemp("org")) as live:
        yield live


def test_tasks_are_upserted_by_their_id_in_outlook_with_a_contact_by_its_own(org: Live) -> None:
    [contact] = org.seed("Contact", {"LastName": "C", "Outlook_Id__c": "contact"})
    header = ["Outlook_Id__c", "Status", "Contact:Who.Outlook_Id__c"]
    rows = csv_text(header, ["one", "Completed", "contact"], ["two", "", "nobody"])
    job = org.ingest("upsert", rows, "Task", externalIdFieldName="Outlook_Id__c")
    assert (job["state"], job["numberRecordsProcessed"], job["numberRecordsFailed"]) == ("JobComplete", 2, 1)
    [made] = org.records("SELECT WhoId, IsClosed FROM Task WHERE Outlook_Id__c = 'one'")
    assert (made["WhoId"], made["IsClosed"]) == (contact, True)
    [failed] = org.result(job, "failedResults")
    assert failed["sf__Error"].startswith("INVALID_FIELD:Foreign key external ID: nobody not found for field")


@pytest.mark.parametrize(
    "column, message",
    [
        ("Who.Outlook_Id__c", "type is needed for polymorphic foreign key references: Who.Outlook_Id__c"),
        (
            "Account:Who.Source_Key__c",
            "type is needed for polymorphic foreign key references: Account:Who.Source_Key__c",
        ),
    ],
    ids=["no type", "a type that cannot be"],
)
def test_a_key_of_a_parent_without_a_fitting_type_fails_the_job(org: Live, column: str, message: str) -> None:
    job = org.ingest("insert", csv_text([column], ["x"]), "Task")
    assert (job["state"], job["errorMessage"]) == ("Failed", f"InvalidBatch : {message}")
