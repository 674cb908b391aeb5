"""A real Home Assistant around the virtual home: seeded, booted, filled with history, checked."""
