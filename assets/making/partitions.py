"""The squares of an entity's grid: a day or an hour each, in UTC, as its cadence has it.

Partitions choose which records, never which values: a partition is a slice of source change time, and its rows are
synced as they are now. An entity that is synced every few minutes has a day's partitions too, synced again and again:
five-minute squares would be more than the web pages can show.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import dagster as dg

from pipelines.declaring.cadence import Cadence
from pipelines.declaring.entity import Entity

FIRST_DAY = date(2026, 1, 1)

DAYS = dg.DailyPartitionsDefinition(
    start_date=FIRST_DAY.isoformat(),
    end_offset=1,  # today can be synced too
)
HOURS = dg.HourlyPartitionsDefinition(
    start_date=f"{FIRST_DAY.isoformat()}-00:00",
    end_offset=1,  # and this hour
)

Grid = dg.DailyPartitionsDefinition | dg.HourlyPartitionsDefinition


def grid_of(cadence: Cadence) -> Grid:
    """The partitions of an entity with this cadence."""
    return HOURS if cadence.grid == "hour" else DAYS


def partition_at(cadence: Cadence, moment: datetime) -> str:
    """The partition that the moment lies in."""
    began = moment.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    return f"{began:{grid_of(cadence).fmt}}"


def partition_due(cadence: Cadence, moment: datetime) -> str:
    """The partition that a run is about which is due at the moment: the one that is over, or today's below the hour."""
    over = {"day": timedelta(days=1), "hour": timedelta(hours=1)}.get(str(cadence.every), timedelta(0))
    return partition_at(cadence, moment - over)


def upstream(entity: Entity) -> list[dg.AssetDep]:
    """What the entity refers to: an hour's rows wait for the day's that it lies in, a day's for those of its hours."""
    # a day has hours that are still to come
    mapping = dg.TimeWindowPartitionMapping(allow_nonexistent_upstream_partitions=True)
    return [dg.AssetDep(name, partition_mapping=mapping) for name in entity.depends_on]
