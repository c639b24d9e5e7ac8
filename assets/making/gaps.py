"""Empty squares: partitions of the past weeks that no run filled, though runs before and after them did theirs."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import dagster as dg

if TYPE_CHECKING:
    from pipelines.telling.signs import Sign

LOOK_BACK = timedelta(days=31)
SHOWN = 5


def missing_partitions(
    instance: dg.DagsterInstance, asset: str, partitions: dg.PartitionsDefinition[str] | None, now: datetime
) -> list[str] | None:
    """The empty squares between the first filled one and the last, not older than a month; None without partitions."""
    if not isinstance(partitions, dg.TimeWindowPartitionsDefinition):
        return None
    filled = instance.get_materialized_partitions(dg.AssetKey(asset))
    windows = [partitions.time_window_for_partition_key(key) for key in filled if partitions.has_partition_key(key)]
    starts = [window.start for window in windows]
    if not starts:
        return []
    first = max(min(starts), now - LOOK_BACK)
    between = partitions.get_partition_keys_in_time_window(dg.TimeWindow(first, max(window.end for window in windows)))
    return [key for key in between if key not in filled]


def gap_signs(entity: str, missing: list[str] | None) -> list[Sign]:
    """What the squares show."""
    from pipelines.telling.signs import Sign

    if missing is None:
        return []
    more = f" and {len(missing) - SHOWN:,} more" if len(missing) > SHOWN else ""
    said = f"no run filled {', '.join(missing[:SHOWN])}{more}: materialize them in Dagster" if missing else ""
    return [Sign(entity, "data_gap", bool(missing), said, "partitions", level=len(missing), severe=False)]
