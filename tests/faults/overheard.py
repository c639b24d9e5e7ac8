"""What a run says aloud, in logs and in its report: nothing of what people and sources write, however it went."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager

from pipelines.telling.report import Report

PERSONAL = re.compile(r"Zo(ë|\\u00eb|\\xeb|%C3%AB)|quoted|@[bd]\.org|bold|two\\?\nlines", re.IGNORECASE)
"""Words of the stories that stand for nothing else: names, addresses, texts."""


class Overheard(logging.Handler):
    """Everything that is logged, at every level, with the texts of exceptions."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.said: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.said.append(self.format(record))

    def reads(self, report: Report | None) -> None:
        """The report is what Dagster shows as metadata."""
        self.said.append(repr(report and report.as_json()))


@contextmanager
def overhearing() -> Iterator[Overheard]:
    """Whoever is meant in what is said in the block is found at its end."""
    heard, root = Overheard(), logging.getLogger()
    level = root.level
    root.addHandler(heard)
    root.setLevel(logging.DEBUG)
    try:
        yield heard
    finally:
        root.setLevel(level)
        root.removeHandler(heard)
    told = [text for text in heard.said if PERSONAL.search(text)]
    assert not told, told
