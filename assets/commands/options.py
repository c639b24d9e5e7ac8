"""What several commands take, and whether it can be meant."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from assets.commands.answering import WrongUse

AsJson = Annotated[bool, typer.Option("--json", help="One JSON value on stdout and nothing else there.")]

KeysFile = Annotated[
    Path | None,
    typer.Option("--keys", metavar="FILE", help="Only these source keys, one a line.", show_default=False),
]
ExceptFile = Annotated[
    Path | None,
    typer.Option(
        "--except",
        metavar="FILE",
        help="Leave these out, one a line: keys, or ids of records. Of entities that are synced in both directions.",
        show_default=False,
    ),
]
Approve = Annotated[
    str | None,
    typer.Option(metavar="HASH", help="Carry out a held plan: the one with this hash, no other.", show_default=False),
]


def chosen(names: Sequence[str]) -> tuple[str, ...]:
    """The named entities, each once, parents first; all where none is named. WrongUse for one that is not declared."""
    from assets.declarations import entities

    known = entities()
    for name in names:
        if name not in known:
            near = difflib.get_close_matches(name, known, 1)
            hint = f"is {near[0]} meant? " if near else ""
            raise WrongUse(f"no entity {name!r} is declared: {hint}there are {', '.join(known)}")
    return tuple(name for name in known if not names or name in names)
