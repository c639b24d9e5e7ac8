"""Which rows a run is about, and which record each of them has."""
