"""Files that only their owner may read: small ones, replaced as a whole, and ones that grow."""

from __future__ import annotations

import os
from pathlib import Path
from typing import IO


def write_private(path: Path, content: bytes) -> None:
    """The file holds exactly `content`, for its owner only; a reader sees the old content or the new, never a part."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
    temporary.replace(path)


def growing_private(path: Path) -> IO[bytes]:
    """The file, made if need be, to whose end is written."""
    return open(path, "ab", opener=lambda name, flags: os.open(name, flags, 0o600))
