"""A sensor that sees what no run can say of itself: that its process was killed. What is still untold is told again."""

from __future__ import annotations

import dagster as dg

from assets.making.alerting import tell_dead
from assets.making.alive import bury_dead
from assets.making.desk import Desk

SECONDS = 300


def watch_over_runs() -> dg.SensorDefinition:
    """The sensor; off until somebody switches it on, as the schedules are."""

    @dg.sensor(
        name="watch_over_runs",
        minimum_interval_seconds=SECONDS,
        default_status=dg.DefaultSensorStatus.STOPPED,
        description="Every five minutes: was a run killed? Is somebody still to be told of something?",
    )
    def watch(context: dg.SensorEvaluationContext, desk: dg.ResourceParam[Desk]) -> dg.SkipReason:
        settings = desk.settings
        dead = bury_dead(settings.concord_home, context.instance)
        problems = tell_dead(settings, dead)
        for problem in problems:
            context.log.warning(problem)
        return dg.SkipReason("; ".join([f"{len(dead)} runs were killed", *problems]))

    return watch
