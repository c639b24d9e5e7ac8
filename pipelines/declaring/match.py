"""Ways to find a record that carries no key yet: tried in order, and a tie is never guessed."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Same(BaseModel):
    """All these CRM fields equal what the source row would write there, regardless of case; a blank equals nothing."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    fields: tuple[str, ...]
    blank: tuple[str, ...] = ()
    """Those of the fields in which two blanks are equal too."""
    single: bool = False
    """Of an entity of both directions: they are of one person or thing, as an e-mail address is. A row finds records of
    its mailbox's owner alone, and where all that are equal belong to others, or to another row, it gets none."""

    def __init__(self, *fields: str, blank: tuple[str, ...] = (), single: bool = False) -> None:
        super().__init__(fields=fields, blank=blank, single=single)

    @property
    def name(self) -> str:
        return "same " + ", ".join(self.fields)
