"""`concord alerts`: what is wrong and who was told of it, and a message to try the addresses."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Annotated

import typer

from assets.commands.answering import Exit, Terminal, WrongUse, answering, counted, leave
from assets.commands.options import AsJson

if TYPE_CHECKING:
    from pipelines.telling.standing import Standing
    from resources.alert_book import AlertBook, Page
    from resources.notify import Addresses


def alerts(
    *,
    test: Annotated[bool, typer.Option("--test", help="Send a test message to every address.")] = False,
    as_json: AsJson = False,
) -> None:
    """What is wrong since when, by entity and kind, and who has not been told yet. Nothing is asked of the org.

    Messages go to the addresses in CONCORD_ALERTS: one when something goes wrong, one when it is over.

    Examples:

      concord alerts

      concord alerts --test
    """
    with answering(as_json=as_json) as terminal:
        from resources.alert_book import AlertBook
        from resources.notify import Addresses
        from resources.settings import read_settings

        settings = read_settings()
        addresses = Addresses(settings.concord_alerts)
        book = AlertBook(settings.concord_home, addresses)
        if test:
            _try(book, addresses, terminal)
            return
        page = book.page()
        _show(page, addresses, terminal)
        terminal.answer(
            {
                "addresses": len(addresses),
                "wrong": sum(one.wrong for one in page.standing),
                "standing": [asdict(one) for one in page.standing],
                "trouble": page.trouble,
            }
        )


def _try(book: AlertBook, addresses: Addresses, terminal: Terminal) -> None:
    if not addresses:
        raise WrongUse("CONCORD_ALERTS names no address: set it to one of apprise's, such as mailto://… or slack://…")
    answers = book.trial()
    for number, problem in answers.items():
        if problem:
            terminal.tell(problem, style="red")
        else:
            terminal.show(f"{addresses.called(number)} took the message")
    terminal.answer({"sent": [{"address": number, "problem": problem} for number, problem in answers.items()]})
    leave(Exit.FAILURE if any(answers.values()) else Exit.FINE)


def _show(page: Page, addresses: Addresses, terminal: Terminal) -> None:
    from assets.commands.tables import table

    ordered = sorted(_shown(page.standing), key=lambda one: (not one.wrong, one.entity, one.kind, one.about))
    if ordered:
        terminal.show(
            table(("entity", "kind", "about", "state", "since", "what", "still to tell"), map(_line, ordered))
        )
    else:
        terminal.show("Nothing was seen so far: it is looked at when a run or its checks end.")
    wrong = sum(one.wrong for one in ordered)
    told = (
        f"{counted(len(addresses), 'address is', 'addresses are')} told"
        if addresses
        else "nobody is told: CONCORD_ALERTS is not set"
    )
    terminal.show(f"{counted(wrong, 'thing is', 'things are')} wrong; {told}.")
    for problem in page.trouble.values():
        terminal.show(f"Still to be told: {problem}.")


def _shown(standing: list[Standing]) -> list[Standing]:
    """What is wrong, each by itself; of an entity's kind of which nothing is, one line that it is well."""
    wrong = {(one.entity, one.kind) for one in standing if one.wrong}
    well: dict[tuple[str, str], Standing] = {}
    for one in sorted(standing, key=lambda one: one.since):
        if (one.entity, one.kind) not in wrong:
            well[one.entity, one.kind] = replace(one, about="", said="")
    return [*(one for one in standing if one.wrong), *well.values()]


def _line(one: Standing) -> tuple[object, ...]:
    untold = ", ".join(str(number) for number in one.untold)
    return (
        one.entity,
        one.kind.replace("_", " "),
        one.about,
        "WRONG" if one.wrong else "well",
        one.since.removesuffix("+00:00").replace("T", " "),
        one.said,
        f"address {untold}" if untold else "",
    )
