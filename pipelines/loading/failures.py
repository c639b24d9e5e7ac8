"""Whose fault a failure is: the row's, the moment's, or the whole run's, told by Salesforce's error code.

`row` counts towards the row's quarantine, `transient` is tried again inside the run, `systemic` stops the run and
blames no row. To add a code, add it to one of the two tables; what stands in neither is the row's.
"""

from __future__ import annotations

from typing import Literal

from pipelines.sql import literal, literals

FailureClass = Literal["row", "transient", "systemic"]

TRANSIENT = frozenset(
    {
        "ALL_OR_NONE_OPERATION_ROLLED_BACK",  # another record of the call failed, not this one
        "BATCH_PROCESSING_HALTED",
        "CIRCULAR_DEPENDENCY",  # of parents as they were a moment ago: known circles are held before
        "DATABASE_ERROR",
        "PROCESSING_HALTED",
        "QUERY_TIMEOUT",
        "REQUEST_RUNNING_TOO_LONG",
        "SERVER_UNAVAILABLE",
        "TOO_MANY_APEX_REQUESTS",
        "UNABLE_TO_LOCK_ROW",
        "UNKNOWN_EXCEPTION",
    }
)

SYSTEMIC = frozenset(
    {
        # who we are, and whether we may
        "API_CURRENTLY_DISABLED",
        "API_DISABLED_FOR_ORG",
        "FEATURENOTENABLED",
        "FUNCTIONALITY_NOT_ENABLED",
        "INSUFFICIENT_ACCESS",
        "INVALID_AUTH_HEADER",
        "INVALID_CLIENT",
        "INVALID_CLIENT_ID",
        "INVALID_GRANT",
        "INVALID_LOGIN",
        "INVALID_SESSION_ID",
        "ORG_LOCKED",
        "PASSWORD_LOCKOUT",
        "USER_DISABLED",
        # what the org allows in a day, or at all
        "EXCEEDED_QUOTA",
        "LICENSE_LIMIT_EXCEEDED",
        "REQUEST_LIMIT_EXCEEDED",
        "STORAGE_LIMIT_EXCEEDED",
        # the declaration and the org do not agree
        "INVALIDBATCH",
        "INVALIDENTITY",
        "INVALID_FIELD",
        "INVALID_FIELD_FOR_INSERT_UPDATE",
        "INVALID_TYPE",
        # the request itself is wrong, so every other one like it would be
        "EXCEEDED_ID_LIMIT",
        "INVALID_QUERY_LOCATOR",
        "JSON_PARSER_ERROR",
        "MALFORMED_QUERY",
        "METHOD_NOT_ALLOWED",
        "NOT_FOUND",
        "UNSUPPORTED_API_VERSION",
        # found on our side of the connection
        "DAILY_CALLS_REACHED",
        "FIELD_NOT_VISIBLE",
        "INVALID_CREDENTIALS",
        "NOT_THE_ORG",
        "OBJECT_NOT_VISIBLE",
        "TLS_NOT_TRUSTED",
        "UNREACHABLE",
    }
)

# A few codes mean one thing for a whole request and another for one row: the message alone tells them apart.
_BY_MESSAGE: dict[str, tuple[tuple[str, FailureClass], ...]] = {
    "INVALID_FIELD": (("Foreign key external ID", "row"),),
    "INVALID_FIELD_FOR_INSERT_UPDATE": (("bad field names on insert/update call", "row"),),
    "REQUEST_LIMIT_EXCEEDED": (("ConcurrentRequests", "transient"), ("ConcurrentPerOrg", "transient")),
}


def classify(code: str, message: str = "") -> FailureClass:
    """Whose fault it is. An unknown code is the row's: it spoils one row where a wrong stop would spoil the run."""
    code = code.upper()
    for text, verdict in _BY_MESSAGE.get(code, ()):
        if text in message:
            return verdict
    if code in TRANSIENT:
        return "transient"
    return "systemic" if code in SYSTEMIC else "row"


def class_sql(code: str, message: str) -> str:
    """What `classify` says, of two text expressions."""
    told = "\n      ".join(
        f"when upper({code}) = {literal(name)} and contains(coalesce({message}, ''), {literal(text)})"
        f" then {literal(verdict)}"
        for name, texts in _BY_MESSAGE.items()
        for text, verdict in texts
    )
    return f"""case
      {told}
      when upper({code}) in {literals(sorted(TRANSIENT))} then 'transient'
      when upper({code}) in {literals(sorted(SYSTEMIC))} then 'systemic'
      else 'row'
    end"""
