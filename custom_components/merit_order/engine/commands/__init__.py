"""Subcommands of the engine's command line: each module has HELP, `add_arguments(parser)` and `run(args) -> int`.

`COMMANDS` names the modules, so that only the one that is asked for is imported.
"""

COMMANDS: tuple[tuple[str, str], ...] = (
    ("plan", "Plan a snapshot (or, with --neutral, a benchmark problem)."),
    ("replay", "Replay a recorded time and say what planning would have saved."),
    ("forecast", "Score our forecasts on a recorded time, walking forward."),
)
