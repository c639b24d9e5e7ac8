"""A file of source keys, one a line, as `--keys` takes it."""

from __future__ import annotations

from pathlib import Path

from assets.commands.answering import WrongUse


def read_keys(path: Path) -> frozenset[str]:
    """The keys of the file, without blank lines and white space around; WrongUse where it names none."""
    try:
        text = path.read_text("utf-8-sig")
    except UnicodeDecodeError as error:
        raise WrongUse(f"{path} is not UTF-8 (byte {error.start + 1}): one key a line, as plain text") from None
    except OSError as error:
        raise WrongUse(f"{path} cannot be read: {error.strerror}") from None
    keys = frozenset(line.strip() for line in text.splitlines() if line.strip())
    if not keys:
        raise WrongUse(f"{path} names no key: one key a line")
    return keys
