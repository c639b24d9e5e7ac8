"""What a check of an asset answered last, as Dagster's event log has it."""

from __future__ import annotations

import dagster as dg

LOOK_BACK = 5


def last_evaluation(instance: dg.DagsterInstance, key: dg.AssetCheckKey) -> dg.AssetCheckEvaluation | None:
    """The last evaluation; None where the check was not asked of late."""
    for record in instance.event_log_storage.get_asset_check_execution_history(key, limit=LOOK_BACK):
        event = record.event.dagster_event if record.event else None
        evaluation = event.event_specific_data if event else None
        if isinstance(evaluation, dg.AssetCheckEvaluation):  # else planned, as that of this very run is
            return evaluation
    return None
