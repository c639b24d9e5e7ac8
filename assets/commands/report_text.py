"""A run's report for people: every outcome with its reason, whether they add up, gates, the bill, what to do next."""

from __future__ import annotations

from collections.abc import Iterable

from rich.console import Group, RenderableType
from rich.text import Text

from assets.commands.meanings import meaning
from assets.commands.tables import table
from pipelines.telling.outcomes import OUTCOMES
from pipelines.telling.report import Report, result_and_status

COLOURS = {
    "success": "green",
    "nothing_to_do": "green",
    "success_with_errors": "yellow",
    "held": "yellow",
    "skipped": "yellow",
    "failure": "red",
}


def outcome_rows(report: Report) -> list[tuple[str, str, int]]:
    """(outcome, reason, rows) of every outcome, in the order of the design; reasons split their outcome."""
    rows: list[tuple[str, str, int]] = []
    for outcome in sorted(report.outcomes, key=OUTCOMES.index):
        split = [
            (outcome, name.removeprefix(f"{outcome}: "), count)
            for name, count in sorted(report.reasons.items(), key=lambda item: (-item[1], item[0]))
            if name.startswith(f"{outcome}: ")
        ]
        plain = report.outcomes[outcome] - sum(count for _, _, count in split)
        rows += [(outcome, "", plain)] if plain else []
        rows += split
    return rows


def adds_up(report: Report) -> bool:
    """Whether every extracted row has exactly one outcome."""
    return sum(count for _, _, count in outcome_rows(report)) == report.extracted


def headline(report: Report) -> Text:
    """What ran, how it ended, what it cost."""
    return Text.assemble(
        (report.entity, "bold"),
        f" · {report.mode} · {report.scope} · ",
        (result_and_status(report.mode, report.status), COLOURS[report.status]),
        f" · {report.seconds:.1f} s · {_calls(report)}",
    )


def report_text(report: Report, *, approve: str = "") -> RenderableType:
    """The whole report. `approve` is the command by which a held plan is approved."""
    return Group(
        headline(report),
        *_error(report),
        *_outcomes(report),
        *_findings(report),
        *_gates(report),
        *_plan(report, approve),
    )


def _calls(report: Report) -> str:
    beside = f" and {report.source['calls']} to Outlook" if report.source and report.source["calls"] else ""
    if report.mode == "plan":
        return f"{report.api_calls} API calls made, carrying it out takes about {report.planned_calls} more{beside}"
    return f"{report.api_calls} API calls made, {report.planned_calls}{beside} planned for the load"


def _error(report: Report) -> list[RenderableType]:
    if report.status == "skipped":
        return [Text(f"Skipped, nothing was done: {report.message}.", style="yellow")]
    if report.error:
        return [Text(f"{report.error}: {report.message}", style="red")]
    return [Text(report.message, style="yellow")] if report.message else []


def _outcomes(report: Report) -> list[RenderableType]:
    if not report.outcomes:
        return []
    rows: list[tuple[object, ...]] = [
        (outcome, reason, count, meaning(outcome, reason or None, report.entity))
        for outcome, reason, count in outcome_rows(report)
    ]
    whole = "rows of both sides" if report.source else "rows of the source"
    rows.append((whole, "", report.extracted, "every one has its outcome" if adds_up(report) else ""))
    made = table(("outcome", "reason", "rows", "meaning"), rows)
    made.rows[-2].end_section = True
    if adds_up(report):
        return [made]
    return [made, Text("The outcomes do not add up: please report this as an error of Concord.", style="red")]


def _findings(report: Report) -> Iterable[RenderableType]:
    if report.reading:
        yield Text(f"Source read: {report.reading}", style="dim")
    if report.vanished:
        told = f"Rows that the source does not have any more, which does nothing to their records: {report.vanished:,}"
        yield Text(told, style="yellow")
    if report.ignored_columns:
        yield Text(f"Columns of the source that nobody reads: {', '.join(report.ignored_columns)}", style="dim")
    if report.verified:
        found = f"{report.differing} cells are otherwise" if report.differing else "all as they were meant"
        yield Text(f"{report.verified} records were read again: {found}.")


def _gates(report: Report) -> list[RenderableType]:
    closed = [gate for gate in report.gates if not gate.passed]
    if not closed:
        return [Text("Gates: all passed.", style="dim")] if report.gates else []
    rows = [(gate.name, gate.observed, gate.limit, "yes" if gate.approvable else "no") for gate in closed]
    first = "gate not passed" if report.status in ("held", "failure") or report.mode == "plan" else "gate, approved"
    return [table((first, "observed", "limit", "can be approved"), rows)]


def _plan(report: Report, approve: str) -> list[RenderableType]:
    if not report.plan_hash:
        return []
    said: list[RenderableType] = [Text(f"Plan {report.plan_hash}: {report.cells:,} cells{_deletions(report)}.")]
    if report.status != "held":
        return said
    if not all(gate.approvable for gate in report.gates if not gate.passed):
        return [*said, Text("Held: nothing is written, and this cannot be approved.", style="yellow")]
    say = "Held: nothing is written. Once you have looked at the plan, this approves it and no other:"
    return [*said, Text(say, style="yellow"), Text(f"  {approve}", style="bold"), *_left_out(report)]


def _deletions(report: Report) -> str:
    there = report.source["removals"] if report.source else 0
    counts = [(there, "deleted in Outlook"), (report.removals, "deleted in the CRM")]
    return "".join(f", {count:,} {what}" for count, what in counts if count)


def _left_out(report: Report) -> Iterable[RenderableType]:
    if report.source:
        yield Text(
            "Single rows can be left out: --except FILE, with a key or a record's id a line, for plan and sync alike.",
            style="yellow",
        )
