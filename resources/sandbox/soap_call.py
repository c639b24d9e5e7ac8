"""One SOAP call as an operation sees it."""

from __future__ import annotations

from dataclasses import dataclass

from .dml import Dml
from .endpoint import Call
from .soap_xml import Asked


@dataclass(frozen=True, slots=True)
class Soap:
    """One SOAP call of a user."""

    call: Call
    asked: Asked

    @property
    def dml(self) -> Dml:
        return Dml(self.call.org, self.call.user)

    @property
    def together(self) -> bool:
        return self.asked.header("AllOrNoneHeader", "allOrNone").lower() in ("true", "1")  # both are xsd:boolean
