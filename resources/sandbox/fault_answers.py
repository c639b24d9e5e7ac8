"""How an API says that a fault struck in place of its work: each has a shape of its own for errors."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from .classic_http import refusal
from .endpoint import Answer
from .errors import ApiError
from .faults import Fault
from .soap import fault_answer


def said(fault: Fault, path: str, headers: Mapping[str, str]) -> Answer:
    """The answer of a call to that path which the fault kept from its work."""
    lowered = path.lower()
    if lowered.startswith("/services/async/"):
        answer = refusal(headers, ApiError(fault.status, fault.code, fault.message))
    elif lowered.startswith("/services/soap/"):
        answer = fault_answer(fault.code, fault.message)
    else:
        answer = Answer(fault.status, [{"errorCode": fault.code, "message": fault.message}])
    return replace(answer, headers={**answer.headers, **fault.headers})
