"""Devices bound to the entities that Home Assistant's own integrations really make."""
