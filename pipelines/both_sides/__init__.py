"""Entities that are written on both sides: pairs, three-way merges, deletions, and the way back to the source."""
