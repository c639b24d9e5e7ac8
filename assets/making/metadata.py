"""A report and a plan as Dagster metadata: numbers as numbers, so that the UI plots them; at most 50 rows a table.

Keys, codes and counts only. Values are in the entity's file; the one sample of cells is in `sample.py`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import dagster as dg

from pipelines.telling.report import result_and_status

if TYPE_CHECKING:
    from pipelines.loading.plan import Plan
    from pipelines.telling.report import Report

MOST_ROWS = 50
HISTORY_OUTCOMES = ("created", "updated", "linked", "deactivated", "deleted", "failed", "held")

Metadata = dict[str, Any]
"""What Dagster takes as metadata, by name."""


def report_metadata(report: Report) -> Metadata:
    """Every number of the report, and the same for people to read."""
    # DuckDB comes along
    from pipelines.telling.outcomes import OUTCOMES

    numbers: Metadata = {
        "extracted": report.extracted,
        **{outcome: report.outcomes.get(outcome, 0) for outcome in OUTCOMES},
        "cells": report.cells,
        "removals": report.removals,
        "api_calls": report.api_calls,
        "planned_calls": report.planned_calls,
        "seconds": round(report.seconds, 3),
        "verified": report.verified,
        "differing": report.differing,
        "vanished": report.vanished,
        **{f"{what}_in_source": count for what, count in (report.source or {}).items()},
    }
    words: Metadata = {
        "summary": dg.MetadataValue.md(summary(report)),
        "result": report.result or "none: a dry run",
        "status": report.status,
        "scope": report.scope,
        "plan_hash": report.plan_hash or "none",
        "outcomes": outcomes_table(report),
    }
    if report.reading:
        words["reading"] = report.reading
    if report.ignored_columns:
        words["ignored_columns"] = ", ".join(report.ignored_columns)
    return {**words, **numbers}


def last_runs_table(runs: Iterable[Mapping[str, Any]]) -> dg.TableMetadataValue:
    """The reports of the last syncs, as JSON, a line each."""
    rows: list[dict[str, str | int | float]] = [
        {
            "started": run["started_at"],
            "result": result_and_status(run["mode"], run["status"]),
            "scope": run["scope"],
            "rows": run["extracted"],
            **{outcome: run["outcomes"].get(outcome, 0) for outcome in HISTORY_OUTCOMES},
            "error": run["error"] or "",
            "seconds": run["seconds"],
            "run": run["run_id"],
        }
        for run in runs
    ]
    numbers = dict.fromkeys(("rows", *HISTORY_OUTCOMES), "int")
    columns = {"started": "string", "result": "string", "scope": "string", **numbers}
    return table(rows, {**columns, "error": "string", "seconds": "float", "run": "string"})


def summary(report: Report) -> str:
    """The run in a few lines of Markdown."""
    counts = ", ".join(f"**{report.outcomes[name]:,}** {name}" for name in sorted(report.outcomes)) or "no rows"
    lines = [
        f"**{result_and_status(report.mode, report.status)}** · scope {report.scope} · {report.seconds:.1f} s",
        "",
        f"{report.extracted:,} rows extracted: {counts}.",
        "",
        f"{report.cells:,} cells · {report.planned_calls:,} API calls planned, {report.api_calls:,} made · "
        f"{report.verified:,} records read again, {report.differing:,} cells differing",
    ]
    if report.plan_hash:
        lines += ["", f"Plan `{report.plan_hash}`"]
    return "\n".join(lines)


def outcomes_table(report: Report) -> dg.TableMetadataValue:
    """How many rows ended how, the most frequent first."""
    split: dict[str, int] = dict(report.reasons)
    for outcome, count in report.outcomes.items():
        told = sum(number for reason, number in report.reasons.items() if reason.startswith(f"{outcome}: "))
        if count > told:
            split[outcome] = count - told
    rows: list[dict[str, str | int | float]] = [
        {"outcome": name.partition(": ")[0], "reason": name.partition(": ")[2], "rows": count}
        for name, count in sorted(split.items(), key=lambda item: (-item[1], item[0]))
    ]
    return table(rows, {"outcome": "string", "reason": "string", "rows": "int"})


def gates_table(plan: Plan) -> dg.TableMetadataValue:
    """Every gate's answer."""
    rows: list[dict[str, str | int | float]] = [
        {
            "gate": gate.name,
            "passed": "yes" if gate.passed else "NO",
            "observed": gate.observed,
            "limit": gate.limit,
            "can be approved": "yes" if gate.approvable else "never",
        }
        for gate in plan.gates
    ]
    columns = {"gate": "string", "passed": "string", "observed": "int", "limit": "string", "can be approved": "string"}
    return table(rows, columns)


def table(rows: Sequence[Mapping[str, str | int | float]], columns: Mapping[str, str]) -> dg.TableMetadataValue:
    """A table of the first 50 rows; `columns` are names and types."""
    return dg.MetadataValue.table(
        records=_records(rows[:MOST_ROWS]),
        schema=dg.TableSchema([dg.TableColumn(name, type=kind) for name, kind in columns.items()]),
    )


def _records(rows: Iterable[Mapping[str, str | int | float]]) -> list[dg.TableRecord]:
    return [dg.TableRecord(dict(row)) for row in rows]
