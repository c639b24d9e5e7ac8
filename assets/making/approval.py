"""What a person is told when a plan is held: which gate, which hash, and what to type to have it carried out."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from assets.making.request import PlanConfig, Rows, SyncConfig

if TYPE_CHECKING:
    from pipelines.declaring.entity import Entity
    from pipelines.loading.plan import Plan


def approving_command(entity: Entity, config: PlanConfig, plan_hash: str) -> str:
    """The command that carries out exactly this plan."""
    words = (
        ["concord", "missing", entity.name, "--import"] if config.create_missing else ["concord", "sync", entity.name]
    )
    if config.keys_file:
        words += ["--keys", config.keys_file]
    elif config.scope is Rows.all and not config.create_missing:
        words += ["--scope", "all"]
    if config.except_file:
        words += ["--except", config.except_file]
    return shlex.join([*words, "--approve", plan_hash])


def held_text(entity: Entity, config: SyncConfig, plan: Plan) -> str:
    """Why the plan is held, and how to have it carried out; or that it never can be."""
    obstacles = plan.obstacles(config.approve)
    gates = ", ".join(f"{gate.name} ({gate.observed:,} observed, limit {gate.limit})" for gate in obstacles)
    held = f"{entity.name} is held, nothing was written: plan {plan.hash} is over the limit of {gates}."
    if any(not gate.approvable for gate in obstacles):
        return f"{held} This cannot be approved: mend the source or the CRM, and run again."
    other = ""
    if config.approve:
        other = f" You approved {config.approve}, which is another plan: source or CRM have changed since."
    return (
        f"{held}{other} Look at the asset {entity.name}_plan. To carry out exactly this plan:"
        f" `{approving_command(entity, config, plan.hash)}`,"
        f" or materialize it again with the config `approve: {plan.hash}`."
    )
