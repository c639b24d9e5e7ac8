"""Moments of trials with one fault that have the same future, so that a second fault need be tried in one of them only.

A moment is a call that is about to leave after the first fault was met. Two have the same future

* in a later run, if the state before that run was the same: a run is a process of its own, which knows nothing else;
* in the run that met the fault, if all that was asked and answered from there on was the same, and so was the state
  when the run ended, with all answers in the entity's file. What a process keeps in memory alone is not seen by this.
  What is known of it is how often a call has been tried: until the call that met the fault has been tried again, only
  moments of that very call, as far from it, are held to be the same.

That this holds is not proved but tried: `walk` draws pairs that were covered in this way, and walks them as well.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from tests.faults.fingerprint import short
from tests.faults.kinds import Call
from tests.faults.trial import Trial
from tests.faults.wire import Schedule


@dataclass(frozen=True)
class Moment:
    """A call after the one fault of a schedule."""

    schedule: Schedule
    number: int
    call: Call
    runs: int
    """So many runs had ended before, the one that met the fault among them; 0 while that one goes on."""

    def then(self, kind: str) -> Schedule:
        """With a second fault there."""
        return {**self.schedule, self.number: kind}


@dataclass
class Alike:
    """Moments with the same future; the first stands for all."""

    moments: list[Moment] = field(default_factory=list)

    @property
    def first(self) -> Moment:
        return self.moments[0]

    @property
    def pairs(self) -> int:
        """How many schedules of two faults these moments have."""
        return len(self.moments) * len(self.first.call.kinds)


@dataclass
class Start:
    """A single fault, and the number of runs after which second ones follow: those of these classes."""

    schedule: Schedule
    runs: int
    classes: list[Alike] = field(default_factory=list)

    @property
    def pairs(self) -> list[tuple[Alike, str]]:
        """Each class with each kind of fault that is to be walked there."""
        return [(each, kind) for each in self.classes for kind in each.first.call.kinds]


def starts(classes: Iterable[Alike]) -> list[Start]:
    """Where the moments that stand for the others are reached from."""
    found: dict[tuple[tuple[tuple[int, str], ...], int], Start] = {}
    for each in classes:
        first = each.first
        start = found.setdefault((tuple(first.schedule.items()), first.runs), Start(first.schedule, first.runs))
        start.classes.append(each)
    return list(found.values())


def alike(singles: Iterable[Trial]) -> list[Alike]:
    """All moments after the one fault of each trial, those with the same future together."""
    found: dict[str, Alike] = {}
    for trial in singles:
        for moment, future in moments(trial):
            found.setdefault(future, Alike()).moments.append(moment)
    return list(found.values())


def moments(trial: Trial) -> Iterator[tuple[Moment, str]]:
    """Each moment after the one fault, and what its future follows from."""
    (met,) = trial.schedule
    done = 0
    for number, run in enumerate(trial.runs):
        until = done + len(run.calls)
        for at in range(max(done, met) + 1, until + 1):
            if done >= met:
                future = f"{run.before} {at - done}"
            else:
                after = trial.runs[number + 1].before if number + 1 < len(trial.runs) else trial.future.ended
                future = f"{_trying(trial, met, at, until)} {short(repr(trial.said[at - 1 : until]))} {after}"
            yield Moment(trial.schedule, at, run.calls[at - done - 1], number if done >= met else 0), future
        done = until


def _trying(trial: Trial, met: int, at: int, until: int) -> str:
    """The call that met the fault and how far from it we are, until it has been tried again; then nothing."""
    failed = trial.said[met - 1][0]
    again = next((n for n in range(met + 1, until + 1) if trial.said[n - 1][0] == failed), 0)
    return f"{failed} {at - met}" if at <= again else ""
