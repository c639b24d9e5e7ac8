"""A file of source keys, one a line, as `--keys` and a run's `keys_file` take it."""

from __future__ import annotations

from pathlib import Path

from resources.settings import SettingsError


def read_keys(path: Path) -> frozenset[str]:
    """The keys of the file, without blank lines and white space around; SettingsError where it names none."""
    try:
        text = path.read_text("utf-8-sig")
    except UnicodeDecodeError as error:
        raise SettingsError(f"{path} is not UTF-8 (byte {error.start + 1}): one key a line, as plain text") from None
    except OSError as error:
        raise SettingsError(f"{path} cannot be read: {error.strerror}") from None
    keys = frozenset(line for line in text.replace("\r\n", "\n").split("\n") if line.strip(" \t\r"))
    if not keys:
        raise SettingsError(f"{path} names no key: one key a line")
    return keys
