"""People on two sides and runs take turns at random: all comes to rest as an oracle says. `make soak` goes on for long.

What a seed once found stands below by name, as the steps that led there.
"""

from __future__ import annotations

from hypothesis import HealthCheck, Phase, settings

from tests.faults.two_sides import TwoSides

TestTwoSides = TwoSides.TestCase
TestTwoSides.settings = settings(
    max_examples=1,
    stateful_step_count=10,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
