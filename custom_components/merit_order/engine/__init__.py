"""The engine: plans a home's energy. Knows nothing of Home Assistant; `python -m engine` runs it alone."""
