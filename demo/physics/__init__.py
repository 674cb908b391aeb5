"""The physics of the virtual home: powers in W, energies in Wh inside; no sockets, no Home Assistant."""
