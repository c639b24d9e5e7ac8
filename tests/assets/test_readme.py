"""The README promises nothing that is not there: its commands, settings, fields and its declaration are real."""

from __future__ import annotations

import re
import shlex
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import typer

from assets.cli import app
from assets.declarations import entities
from pipelines.declaring.cadence import Cadence
from pipelines.declaring.entity import Entity
from pipelines.sync import Request, Sync
from resources.graph.settings import NEEDED, PREFIX
from resources.outlook.systemic import PERMISSIONS
from resources.settings import Settings, read_settings
from resources.world import at_org, world_of
from tests.assets.shell import town

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text("utf-8")
MAKEFILE = (ROOT / "Makefile").read_text("utf-8")
CLI: Any = typer.main.get_command(app)

QUOTED = re.findall(r"`(concord [^`]+)`", README)
TYPED = re.findall(r"^(?:\$ |  )?(concord [^·#\n]+)", README, flags=re.MULTILINE)
COMMANDS = sorted({command.strip() for command in (*QUOTED, *TYPED)})


@pytest.mark.parametrize("text", COMMANDS)
def test_every_command_of_the_readme_is_known(text: str) -> None:
    name, *words = shlex.split(text)[1:]
    context = CLI.commands[name].make_context(name, words)  # parses, and refuses what it does not know
    named = context.params.get("entity") or context.params.get("entities") or []
    assert set([named] if isinstance(named, str) else named) <= {*entities(), "phones"}


def test_the_readme_shows_every_command() -> None:
    shown = {command.split()[1] for command in COMMANDS}
    assert {"check", "plan", "sync", "missing", "history", "errors", "release", "relink", "alerts", "ui"} <= shown


def test_every_setting_of_the_readme_exists_and_none_is_missing_there() -> None:
    named = set(re.findall(r"\b(?:CONCORD|SALESFORCE)_[A-Z_]*[A-Z]\b", README))
    assert named == {name.upper() for name in Settings.model_fields} - {"HTTPS_PROXY", "NO_PROXY"}


def test_the_permissions_in_entra_are_those_that_a_refusal_names() -> None:
    named = set(re.findall(r"`(\w+\.Read(?:Write)?(?:\.All)?)`", README))
    assert named == {*", ".join(PERMISSIONS.values()).split(", "), "User.Read.All"}


def test_every_setting_of_graph_in_the_readme_exists_and_none_is_missing_there() -> None:
    named = set(re.findall(r"\bGRAPH_[A-Z_]*[A-Z]\b", README))
    assert named == {f"{PREFIX}{name.upper()}" for name in (*NEEDED, "login_url", "ca_file")}


def test_every_target_of_make_in_the_readme_exists() -> None:
    assert set(re.findall(r"\bmake (\w+)(?=`| {2})", README)) <= set(re.findall(r"^(\w+):", MAKEFILE, re.MULTILINE))


def test_the_permissions_of_the_readme_are_those_that_the_declarations_need() -> None:
    declared = entities().values()
    for entity in declared:
        row = next(line for line in README.splitlines() if f"Edit on {entity.target.sobject}:" in line)
        writing = [one for one in declared if one.target.sobject == entity.target.sobject]
        assert set(re.findall(r"`(\w+)`", row)) == {name for one in writing for name in (one.target.key, *one.fields)}
        flags = next(line for line in README.splitlines() if line.startswith("| Read on"))
        obeyed = {entity.freeze.mapped, entity.freeze.hierarchy, *(entity.both.flags if entity.both else ())}
        assert obeyed - {None} <= set(re.findall(r"`(\w+)`", flags))


def python(name: str) -> object:
    """What the README's one block of Python that makes this makes."""
    (code,) = (block for block in re.findall(r"```python\n(.*?)```", README, flags=re.DOTALL) if f"{name} =" in block)
    scope: dict[str, object] = {}
    exec(code, scope)  # noqa: S102 - it is ours
    return scope[name]


def test_the_cadence_of_the_readme_can_be_declared() -> None:
    cadence = python("CADENCE")
    assert isinstance(cadence, Cadence)
    assert replace(entities()["accounts"], cadence=cadence).cadence.cron == "0 7-19 * * mon,tue,wed,thu,fri"


def test_the_declaration_of_the_readme_works(tmp_path: Path) -> None:
    entity = python("ENTITY")
    assert isinstance(entity, Entity)
    with town(tmp_path / "town") as shell:
        shell.feed("phones", "person_id,mobile,landline\nP1,0171 1,040 1\nP2,0171 2,\nP9,0171 9,\n")
        people = [
            {"LastName": "Byron", "Source_Key__c": "P1", "Phone": "typed by hand"},
            {"LastName": "Hopper", "Source_Key__c": "P2", "MobilePhone": "0171 2"},
        ]
        shell.admin.seed("Contact", people)
        with at_org(read_settings(env_file=None, concord_home=shell.home)) as settings:
            for outcomes in ({"updated": 1, "unchanged": 1, "skipped": 1}, {"unchanged": 2, "skipped": 1}):
                with world_of(settings, entity.name) as world, Sync(entity, world, Request("one")) as sync:
                    sync.prepare()
                    assert sync.carry_out().outcomes == outcomes
