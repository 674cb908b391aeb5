"""Problem, objective, solver: from what is known to what is best."""
