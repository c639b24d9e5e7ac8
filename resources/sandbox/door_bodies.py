"""What the administrator's doors take: what is not asked for, or not of its type, is refused, and in which words.

The bodies of doors to records are in `bodies_of_records`, those of all others in `bodies_of_setup`.
"""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

Text = Annotated[str, Field(min_length=1)]
Scalar = str | int | float | bool | None
Fields = dict[str, Any]
"""Values by the names of fields: whether they can be is for the fields to say."""


class Body(BaseModel):
    """The JSON object that is sent to a door."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, allow_inf_nan=False)


def mistakes(error: ValidationError) -> str:
    """What is wrong with a body, in words that name each member."""
    return "; ".join(_mistake(dict(one)) for one in error.errors(include_url=False))


def _mistake(one: dict[str, Any]) -> str:
    where = ".".join(str(step) for step in one["loc"])
    match one["type"]:
        case "missing":
            return f"'{where}' is missing"
        case "extra_forbidden":
            return f"'{where}' is not known"
        case "value_error":
            return str(one["ctx"]["error"])
    return f"'{where}': {one['msg']}"
