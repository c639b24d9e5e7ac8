"""The project's frame: what is locked is what is declared, and the lock works anywhere."""

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).parents[1]
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")
LOCKED = dict(re.findall(r"^([a-z0-9-]+)==([^ ;]+)", LOCK, flags=re.MULTILINE))
DECLARED = [
    Requirement(line)
    for group in (
        PYPROJECT["project"]["dependencies"],
        PYPROJECT["build-system"]["requires"],
        *PYPROJECT["dependency-groups"].values(),
    )
    for line in group
]


@pytest.mark.parametrize("requirement", DECLARED, ids=lambda requirement: requirement.name)
def test_the_lock_satisfies_each_declared_dependency(requirement: Requirement) -> None:
    assert requirement.specifier.contains(LOCKED[requirement.name])


def test_the_lock_names_neither_an_index_nor_a_place_on_a_machine() -> None:
    assert re.findall(r"://|--(?:extra-)?index|--find-links|--trusted| /\w+/", LOCK) == []


def test_every_locked_version_has_a_hash() -> None:
    pins = re.findall(r"^[a-z0-9-]+==.*\n(?: +.*\n)*", LOCK, flags=re.MULTILINE)
    assert [pin.split("==")[0] for pin in pins if "--hash=sha256:" not in pin] == []


def test_the_packages_that_are_shipped_are_the_four_folders() -> None:
    assert PYPROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"] == [
        "pipelines",
        "resources",
        "checks",
        "assets",
    ]
