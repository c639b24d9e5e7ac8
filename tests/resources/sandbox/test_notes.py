"""The notes on the sandbox name every door and every fault, and no other."""

from __future__ import annotations

import re
from pathlib import Path

from resources.sandbox.administration import Administrator
from resources.sandbox.fault_names import KINDS

NOTES = (Path(__file__).parents[3] / "resources" / "sandbox" / "README.md").read_text()


def named(title: str) -> set[str]:
    """The names in the first column of the table below that heading."""
    section = NOTES.partition(f"## {title}\n")[2].partition("\n## ")[0]
    cells = [line.split("|")[1] for line in section.splitlines() if line.startswith("| `")]
    return set(re.findall(r"`([^`]+)`", " ".join(cells)))


def test_every_door_is_in_the_notes(admin: Administrator) -> None:
    assert named("The administrator's door") == admin.doors().keys()


def test_every_fault_is_in_the_notes() -> None:
    assert named("Faults") == KINDS.keys()
