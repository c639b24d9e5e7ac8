"""The folder that the demo plays in: its own, and emptied of the last demo before the story begins anew."""

from __future__ import annotations

import shutil
from pathlib import Path

from assets.commands.answering import Terminal, WrongUse
from resources.sandbox.launch import attach
from resources.settings import Settings
from resources.world import sandbox_state

MARK = "demo"
"""A file of this name says that the folder holds a demo and nothing that anybody would miss."""

FILES = ("*.duckdb", "*.duckdb.wal", "*.lock", "*.parquet", "*.sqlite", "alerts.json", MARK)
FOLDERS = ("dagster", "dlt", "errors", "feeds", "heartbeat", "published", "running", "sandbox")
"""What Concord makes in its home, and all that is thrown away of it."""


def fresh_home(settings: Settings, terminal: Terminal, *, anew: bool) -> Path:
    """An empty `CONCORD_HOME`, marked as a demo's. WrongUse where an org or feeds are set, or the folder is in use."""
    home = settings.concord_home
    if not settings.uses_sandbox:
        raise WrongUse("SALESFORCE_… settings name an org: the demo plays with its sandbox alone. Unset them for it.")
    if Path(settings.concord_feeds) != home / "feeds":
        raise WrongUse("CONCORD_FEEDS is set: the demo writes feeds of its own. Unset it for the demo.")
    if attach(sandbox_state(settings)):
        raise WrongUse(f"the sandbox in {home} is being served: stop `concord ui` or `concord sandbox` first")
    there = [path for pattern in (*FILES, *FOLDERS) for path in home.glob(pattern)]
    if any(path.name != "dagster" for path in there) and not (home / MARK).exists() and not anew:
        raise WrongUse(
            f"{home} holds something that is not from a demo ({', '.join(sorted(path.name for path in there))}):"
            " set CONCORD_HOME to another folder, or say --anew to throw it away"
        )
    if (home / MARK).exists():
        terminal.tell(f"The demo of before in {home} is thrown away; the story begins anew.", style="yellow")
    for path in there:
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    (home / MARK).write_text("This folder is a demo's: `concord demo` may throw it away.\n", "utf-8")
    return home
