"""What is walked: each small plan on each route. `Course` says which, and is what a command line spells."""

from __future__ import annotations

from dataclasses import dataclass

from tests.faults.connections import CONNECTIONS
from tests.faults.institutions import INSTITUTIONS
from tests.faults.lives import Lives
from tests.faults.outside import ROUTES
from tests.faults.people import PEOPLE
from tests.faults.plan import Plan
from tests.faults.profiles import PROFILES
from tests.faults.tasks import TASKS, Tasks

AnyPlan = Plan | Lives | Tasks
PLANS: dict[str, AnyPlan] = {plan.name: plan for plan in (INSTITUTIONS, PEOPLE, PROFILES, CONNECTIONS, TASKS)}


@dataclass(frozen=True)
class Course:
    """The name of a plan and the route on which it is carried out: `personnel bulk`."""

    name: str
    route: str

    def __str__(self) -> str:
        return f"{self.name} {self.route}"

    @property
    def plan(self) -> AnyPlan:
        return PLANS[self.name]


SAMPLED = tuple(Course(plan.name, route) for plan in (INSTITUTIONS, PEOPLE) for route in ROUTES)
"""What the ordinary tests take their sample from; of the others they take a single schedule and a single kill."""

COURSES = tuple(Course(name, route) for name in PLANS for route in ROUTES)
