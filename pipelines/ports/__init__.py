"""What the thinking needs from the world: a source that lands rows and a CRM that answers and is written to.

Only shapes live here. `resources/` implements them; nothing in `pipelines/` knows who does. Values cross this border
as *canonical text*, one spelling a type, so that both sides compare equal when they are equal:
boolean `true`/`false` · int `42` · double shortest decimal · date `2026-01-31` · datetime `2026-01-31T08:15:00.000Z`,
UTC, whole seconds.
"""
