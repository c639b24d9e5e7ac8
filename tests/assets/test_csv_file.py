"""CSV for spreadsheets: no cell acts as a formula, and every value can be had back."""

from __future__ import annotations

import csv
import os
import pty
import subprocess
import sys
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from assets.commands.csv_file import ACTS, guarded, write_csv

LEADING = st.sampled_from(["", *ACTS, "a", " "])


@given(st.tuples(LEADING, LEADING, st.text(max_size=3)).map("".join))
def test_a_value_acts_as_nothing_and_can_be_had_back(value: str) -> None:
    written = guarded(value)
    assert not written.startswith(("=", "+", "-", "@", "\t", "\r", "\n"))
    assert written.removeprefix("'") == value


def test_two_values_never_become_one(tmp_path: Path) -> None:
    values = ["=1", "'=1", "''=1", "1"]
    write_csv(tmp_path / "a.csv", ["key"], [[value] for value in values])
    with (tmp_path / "a.csv").open(newline="") as file:
        found = [row["key"] for row in csv.DictReader(file)]
    assert [one.removeprefix("'") for one in found] == values


def test_a_terminal_gets_nothing_that_it_would_obey() -> None:
    code = "from assets.commands.csv_file import print_csv; print_csv(['key'], [['\x1b]0;mine\x07', None]])"
    near, far = pty.openpty()
    with os.fdopen(near, "rb", buffering=0) as screen:
        subprocess.run([sys.executable, "-c", code], stdout=far, check=True, cwd=Path(__file__).parents[2], timeout=60)
        told = screen.read(100)
    os.close(far)
    assert told.splitlines()[1:] == ["·]0;mine·,".encode()]
