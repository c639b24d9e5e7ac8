"""How one entity becomes an asset, a plan asset and checks. Jobs and schedules are in `assets/automation.py`."""
