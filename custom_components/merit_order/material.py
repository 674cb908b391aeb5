"""Whether a device said something that a plan made before cannot have known."""

from .engine.model.roles import Readings

# A battery gains or loses about 2 % in five minutes at half its power; twice that is another story than was planned.
SOC_STEP = 4.0
TANK_STEP_C = 3.0


def changed_materially(before: Readings | None, now: Readings | None) -> bool:
    """Whether to think again before the next regular round. `before` is what the last plan was made with."""
    if before is None or now is None:
        return before is not now
    return (
        _jumped(_soc(before), _soc(now), SOC_STEP)
        or _jumped(_car(before), _car(now), SOC_STEP)
        or _jumped(_tank(before), _tank(now), TANK_STEP_C)
        or _connected(before) != _connected(now)
        or _on(before) != _on(now)
    )


def _jumped(before: float | None, now: float | None, step: float) -> bool:
    if before is None or now is None:
        return before is not now
    return abs(now - before) >= step


def _soc(readings: Readings) -> float | None:
    return readings.battery.soc_percent if readings.battery else None


def _car(readings: Readings) -> float | None:
    return readings.charger.soc_percent if readings.charger else None


def _tank(readings: Readings) -> float | None:
    return readings.tank.temperature_c if readings.tank else None


def _connected(readings: Readings) -> bool | None:
    return readings.charger.connected if readings.charger else None


def _on(readings: Readings) -> bool | None:
    return readings.switch.on if readings.switch else None
