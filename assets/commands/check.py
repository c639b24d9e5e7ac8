"""`concord check`: whether everything that a run needs is there and fits."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from assets.commands.answering import Exit, answering, counted, leave
from assets.commands.options import AsJson, chosen
from assets.commands.permission_set import write_permission_set


def check(
    entities: Annotated[
        list[str] | None, typer.Argument(metavar="[ENTITY]...", help="All of them where none is named.")
    ] = None,
    *,
    permission_set: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Only write what an org has to have: the permission set of the integration user, and the custom"
            " objects and fields. A zip to deploy if FILE ends with .zip, else a folder in source format.",
            show_default=False,
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Holds settings, feeds and declarations against the org: every problem at once, nothing is changed.

    Fields, types, lengths, permissions, keys, freeze flags, files of the feeds and their columns. Exit code 2 if
    anything is wrong. An entity whose source is not set is left out, unless it is named.

    Examples:

      concord check

      concord check accounts --json

      concord check --permission-set concord.zip
    """
    with answering(as_json=as_json) as terminal:
        names = chosen(entities or [])
        if permission_set:
            write_permission_set(names, permission_set, terminal)
            return
        from assets.commands.tables import table
        from assets.declarations import entities as declared
        from resources.preflight import feed_problems, org_problems
        from resources.settings import read_settings
        from resources.sources import not_set
        from resources.world import at_org

        wanted = [declared()[name] for name in names]
        settings = read_settings()
        with at_org(settings) as there:
            unset = {} if entities else {one.name: why for one in wanted if (why := not_set(one.source, there))}
            wanted = [one for one in wanted if one.name not in unset]
            names = tuple(one.name for one in wanted)
            problems = feed_problems(there, wanted) + org_problems(there, wanted)
            org = there.salesforce_instance_url or there.login_url
        if settings.uses_sandbox:
            terminal.tell("No org is set: this is the embedded sandbox.", style="dim")
        notes = [f"{name} is left out: {why}" for name, why in unset.items()]
        for note in notes:
            terminal.tell(note, style="yellow")
        if problems:
            rows = [(p.entity or "all", p.where, p.field, p.mistake, p.remedy) for p in problems]
            terminal.show(
                table(("entity", "where", "field, file or collection", "what is wrong", "what would be right"), rows)
            )
            terminal.show(f"{counted(len(problems), 'problem', 'problems')} with {', '.join(names)} at {org}")
        else:
            terminal.show(f"All is well with {', '.join(names)} at {org}")
        told = [asdict(problem) for problem in problems]
        terminal.answer({"ok": not problems, "org": org, "checked": names, "problems": told, "notes": notes})
        leave(Exit.WRONG_USE if problems else Exit.FINE)
