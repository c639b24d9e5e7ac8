"""Both sides as they are now, in the entity's file: what is asked of the source and of the org, and what is usable."""
