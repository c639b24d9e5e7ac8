"""What a declaration can say: entities, sources, rules, conditions, limits; and what can be wrong with it."""
