"""Checks of what Home Assistant reads beside the code, and of the house rules; `python -m script.checks`."""
