"""Where runs and checks end, people are told: through the book of alerts, and by a heartbeat for watch-dogs.

Nothing here may fail a run. What could not be told stands in the run's log and, for the command line, in the desk's
remarks. Apprise is imported by the sending alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import dagster as dg

from assets.making.alive import Dead

if TYPE_CHECKING:
    from assets.making.desk import Desk
    from pipelines.telling.report import Report
    from pipelines.telling.signs import Sign
    from resources.settings import Settings

Log = Callable[[str], None]

UNASKED = "could not be asked"
"""What is wrong where a check could not even be asked."""


def tell_run(desk: Desk, report: Report, log: Log) -> None:
    """A run of this report has ended."""
    from pipelines.telling.signs import signs_of_run
    from resources.heartbeat import beat

    if report.result is None:
        return
    _remark(desk, report.entity, beat(desk.settings, report), log)
    tell(desk, report.entity, signs_of_run(report), log)


def tell_unexpected(desk: Desk, entity: str, kind: str, run_id: str, log: Log) -> None:
    """A run has ended by an exception that nobody foresaw."""
    from pipelines.telling.report import Report
    from pipelines.telling.signs import unexpected
    from resources.heartbeat import beat

    report = Report(entity, run_id, "sync", "", "failure", datetime.now(UTC), seconds=0.0, error="unexpected")
    _remark(desk, entity, beat(desk.settings, report), log)
    tell(desk, entity, [unexpected(entity, kind, run_id)], log)


def tell_unasked(desk: Desk, entity: str, run_id: str, kind: str, log: Log) -> None:
    """A check could not be asked, for an exception of this kind."""
    from pipelines.telling.signs import Sign

    said = f"{kind}, in run {run_id[:8]}"
    tell(desk, entity, [Sign(entity, "check_failed", wrong=True, said=said, about=UNASKED)], log)


def tell(desk: Desk, entity: str, signs: Iterable[Sign], log: Log) -> None:
    """The signs are in the book, and whatever is news, or was not told yet, is told."""
    _remark(desk, entity, noted(desk.settings, signs), log)


def tell_dead(settings: Settings, dead: Iterable[Dead]) -> list[str]:
    """Runs were killed; what could not be told."""
    from pipelines.telling.signs import killed

    return noted(settings, [killed(one.entity, one.run_id) for one in dead if one.mode == "sync"])


def noted(settings: Settings, signs: Iterable[Sign]) -> list[str]:
    """The signs are in the book; returns what could not be told."""
    from resources.alert_book import AlertBook
    from resources.notify import Addresses

    try:
        return AlertBook(settings.concord_home, Addresses(settings.concord_alerts)).note(signs, datetime.now(UTC))
    except OSError as error:
        return [f"alerts: the book of alerts cannot be written: {error.strerror}"]


def asked(entity: str) -> Sign:
    """Every check could be asked."""
    from pipelines.telling.signs import Sign

    return Sign(entity, "check_failed", wrong=False, about=UNASKED)


def signs_of_answer(entity: str, result: dg.AssetCheckResult) -> list[Sign]:
    """What a check shows. Stale data are a gap; how many rows rest in quarantine is counted by `rejected_rows`."""
    from pipelines.telling.signs import Sign

    wrong, said, name = not result.passed, result.description or "", result.check_name or ""
    if name == "freshness":
        return [Sign(entity, "data_gap", wrong, said, name)]
    severe = result.severity is dg.AssetCheckSeverity.ERROR
    resting = (result.metadata or {}).get("quarantined")
    return [
        Sign(entity, "check_failed", wrong, said, name, severe=severe),
        *([_quarantine(entity, int(str(resting.value)))] if resting else []),
    ]


def stale(entity: str, said: str) -> Sign:
    """Nothing new has come for too long."""
    from pipelines.telling.signs import Sign

    return Sign(entity, "data_gap", wrong=True, said=said, about="freshness")


def _quarantine(entity: str, count: int) -> Sign:
    from pipelines.telling.signs import Sign

    said = f"{count:,} rows rest: concord errors {entity}, concord release {entity}" if count else ""
    return Sign(entity, "quarantine_grown", count > 0, said, level=count, severe=False)


def _remark(desk: Desk, entity: str, problems: list[str], log: Log) -> None:
    said = desk.remarks.setdefault(entity, [])
    for problem in problems:
        if problem not in said:
            said.append(problem)
            log(problem)
