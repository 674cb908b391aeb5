"""Replay: what the plan would have been worth over a recorded time, knowing at each step only what was known then."""
