"""The virtual home: one simulated house that speaks real device protocols on loopback."""
