"""Where processes of this machine listen, as the kernel has it."""

from __future__ import annotations

import socket
import struct
from pathlib import Path

LISTENS = "0A"


def session_of(leader: int) -> set[int]:
    """The processes of a session and all their children, by id."""
    parents = {int(path.name): _parent(path) for path in Path("/proc").iterdir() if path.name.isdigit()}
    found = {leader}
    while more := {pid for pid, parent in parents.items() if parent in found} - found:
        found |= more
    return found


def _parent(process: Path) -> int:
    try:
        return int((process / "stat").read_text().rpartition(")")[2].split()[1])
    except (FileNotFoundError, ProcessLookupError):
        return 0  # it has ended meanwhile


def addresses(pids: set[int]) -> set[str]:
    """The IP addresses on which these processes accept connections."""
    inodes = {link.removeprefix("socket:[").rstrip("]") for pid in pids for link in _links(pid)}
    found = set()
    for table in ("tcp", "tcp6"):
        for line in Path("/proc/net", table).read_text().splitlines()[1:]:
            columns = line.split()
            if columns[3] == LISTENS and columns[9] in inodes:
                found.add(_address(columns[1].partition(":")[0]))
    return found


def _links(pid: int) -> list[str]:
    try:
        return [str(entry.readlink()) for entry in Path("/proc", str(pid), "fd").iterdir()]
    except (FileNotFoundError, ProcessLookupError):
        return []


def _address(text: str) -> str:
    words = [struct.pack("<I", int(text[at : at + 8], 16)) for at in range(0, len(text), 8)]
    family = socket.AF_INET if len(words) == 1 else socket.AF_INET6
    return socket.inet_ntop(family, b"".join(words))
