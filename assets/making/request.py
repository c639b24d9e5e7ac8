"""What a run was asked for: the config a person fills in, the partition it was started on, the schedule that did it.

What a partition means is in `partitions.py`. A run without one has no slice: it is about all that is not settled.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import dagster as dg
from pydantic import Field

if TYPE_CHECKING:
    from pipelines.linking.scope import Scope
    from pipelines.sync import Request

SCHEDULED_FOR = "concord/scheduled_for"
"""The tag of a run that a schedule started, with the moment that it meant."""

BY_HAND = ("dagster/parent_run_id", "dagster/backfill")
"""Tags of runs that a person started again, or as part of a backfill."""


class Rows(Enum):
    """Which rows a run is about."""

    slice = "slice"
    catch_up = "catch_up"
    changed = "changed"
    all = "all"


class PlanConfig(dg.Config):
    """The choices of a dry run."""

    scope: Rows = Field(
        default=Rows.changed,
        description="changed: every row that is not settled · all: every row of the source, quarantined ones too.",
    )
    keys_file: str | None = Field(
        default=None, description="Exactly the source keys in this file, one a line, instead of a scope."
    )
    except_file: str | None = Field(
        default=None,
        description="Of an entity that is synced in both directions: keys of rows, or ids of records, in this file, one"
        " a line, are left out.",
    )
    create_missing: bool = Field(
        default=False, description="An import: rows without a record get one, although scheduled runs may not."
    )


class SyncConfig(PlanConfig):
    """The choices of a real run."""

    scope: Rows = Field(
        default=Rows.slice,
        description=(
            "slice: rows that changed in the partition · catch_up: those, and every row that is not settled · "
            "changed: every row that is not settled · all: every row of the source, quarantined ones too. "
            "Of two sides slice looks at the source's rows alone; catch_up and changed look at both sides whole."
        ),
    )
    approve: str | None = Field(
        default=None, description="The hash of a plan that you have seen and want, although gates hold it."
    )
    named: bool = Field(
        default=True,
        description="You want this very entity: it is a failure if its source is not set, and not a reason to skip it.",
    )


def request_of(context: dg.AssetExecutionContext, config: PlanConfig, mode: Literal["plan", "sync"]) -> Request:
    """The run that was asked for; raises SettingsError for a file of keys that cannot be read."""
    # brings DuckDB and Arrow along
    from pipelines.sync import Request
    from resources.keys_file import read_keys

    return Request(
        run_id=context.run.run_id,
        mode=mode,
        scope=_scope(context, config),
        create_missing=config.create_missing,
        excepted=read_keys(Path(config.except_file)) if config.except_file else frozenset(),
        approve=config.approve if isinstance(config, SyncConfig) else None,
        scheduled_for=scheduled_for(context.run.tags),
        named=not isinstance(config, SyncConfig) or config.named,
    )


def scheduled_for(tags: Mapping[str, str]) -> datetime | None:
    """The moment that a schedule meant; None for a run that a person started, be it one that a schedule began."""
    moment = tags.get(SCHEDULED_FOR)
    return datetime.fromisoformat(moment) if moment and not any(tag in tags for tag in BY_HAND) else None


def _scope(context: dg.AssetExecutionContext, config: PlanConfig) -> Scope:
    from pipelines.linking.scope import Keys, Slice
    from resources.keys_file import read_keys

    if config.keys_file:
        return Keys(read_keys(Path(config.keys_file)))
    sliced = config.scope in (Rows.slice, Rows.catch_up)
    if sliced and (context.has_partition_key or context.has_partition_key_range):
        window = context.partition_time_window
        return Slice(window.start, window.end, catch_up=config.scope is Rows.catch_up)
    return "all" if config.scope is Rows.all else "changed"
