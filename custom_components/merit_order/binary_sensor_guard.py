"""Whether something is held back so that a limit of the connection, or the peak of the month, is kept."""

from typing import Any, override

from homeassistant.components.binary_sensor import BinarySensorEntity, BinarySensorEntityDescription

from .engine.steer import LIMITS, Act
from .entity import HomeSteeringEntity
from .steering import Steering

GUARD = BinarySensorEntityDescription(key="limit_guard", translation_key="limit_guard")


class GuardBinarySensor(HomeSteeringEntity, BinarySensorEntity):
    """On while the fast loop holds something back. `reason` is the first limit, `held` what it holds and
    `at_risk` what may come late by it, by name.
    """

    def __init__(self, coordinator: Steering) -> None:
        super().__init__(coordinator, GUARD)

    @property
    @override
    def is_on(self) -> bool:
        return bool(self._acts)

    @property
    @override
    def extra_state_attributes(self) -> dict[str, Any]:
        data = self.coordinator.data
        names = {asset.id: asset.config.name for asset in self.coordinator.home.assets}
        over = data.over if data is not None else ()
        risks = data.risks if data is not None else ()
        causes = [act.cause for act in self._acts] or list(over)
        return {
            "reason": causes[0].value if causes else None,
            "held": ", ".join(names[act.asset] for act in self._acts) or None,
            "exceeded": bool(over),
            "at_risk": ", ".join(names[risk.asset] for risk in risks) or None,
            "meter": data.note.value if data is not None else None,
        }

    @property
    def _acts(self) -> tuple[Act, ...]:
        data = self.coordinator.data
        return tuple(act for act in data.acts if act.cause in LIMITS) if data is not None else ()
