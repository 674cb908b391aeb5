"""The registry of asset kinds."""
