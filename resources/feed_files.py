"""Which files a feed is made of, and the marks by which a change or a bad file is known.

A feed `people` is `people.csv`, `people.parquet`, or a folder `people/` of either, below one folder. Nothing here looks
into rows: that is for `feed_csv.py` and `feed_parquet.py`.
"""

from __future__ import annotations

import codecs
import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pipelines.ports.world import SourceError

Format = Literal["csv", "parquet"]

_CHUNK = 1 << 20
_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]*")
_FORMATS: dict[str, Format] = {".csv": "csv", ".parquet": "parquet"}
_FOREIGN = {
    b"PK\x03\x04": "a zip archive or an Excel workbook",
    b"\x1f\x8b": "compressed by gzip",
    b"\x28\xb5\x2f\xfd": "compressed by zstd",
    b"PAR1": "a Parquet file",
}


@dataclass(frozen=True, slots=True)
class FeedFile:
    """One file of a feed. `label` is how texts and `_file` call it: its path below the folder of the feeds."""

    path: Path
    label: str
    format: Format


@dataclass(frozen=True, slots=True)
class Mark:
    """What a file was at the moment of its inspection."""

    size: int
    modified_ns: int
    digest: str


def find(folder: Path, name: str) -> list[FeedFile]:
    """The files of the feed, sorted by name, at least one; raises SourceError where there is no doubtless answer."""
    check_name(name)
    found = [FeedFile(path, path.name, fmt) for path, fmt in _candidates(folder, name) if path.is_file()]
    subfolder = folder / name
    if subfolder.is_dir():
        found += _files_in(subfolder)
        if not found:
            raise SourceError("feed_missing", f"the folder {subfolder} holds neither a .csv nor a .parquet file")
    if not found:
        looked = ", ".join(str(path) for path, _ in _candidates(folder, name))
        raise SourceError("feed_missing", f"no feed {name}: looked for {looked} and the folder {subfolder}/")
    origins = {file.label.partition("/")[0] for file in found}
    if len(origins) > 1:
        raise SourceError(
            "feed_ambiguous",
            f"feed {name} is there more than once: {', '.join(sorted(origins))}; leave one",
        )
    return sorted(found, key=lambda file: file.label)


def check_name(name: str) -> None:
    """Raises SourceError if the name could lead out of the folder."""
    if not _NAME.fullmatch(name):
        raise SourceError(
            "feed_name",
            f"{name!r} cannot name a feed: letters, digits, '_' and, not first, '-' and '.' can",
        )


def _candidates(folder: Path, name: str) -> Iterable[tuple[Path, Format]]:
    return ((folder / f"{name}{suffix}", fmt) for suffix, fmt in _FORMATS.items())


def _files_in(folder: Path) -> list[FeedFile]:
    found = []
    for path in sorted(folder.iterdir()):
        if path.name.startswith((".", "_")):
            continue  # marks such as _SUCCESS, and uploads that are still hidden
        fmt = _FORMATS.get(path.suffix.lower())
        if fmt is None or not path.is_file():
            raise SourceError(
                "unexpected_file", f"{folder.name}/{path.name} is neither a .csv nor a .parquet file; take it out"
            )
        found.append(FeedFile(path, f"{folder.name}/{path.name}", fmt))
    return found


def fingerprint(files: Iterable[FeedFile]) -> str:
    """Changes whenever a file's name or content does."""
    return combined((file, _mark(file, checked=False)) for file in files)


def combined(marks: Iterable[tuple[FeedFile, Mark]]) -> str:
    """The fingerprint of files that were inspected already."""
    total = hashlib.blake2b(digest_size=16)
    for file, mark in marks:
        total.update(f"{file.label}\0{mark.digest}\0".encode())
    return total.hexdigest()


def inspect(file: FeedFile) -> Mark:
    """The file's mark; raises SourceError where its bytes cannot be those of a whole feed file."""
    return _mark(file, checked=True)


def assert_unchanged(file: FeedFile, mark: Mark) -> None:
    """Raises SourceError if somebody wrote to the file since `mark` was taken."""
    now = file.path.stat()
    if (now.st_size, now.st_mtime_ns) != (mark.size, mark.modified_ns):
        raise SourceError("feed_changing", f"{file.label} changed while it was read; run again when it is whole")


def _mark(file: FeedFile, *, checked: bool) -> Mark:
    try:
        return _read_through(file, checked=checked)
    except OSError as error:
        raise SourceError("feed_unreadable", f"{file.label} cannot be read: {error.strerror}") from error


def _read_through(file: FeedFile, *, checked: bool) -> Mark:
    stat = file.path.stat()
    digest = hashlib.blake2b(digest_size=16)
    text = _Utf8(file.label) if checked and file.format == "csv" else None
    with file.path.open("rb") as stream:
        while chunk := stream.read(_CHUNK):
            digest.update(chunk)
            if text:
                text.feed(chunk)
    if text:
        text.end()
    if checked and stat.st_size == 0:
        raise SourceError("empty_feed", f"{file.label} holds nothing, not even a header")
    return Mark(stat.st_size, stat.st_mtime_ns, digest.hexdigest())


class _Utf8:
    """Watches the bytes of a text file go by, and refuses what is not UTF-8."""

    def __init__(self, label: str) -> None:
        self._label = label
        self._decoder = codecs.getincrementaldecoder("utf-8")()
        self._bytes = 0
        self._lines = 0
        self._ends_in_zero = False

    def feed(self, chunk: bytes) -> None:
        if self._bytes == 0:
            self._refuse_foreign(chunk)
        pending = len(self._decoder.getstate()[0])
        try:
            self._decoder.decode(chunk)
        except UnicodeDecodeError as error:
            at = self._bytes - pending + error.start
            line = self._lines + chunk.count(b"\n", 0, max(0, error.start - pending)) + 1
            raise SourceError(
                "not_utf8", f"{self._label}: byte {at + 1} (line {line}) is not UTF-8; export the file as UTF-8"
            ) from None
        self._bytes += len(chunk)
        self._lines += chunk.count(b"\n")
        self._ends_in_zero = chunk.endswith(b"\0")

    def end(self) -> None:
        try:
            self._decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            raise SourceError(
                "half_written", f"{self._label} ends in the middle of a character (line {self._lines + 1})"
            ) from None
        if self._ends_in_zero:
            raise SourceError("half_written", f"{self._label} ends in zero bytes: it was not written to its end")

    def _refuse_foreign(self, head: bytes) -> None:
        for magic, what in _FOREIGN.items():
            if head.startswith(magic):
                raise SourceError("not_csv", f"{self._label} is {what}; a plain text file is right")
        first_line = head[:4096].partition(b"\n")[0]
        if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) or b"\0" in first_line:
            raise SourceError("not_utf8", f"{self._label} is UTF-16 or UTF-32; export the file as UTF-8")
