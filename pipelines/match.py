"""Ways to find a record that carries no key yet: tried in order, and a tie is never guessed."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Same(BaseModel):
    """All these CRM fields equal what the source row would write there, regardless of case; a blank equals nothing."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    fields: tuple[str, ...]

    def __init__(self, *fields: str) -> None:
        super().__init__(fields=fields)

    @property
    def name(self) -> str:
        return "same " + ", ".join(self.fields)
