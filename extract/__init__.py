"""Coupang Open API to raw tables: see `source.py` (the dlt source) and `cli.py` (the commands)."""
