"""People, a source and runs take turns at random: promises hold after each quiet run. `make soak` goes on for long.

What a seed once found stands below by name, as the steps that led there.
"""

from __future__ import annotations

from hypothesis import HealthCheck, Phase, settings

from tests.faults.both_sides import BothSides

TestBothSides = BothSides.TestCase
TestBothSides.settings = settings(
    max_examples=2,
    stateful_step_count=6,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
