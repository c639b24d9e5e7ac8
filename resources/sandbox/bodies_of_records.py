"""What the administrator's doors to records take. What a door does with it is in `doors_records`."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import Field, model_validator

from .door_bodies import Body, Fields, Scalar, Text
from .people import ORDINARY

Seconds = Annotated[float, Field(ge=0)]
Values = dict[str, Scalar]
One = Text | Values
"""One record, named by its id or by values that it alone has."""


class ByUser(Body):
    username: Text = Field(default=ORDINARY, alias="as")


class Named(Body):
    """Records that exist."""

    sobject: Text
    ids: list[Text] | None = None
    where: Values | None = None

    @model_validator(mode="after")
    def _named_once(self) -> Self:
        if (self.ids is None) == (self.where is None):
            raise ValueError("records are named by ids or by where, one of the two")
        return self


class NamedByUser(Named, ByUser):
    pass


class Seed(Body):
    sobject: Text
    rows: list[Fields] | None = None
    columns: dict[str, list[object]] | None = None

    @model_validator(mode="after")
    def _given_once(self) -> Self:
        if (self.rows is None) == (self.columns is None):
            raise ValueError("records are given as rows or as columns, one of the two")
        return self


class Create(ByUser):
    sobject: Text
    rows: list[Fields]


class Edit(NamedByUser):
    fields_: Fields = Field(alias="fields")


class Merge(ByUser):
    sobject: Text
    master: One
    losers: Annotated[list[One], Field(min_length=1)]
    fields_: Fields | None = Field(default=None, alias="fields")


class Convert(ByUser):
    lead: One
    account: One | None = None
    contact: One | None = None


class Touch(Named):
    fields_: Fields | None = Field(default=None, alias="fields")


class Lock(Body):
    sobject: Text | None = None
    ids: list[Text] | None = None
    where: Values | None = None
    seconds: Seconds | None = None
    wait: Seconds | None = None

    @model_validator(mode="after")
    def _does_something(self) -> Self:
        named = self.sobject is not None and (self.ids is None) != (self.where is None)
        if self.seconds is None and (self.wait is None or self.ids is not None or self.where is not None):
            raise ValueError("'seconds' is missing: for how long the records are held")
        if self.seconds is not None and not named:
            raise ValueError("records that are held are named by sobject and by ids or where, one of the two")
        return self

    def records(self) -> Named:
        """Those that are held."""
        return Named.model_validate({"sobject": self.sobject, "ids": self.ids, "where": self.where})
