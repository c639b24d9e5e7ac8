"""The table at the end of `make bench`."""

from __future__ import annotations

import pytest

from tests.benchmarks.measuring import TOLD


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """One line a benchmark, numbers only."""
    for name, figures in TOLD:
        numbers = [f"{key}={value}" for key, value in figures.items() if isinstance(value, int | float | str)]
        terminalreporter.write_line(f"{name:<28} {'  '.join(numbers)}")
