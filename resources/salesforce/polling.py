"""When to ask again how a job stands: each question costs an API call, each pause costs time.

Pure arithmetic over what is known: the rows, those processed, the seconds gone by.
"""

from __future__ import annotations

from dataclasses import dataclass

LONGEST = 30.0

# Rows a second to begin with. An org that does better loses a second or two, one that does worse is asked again.
WRITING = 8_000
READING = 100_000


@dataclass(slots=True)
class Rhythm:
    """The pauses of one wait, in seconds. `rows` is None when nobody here uploaded the job.

    `waited` counts from the job's beginning: who did something else meanwhile gives what has gone by.
    """

    rows: int | None
    a_second: int = WRITING
    waited: float = 0.0
    last: float = 0.0

    def pause(self, processed: int | None) -> float:
        """The next pause; `processed` is None before the first question."""
        if processed is None:
            expected = 0.0 if self.rows is None else 0.25 + self.rows / self.a_second
            return self._keep(max(expected - self.waited, 0.0))
        return self._keep(max(self._remaining(processed), 2 * self.last, self.waited / 4, 0.25))

    def _remaining(self, processed: int) -> float:
        if not self.rows or not 0 < processed < self.rows:
            return 0.0
        return 1.1 * self.waited * (self.rows - processed) / processed

    def _keep(self, pause: float) -> float:
        self.last = min(pause, LONGEST)
        self.waited += self.last
        return self.last
