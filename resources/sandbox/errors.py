"""Errors in Salesforce's words: of a whole call (`ApiError`) and of one row (`RowError`).

Those of SOQL are in `soql`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

NO_SUCH_COLUMN_HINT = (
    "If you are attempting to use a custom field, be sure to append the '__c' after the custom field name. "
    "Please reference your WSDL or the describe call for the appropriate names."
)


class ApiError(Exception):
    """A call that is refused as a whole; the answer's body is a JSON array with this one error."""

    duplicates: Mapping[str, object] | None = None
    """Of DUPLICATES_DETECTED: the rule and what was matched."""

    def __init__(self, status: int, code: str, message: str, fields: Iterable[str] | None = None) -> None:
        super().__init__(f"{code}: {message}")
        self.status = status
        self.code = code
        self.message = message
        self.fields = None if fields is None else list(fields)

    def body(self) -> list[dict[str, object]]:
        error: dict[str, object] = {"message": self.message, "errorCode": self.code}
        if self.duplicates is not None:
            return [{"duplicateResut": self.duplicates, **error}]  # spelt so by the platform
        if self.fields is not None:
            error["fields"] = self.fields
        return [error]


@dataclass(frozen=True, slots=True)
class RowError:
    """Why one row was refused; `duplicates` only for DUPLICATES_DETECTED."""

    code: str
    message: str
    fields: tuple[str, ...] = ()
    duplicates: Mapping[str, object] | None = field(default=None, compare=False)

    def as_json(self) -> dict[str, object]:
        """As it stands in the answer of a collections call."""
        return {"statusCode": self.code, "message": self.message, "fields": list(self.fields)}

    def as_csv(self) -> str:
        """As it stands in the column sf__Error of a bulk job."""
        return (
            f"{self.code}:{self.message}:{','.join(self.fields)} --"
            if self.fields
            else f"{self.code}:{self.message}:--"
        )

    def as_api_error(self) -> ApiError:
        """As the answer to a call about this one record."""
        error = ApiError(_STATUS.get(self.code, 400), self.code, self.message, self.fields)
        error.duplicates = self.duplicates
        return error


_STATUS = {"ENTITY_IS_DELETED": 404, "NOT_FOUND": 404, "INSUFFICIENT_ACCESS_OR_READONLY": 403}


def not_found(message: str = "The requested resource does not exist") -> ApiError:
    return ApiError(404, "NOT_FOUND", message)


def invalid_session() -> ApiError:
    return ApiError(401, "INVALID_SESSION_ID", "Session expired or invalid")


def no_such_column(name: str, sobject: str) -> ApiError:
    """A field in a row that does not exist, or that the user may not see."""
    return ApiError(400, "INVALID_FIELD", f"No such column '{name}' on sobject of type {sobject}")
