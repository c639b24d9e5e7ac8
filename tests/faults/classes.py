"""Moments of trials with one fault that have the same future, so that a second fault need be tried in one of them only.

A moment is a call that is about to leave after the first fault was met. Two have the same future

* in a later run, if the state before that run was the same: a run is a process of its own, which knows nothing else;
* in the run that met the fault, if all that was asked and answered from there on was the same, and so was the state
  when the run ended, with all answers in the entity's file. What a process keeps in memory alone is not seen by this.
  What is known of it is how often a call has been tried: until the call that met the fault has been tried again, only
  moments of that very call, as far from it, are held to be the same.

Two kinds of fault are the same to a sort of call if each such call of the undisturbed stroke has the same future after
either, met as a single fault. That says nothing of a call that is being tried again, where every kind is walked.

That this holds is not proved but tried: `walk` draws pairs that were covered in this way, and walks them as well.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
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

    again: bool
    """The call that met the fault is being tried again."""
    moments: list[Moment] = field(default_factory=list)

    @property
    def first(self) -> Moment:
        return self.moments[0]

    @property
    def pairs(self) -> int:
        """How many schedules of two faults these moments have."""
        return len(self.moments) * len(self.first.call.kinds)


Kinds = Mapping[Call, Sequence[tuple[str, ...]]]
"""By sort of call: kinds of fault that are the same to it, together; the first stands for all."""


@dataclass(frozen=True)
class Second:
    """Second faults with the same future: each of these kinds at each of these moments."""

    each: Alike
    kinds: tuple[str, ...]

    @property
    def stands(self) -> Schedule:
        """The one that stands for all."""
        return self.each.first.then(self.kinds[0])

    @property
    def all(self) -> list[Schedule]:
        """Every one, that one first."""
        return [moment.then(kind) for moment in self.each.moments for kind in self.kinds]


@dataclass
class Start:
    """A single fault, and the number of runs after which these second ones follow."""

    schedule: Schedule
    runs: int
    seconds: list[Second] = field(default_factory=list)


def starts(classes: Iterable[Alike], kinds: Kinds) -> list[Start]:
    """Where the moments that stand for the others are reached from."""
    found: dict[tuple[tuple[tuple[int, str], ...], int], Start] = {}
    for each in classes:
        first = each.first
        start = found.setdefault((tuple(first.schedule.items()), first.runs), Start(first.schedule, first.runs))
        alone = each.again or first.call not in kinds
        parts = [(kind,) for kind in first.call.kinds] if alone else kinds[first.call]
        start.seconds += [Second(each, part) for part in parts]
    return list(found.values())


def alike(singles: Iterable[Trial]) -> list[Alike]:
    """All moments after the one fault of each trial, those with the same future together."""
    found: dict[str, Alike] = {}
    for trial in singles:
        for moment, future, again in moments(trial):
            found.setdefault(future, Alike(again)).moments.append(moment)
    return list(found.values())


def alike_kinds(undisturbed: Trial, singles: Iterable[Trial]) -> Kinds:
    """Kinds of fault that were the same to every call of a sort, wherever it met them."""
    after: dict[tuple[int, str], str] = {}
    for trial in singles:
        ((number, kind),) = trial.schedule.items()
        amid = trial.said[number : len(trial.runs[0].calls)]  # what is said in later runs follows from the state before
        after[number, kind] = short(repr((amid, trial.future)))
    numbers: dict[Call, list[int]] = {}
    for number, call in enumerate(undisturbed.calls, start=1):
        numbers.setdefault(call, []).append(number)
    found: dict[Call, Sequence[tuple[str, ...]]] = {}
    for call, all_of_it in numbers.items():
        parts: dict[tuple[str | None, ...], list[str]] = {}
        for kind in call.kinds:
            told = tuple(after.get((number, kind), kind) for number in all_of_it)
            parts.setdefault(told, []).append(kind)
        found[call] = [tuple(part) for part in parts.values()]
    return found


def moments(trial: Trial) -> Iterator[tuple[Moment, str, bool]]:
    """Each moment after the one fault, what its future follows from, and whether the call is being tried again."""
    (met,) = trial.schedule
    done = 0
    for number, run in enumerate(trial.runs):
        until = done + len(run.calls)
        for at in range(max(done, met) + 1, until + 1):
            trying = ""
            if done >= met:
                future = f"{run.before} {at - done}"
            else:
                after = trial.runs[number + 1].before if number + 1 < len(trial.runs) else trial.future.ended
                trying = _trying(trial, met, at, until)
                future = f"{trying} {short(repr(trial.said[at - 1 : until]))} {after}"
            moment = Moment(trial.schedule, at, run.calls[at - done - 1], number if done >= met else 0)
            yield moment, future, bool(trying)
        done = until


def _trying(trial: Trial, met: int, at: int, until: int) -> str:
    """The call that met the fault and how far from it we are, until it has been tried again; then nothing."""
    failed = trial.said[met - 1][0]
    again = next((n for n in range(met + 1, until + 1) if trial.said[n - 1][0] == failed), 0)
    return f"{failed} {at - met}" if at <= again else ""
