"""The registry of forecast kinds."""
