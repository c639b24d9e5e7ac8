"""What a run shows of an entity's health: signs, each of one thing that is wrong or well now.

A sign is no message: it says how things stand. What is told of it, and when, is in `standing.py`. Texts hold counts,
codes and hashes, never a value of a row.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from pipelines.telling.report import Report

Kind = Literal["run_failed", "run_held", "check_failed", "connection_broken", "quarantine_grown", "data_gap"]

ORG_CODES = frozenset(
    {
        "API_CURRENTLY_DISABLED",
        "API_DISABLED_FOR_ORG",
        "INVALID_AUTH_HEADER",
        "INVALID_CLIENT",
        "INVALID_CLIENT_ID",
        "INVALID_CREDENTIALS",
        "INVALID_GRANT",
        "INVALID_LOGIN",
        "INVALID_SESSION_ID",
        "NOT_THE_ORG",
        "ORG_LOCKED",
        "PASSWORD_LOCKOUT",
        "SERVER_UNAVAILABLE",
        "TLS_NOT_TRUSTED",
        "UNREACHABLE",
        "USER_DISABLED",
        "sandbox_not_started",
    }
)
"""The org is out of reach, or does not let us in."""

SOURCE_CODES = frozenset(
    {"feed_unreadable", "source_busy", "source_failed", "source_tls", "source_token", "source_unreachable"}
)
"""The same of a source."""

NOT_A_RUN = frozenset({"already_running", "interrupted", "upstream_failed"})
"""Another one is at it, or somebody ended it, or it was never begun: this shows nothing."""


@dataclass(frozen=True, slots=True)
class Sign:
    """Whether one thing of an entity is wrong now. `about` tells things of one kind apart, such as checks.

    `level` says how much is wrong, where that counts: twice as much is worth another message.
    """

    entity: str
    kind: Kind
    wrong: bool
    said: str = ""
    about: str = ""
    level: int = 0
    severe: bool = True


def signs_of_run(report: Report) -> list[Sign]:
    """What a finished run shows; a dry run shows nothing."""
    if report.mode != "sync" or report.error in NOT_A_RUN or report.result is None:
        return []
    return [*_connections(report), *_ending(report)]


def killed(entity: str, run_id: str) -> Sign:
    """A run whose process was gone before it could say anything."""
    said = f"killed: the process of run {run_id[:8]} is gone; the next run goes on where it was"
    return Sign(entity, "run_failed", wrong=True, said=said)


def unexpected(entity: str, kind: str, run_id: str) -> Sign:
    """A run that ended by an exception that nobody foresaw; `kind` is the exception's."""
    return Sign(entity, "run_failed", wrong=True, said=f"unexpected: {kind}, in run {run_id[:8]}")


def _connections(report: Report) -> list[Sign]:
    code, said = report.error, f"{report.error}, in run {report.run_id[:8]}"

    def sign(about: str, *, wrong: bool) -> Sign:
        return Sign(report.entity, "connection_broken", wrong=wrong, said=said if wrong else "", about=about)

    if code is None:
        return [sign("source", wrong=False), sign("org", wrong=False)]
    if code in ORG_CODES:
        return [sign("org", wrong=True)]
    reached = [sign("org", wrong=False)] if report.api_calls else []
    return [sign("source", wrong=True), *reached] if code in SOURCE_CODES else reached


def _ending(report: Report) -> list[Sign]:
    entity = report.entity
    if report.error in ORG_CODES | SOURCE_CODES:
        return []  # told as a broken connection
    if report.status == "failure":
        return [Sign(entity, "run_failed", wrong=True, said=_why(report))]
    held = report.status == "held"
    return [
        Sign(entity, "run_failed", wrong=False),
        Sign(entity, "run_held", wrong=held, said=_held(report) if held else "", severe=False),
    ]


def _why(report: Report) -> str:
    if report.error:
        return f"{report.error}, in run {report.run_id[:8]}"
    failed = ", ".join(
        f"{count:,} {reason.removeprefix('failed: ')}"
        for reason, count in sorted(report.reasons.items())
        if reason.startswith("failed: ")
    )
    return f"no record that was to be written was taken ({failed}), in run {report.run_id[:8]}"


def _held(report: Report) -> str:
    gates = ", ".join(f"{gate.name} {gate.observed:,}" for gate in report.gates if not gate.passed)
    return f"plan {report.plan_hash} waits for approval ({gates}): concord plan {report.entity}"
