"""What the administrator's doors to the org's setup take. What a door does with it is in `doors_setup` and `admin`."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from .door_bodies import Body, Fields, Scalar, Text
from .people import INTEGRATION, PROFILES

Count = Annotated[int, Field(ge=0)]


class Nothing(Body):
    pass


class Permissions(Body):
    sobject: Text | None = None
    field: Text | None = None
    rights: Annotated[dict[str, bool], Field(min_length=1)] | None = None
    system: Annotated[dict[str, bool], Field(min_length=1)] | None = None
    profile: Text = PROFILES[INTEGRATION]
    reset: bool = False

    @model_validator(mode="after")
    def _one_of_three(self) -> Self:
        of_an_object = (self.sobject is not None, self.rights is not None)
        if all(of_an_object) + (self.system is not None) + self.reset != 1 or any(of_an_object) != all(of_an_object):
            raise ValueError("either sobject with rights, or system, or reset is given")
        return self


class Limits(Body):
    daily: Count | None = None
    used: Count | None = None
    batches: Count | None = None
    query_jobs: Count | None = None


class Clock(Body):
    seconds: float


class Username(Body):
    username: Text


class Key(Body):
    public_key: Text


class CustomField(Body):
    """A field as `schema_changes` makes it; which of these a kind of field has is in `field_kinds`."""

    name: Text
    kind: Text = "text"
    label: Text | None = None
    length: Annotated[int, Field(ge=1, le=131_072)] | None = None
    precision: Annotated[int, Field(ge=1, le=18)] | None = None
    scale: Annotated[int, Field(ge=0, le=18)] | None = None
    digits: Annotated[int, Field(ge=1, le=18)] | None = None
    values: list[Text] | None = None
    restricted: bool | None = None
    unique: bool | None = None
    external_id: bool | None = None
    id_lookup: bool | None = None
    case_sensitive: bool | None = None
    nillable: bool | None = None
    default: Scalar = None
    to: list[Text] | None = None
    children: Text | None = None
    cascade_delete: bool | None = None


class CustomObject(Body):
    name: Text
    key_prefix: Text
    label: Text | None = None
    plural: Text | None = None
    activities: bool = False
    fields_: list[CustomField] = Field(default_factory=list, alias="fields")


class AddField(Body):
    sobject: Text
    field: CustomField


class RemoveField(Body):
    sobject: Text
    field: Text


class RowTest(Body):
    field: Text
    test: Text
    value: Scalar = None


class RuleOfRows(Body):
    """What all rules have; which tests and triggers there are is in `row_tests` and `declared`."""

    name: Text
    sobject: Text
    message: str | None = None


class ValidationRule(RuleOfRows):
    when: list[RowTest]
    message: str
    field: Text | None = None


class Trigger(RuleOfRows):
    does: Text
    field: Text | None = None
    value: Scalar = None
    when: list[RowTest] | None = None
    on: list[Literal["create", "edit"]] | None = None


class DuplicateRule(RuleOfRows):
    fields_: list[Text] = Field(alias="fields")
    action: Text | None = None
    on: list[Literal["create", "edit"]] | None = None


class Rules(Body):
    validation: list[ValidationRule] = Field(default_factory=list)
    triggers: list[Trigger] = Field(default_factory=list)
    duplicates: list[DuplicateRule] = Field(default_factory=list)


class RecordTypeAsked(Body):
    sobject: Text
    name: Text
    developer_name: Text | None = None
    default: bool = False
    active: bool = True
    picklists: dict[str, list[Text]] = Field(default_factory=dict)


class Name(Body):
    name: Text


class FaultRules(Body):
    rules: list[Fields]
