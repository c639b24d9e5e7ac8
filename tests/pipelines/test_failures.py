"""Each class of failure, by the codes and messages that Salesforce really sends."""

from __future__ import annotations

import pytest

from pipelines.loading.failures import SYSTEMIC, TRANSIENT, FailureClass, classify


@pytest.mark.parametrize(
    "code, message, verdict",
    [
        ("FIELD_CUSTOM_VALIDATION_EXCEPTION", "Closed schools need a reason", "row"),
        ("STRING_TOO_LONG", "Account Name: data value too large: Aaa (max length=255)", "row"),
        ("DUPLICATE_VALUE", "duplicate value found: Source_Key__c duplicates value on record with id: 001", "row"),
        ("DUPLICATES_DETECTED", "Use one of these records?", "row"),
        ("ENTITY_IS_DELETED", "entity is deleted", "row"),
        ("INSUFFICIENT_ACCESS_OR_READONLY", "insufficient access rights on object id", "row"),
        ("CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY", "T: execution of AfterInsert caused by: …", "row"),
        ("INVALID_FIELD", "Foreign key external ID: 0116 not found for field X__c in entity Y__c", "row"),
        ("INVALID_FIELD_FOR_INSERT_UPDATE", "Account: bad field names on insert/update call: Name", "row"),
        ("A_CODE_OF_NEXT_YEAR", "", "row"),
        ("UNABLE_TO_LOCK_ROW", "unable to obtain exclusive access to this record", "transient"),
        ("ALL_OR_NONE_OPERATION_ROLLED_BACK", "", "transient"),
        ("CIRCULAR_DEPENDENCY", "attempt to violate hierarchy constraints", "transient"),
        ("REQUEST_LIMIT_EXCEEDED", "ConcurrentRequests (Concurrent API Requests) Limit exceeded.", "transient"),
        ("REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded.", "systemic"),
        ("INVALID_SESSION_ID", "Session expired or invalid", "systemic"),
        ("INVALID_FIELD", "No such column 'X__c' on sobject of type Account", "systemic"),
        ("INVALID_FIELD_FOR_INSERT_UPDATE", "Unable to create/update fields: X__c. …", "systemic"),
        ("InvalidBatch", "InvalidBatch : Field name not found : X__c", "systemic"),
    ],
)
def test_a_failure_is_blamed_on_whom_it_concerns(code: str, message: str, verdict: FailureClass) -> None:
    assert classify(code, message) == verdict


def test_no_code_stands_in_both_tables() -> None:
    assert not TRANSIENT & SYSTEMIC
