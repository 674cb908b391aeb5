"""What the virtual home shows to the outside: one protocol server per file."""
