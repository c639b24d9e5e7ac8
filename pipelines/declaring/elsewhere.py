"""What a reference can point to besides the records of another entity: records of any object, and record types."""

from __future__ import annotations

from pydantic.dataclasses import dataclass

from pipelines.declaring.source import STRICT


@dataclass(frozen=True, config=STRICT)
class Records:
    """Records of an object that no entity keeps, named by one of its fields: `Records("User", "FederationIdentifier")`.

    They are only read. A name that several records have, or case alone keeps apart, means none of them.
    """

    sobject: str
    key: str

    @property
    def name(self) -> str:
        return f"{self.sobject}.{self.key}"


@dataclass(frozen=True, config=STRICT)
class RecordTypes:
    """Record types of the entity's own object: developer names by the source's words."""

    names: dict[str, str]

    @property
    def name(self) -> str:
        return "record types"


@dataclass(frozen=True, config=STRICT)
class OneOf:
    """Records named in one of several ways, which are tried in order."""

    records: tuple[Records, ...]

    @property
    def name(self) -> str:
        return " or ".join(records.name for records in self.records)
