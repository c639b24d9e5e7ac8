"""Runs in this process."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from assets.commands.keys_file import read_keys
from assets.declarations import entities
from pipelines.ports import Progress
from pipelines.report import Report
from pipelines.scope import Keys
from pipelines.sync import Request, Stopped, Sync
from resources.settings import Settings
from resources.world import at_org, world_of


@dataclass(frozen=True)
class Order:
    entities: tuple[str, ...]
    mode: Literal["plan", "sync"] = "sync"
    scope: Literal["changed", "all"] = "changed"
    keys_file: Path | None = None
    create_missing: bool = False
    approve: str | None = None


def run(order: Order, settings: Settings, progress: Callable[[str], Progress]) -> list[Report]:
    reports = []
    scope = Keys(read_keys(order.keys_file)) if order.keys_file else order.scope
    with at_org(settings) as there:
        for name in order.entities:
            with world_of(there, name, progress(name)) as world:
                request = Request(str(time.time_ns()), order.mode, scope, order.create_missing, order.approve)
                try:
                    with Sync(entities()[name], world, request) as sync:
                        sync.prepare()
                        reports.append(sync.carry_out())
                except Stopped as stopped:
                    reports.append(stopped.report)
    return reports
