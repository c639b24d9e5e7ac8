"""The questions of `checks/`, asked of one entity: one step that opens the published copy once.

They can be asked without a run, and each by itself. What a held or failed run left undone, it did not publish.
"""

# no postponed annotations: Dagster reads those of a compute function as objects
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import dagster as dg

from assets.making.alerting import asked, signs_of_answer, stale, tell, tell_dead, tell_unasked
from assets.making.alive import bury_dead
from assets.making.desk import Desk
from assets.making.discretion import Discretion
from assets.making.gaps import gap_signs, missing_partitions
from assets.making.last_answer import last_evaluation
from assets.making.metadata import table
from checks.all_questions import QUESTIONS
from checks.question import Answer, Copy, Question
from pipelines.declaring.entity import Entity

DEPENDS_ON = "depends_on"
"""Metadata of an answer that stands as long as this text stays."""


def questions_of(entity: Entity) -> list[Question]:
    """The questions that concern the entity."""
    return [question for question in QUESTIONS if question.concerns(entity)]


def entity_checks(entity: Entity) -> dg.AssetChecksDefinition:
    """Every question about the entity as a check of its asset."""
    questions = questions_of(entity)

    @dg.multi_asset_check(
        name=f"{entity.name}_checks",
        specs=[dg.AssetCheckSpec(each.name, asset=entity.name, description=each.asks) for each in questions],
        can_subset=True,
    )
    def ask(context: dg.AssetCheckExecutionContext, desk: dg.ResourceParam[Desk]) -> Iterator[dg.AssetCheckResult]:
        wanted = {key.name for key in context.selected_asset_check_keys}
        with Discretion(entity.name, desk.home, context.run.run_id, partial(_unasked, context, entity, desk)):
            if dead := bury_dead(desk.home, context.instance):
                tell_dead(desk.settings, dead)
            yield from _answers(context, entity, desk, [each for each in questions if each.name in wanted])

    return ask


def _unasked(context: dg.AssetCheckExecutionContext, entity: Entity, desk: Desk, kind: str) -> None:
    tell_unasked(desk, entity.name, context.run.run_id, kind, context.log.warning)


def _answers(
    context: dg.AssetCheckExecutionContext, entity: Entity, desk: Desk, questions: list[Question]
) -> Iterator[dg.AssetCheckResult]:
    # DuckDB comes along
    from resources.sources import not_set
    from resources.warehouse import Warehouse

    published = Warehouse(desk.home, entity.name).published(entity.name)
    if published is None and (why := not_set(entity.source, desk.settings)):
        left_out = Answer(passed=True, said=f"{entity.name} is left out: {why}")
        yield from (_result(entity, question, left_out, "") for question in questions)
        return
    if published is None:
        never = Answer(passed=False, said=f"{entity.name} was never synced: there is nothing to ask")
        yield from (_result(entity, question, never, "") for question in questions)
        tell(desk, entity.name, [stale(entity.name, never.said)], context.log.warning)
        return
    signs = []
    for result in _asked(context, entity, published, questions):
        signs += signs_of_answer(entity.name, result)
        yield result
    graph = context.job_def.asset_layer.asset_graph
    squares = missing_partitions(
        context.instance, entity.name, graph.get(dg.AssetKey(entity.name)).partitions_def, datetime.now(UTC)
    )
    tell(desk, entity.name, [*signs, asked(entity.name), *gap_signs(entity.name, squares)], context.log.warning)


def _asked(
    context: dg.AssetCheckExecutionContext, entity: Entity, published: Path, questions: list[Question]
) -> Iterator[dg.AssetCheckResult]:
    # DuckDB comes along
    from resources.warehouse import read_copy

    with read_copy(published) as con:
        copy = Copy(entity, con, datetime.now(UTC))
        for question in questions:
            depends_on = question.depends_on(copy) if question.depends_on else ""
            standing = _last_answer(context.instance, entity, question, depends_on) if depends_on else None
            yield standing or _result(entity, question, question.answer(copy), depends_on)


def _last_answer(
    instance: dg.DagsterInstance, entity: Entity, question: Question, depends_on: str
) -> dg.AssetCheckResult | None:
    """The last answer, if it still stands."""
    key = dg.AssetCheckKey(dg.AssetKey(entity.name), question.name)
    evaluation = last_evaluation(instance, key)
    known = evaluation.metadata.get(DEPENDS_ON) if evaluation else None
    if evaluation is None or known is None or known.value != depends_on:
        return None
    return dg.AssetCheckResult(
        passed=evaluation.passed,
        asset_key=key.asset_key,
        check_name=key.name,
        severity=evaluation.severity,
        metadata=evaluation.metadata,
        description=evaluation.description,
    )


def _result(entity: Entity, question: Question, answer: Answer, depends_on: str) -> dg.AssetCheckResult:
    metadata: dict[str, dg.MetadataValue | int | float | str] = dict(answer.numbers)
    if answer.rows:
        kinds = {name: "int" if isinstance(cell, int) else "string" for name, cell in answer.rows[0].items()}
        metadata["rows"] = table(answer.rows, kinds)
    if depends_on:
        metadata[DEPENDS_ON] = depends_on
    return dg.AssetCheckResult(
        passed=answer.passed,
        asset_key=entity.name,
        check_name=question.name,
        severity=dg.AssetCheckSeverity.ERROR if answer.severe else dg.AssetCheckSeverity.WARN,
        metadata=metadata,
        description=answer.said,
    )
