"""Measures the planner: what its plans cost, how long they take, how much memory it needs."""
