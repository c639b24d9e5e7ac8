"""Which org a run meets when none is named."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from resources.settings import read_settings
from resources.world import at_org


def test_two_that_start_at_once_share_one_sandbox(tmp_path: Path) -> None:
    settings = read_settings(env_file=None, concord_home=tmp_path)
    both_there = threading.Barrier(2, timeout=60)

    def meet(_: int) -> str | None:
        with at_org(settings) as aimed:
            both_there.wait()
            return aimed.salesforce_instance_url

    with ThreadPoolExecutor(2) as pool:
        first, second = pool.map(meet, range(2))
    assert first == second is not None
