"""The registry of device kinds."""
