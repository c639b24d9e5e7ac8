"""The values that a rule for faults may have: nothing is taken for something else, a number in quotes is none.

What a rule does with them is in `faults`, the names it may ask for are in `fault_names`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import AfterValidator, ConfigDict, Field, ValidationError

STRICT = ConfigDict(strict=True, allow_inf_nan=False)
A_DAY = 86_400
WITHOUT_BODY = (204, 205, 304)
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "JOB")


def _expression(text: str) -> str:
    try:
        re.compile(text)
    except re.error as error:
        raise ValueError(f"it is no regular expression: {error}") from error
    return text


def _with_a_body(status: int) -> int:
    if status in WITHOUT_BODY:
        raise ValueError("an answer of that status has no body")
    return status


Expression = Annotated[str, AfterValidator(_expression)]
Method = Annotated[str, Field(pattern=f"^({'|'.join(METHODS)})$")]
FromOne = Annotated[int, Field(ge=1)]
FromZero = Annotated[int, Field(ge=0)]
Share = Annotated[float, Field(ge=0, le=1)]
Seconds = Annotated[float, Field(ge=0, le=A_DAY)]
Status = Annotated[int, Field(ge=200, le=599), AfterValidator(_with_a_body)]
Headers = dict[
    Annotated[str, Field(pattern=r"^[A-Za-z0-9_!#$%&'*+.^`|~-]+$")],
    Annotated[str, Field(pattern=r"^[\t\x20-\x7e]*$")],
]

ASKED_FOR = {
    "path": "a regular expression that is looked for in the path of each call",
    "method": f"one of {', '.join(METHODS)}, in capitals, or null",
    "nth": "a whole number from 1",
    "times": "a whole number from 1, or null",
    "rate": "a number from 0 to 1",
    "seed": "a whole number",
    "status": "the status of an answer with a body, from 200 to 599",
    "headers": "an object: names of headers, and texts of one line",
    "seconds": f"a number from 0 to {A_DAY}",
    "rows": "a whole number from 0, or null",
    "share": "a number from 0 to 1",
    "body": "an object",
    "after": "true or false",
}
"""What is asked for of each property; of one that is not here, a text."""


def refusal(rule: Mapping[str, Any], error: ValidationError) -> ValueError:
    """Which property of the rule is wrong, and what is asked for instead."""
    first = error.errors(include_url=False)[0]
    name = str(first["loc"][0])
    why = f" ({first['ctx']['error']})" if first["type"] == "value_error" else ""
    return ValueError(f"{name} is {rule.get(name)!r}, but must be {ASKED_FOR.get(name, 'a text')}{why}")
