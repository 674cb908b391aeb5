"""What every entity-bound device shares: values in the house's units, and borrowing an entity for a lease.

Entities have no timer of their own. So what stood there before the first write is kept on the shelf (it
survives a restart) and put back by `Action.RELEASE`.
"""

import math
from collections.abc import Callable, Mapping
from typing import Any

from ...model.errors import BadData, InputError, SourceError, WriteRefused
from ...model.ports import EntityState, Ports
from ...model.roles import Identity, Role
from ...model.units import energy_kwh, power_kw, temperature_c

TOGGLES = ("switch", "input_boolean", "light", "fan", "climate", "water_heater")
SWITCHES = tuple(f"{domain}." for domain in TOGGLES)
READ_BACK_S = 10.0
READ_BACK_STEP_S = 0.5
POLL_S = 5.0
MOST_KW = 150.0
"""More than any home's connection carries (three phases of 200 A): watts called kW, or a reading that jumped."""


class EntityMissing(SourceError):
    """There is no such entity. `field` among the placeholders names the option."""

    key = "entity_missing"


class EntityUnit(BadData):
    """The entity's unit does not fit its purpose. `field` among the placeholders names the option."""

    key = "entity_unit"


class NothingChosen(SourceError):
    """None of the entities that could tell something was chosen."""

    key = "nothing_chosen"


class Bound:
    """The chosen entities of one device: typed reading, and borrowing with read-back."""

    def __init__(self, options: Mapping[str, Any], ports: Ports, unique_id: str) -> None:
        self.options = options
        self.ports = ports
        self.counters: dict[str, int] = {"unreadable": 0, "refused": 0}
        self.keeping = True
        """Whether what stands there is to be kept before it is changed: not for a command that is over at once."""
        self._shelf = f"devices/{unique_id}/before"
        self._told: dict[str, str | float] = {}
        self._aimed_off: dict[str, bool] = {}
        """By thermostat that was given a set-point: whether it was off then. Switched since, a hand was on it."""

    def has(self, *options: str) -> bool:
        """Whether any of these options is set."""
        return any(self.options.get(option) for option in options)

    def entity(self, option: str) -> EntityState | None:
        """The entity chosen in `option` now; None when none is chosen or it does not exist."""
        entity_id = self.options.get(option)
        return self.ports.entities.get(entity_id) if entity_id else None

    def power(self, option: str) -> float | None:
        """A power in kW; None when no home has it: it would be the month's peak, and hold everything back."""
        value = self._converted(option, power_kw)
        if value is not None and abs(value) > MOST_KW:
            self.counters["unreadable"] += 1
            return None
        return value

    def energy(self, option: str) -> float | None:
        """An energy in kWh."""
        return self._converted(option, energy_kwh)

    def temperature(self, option: str) -> float | None:
        """A temperature in °C, from a sensor's state."""
        return self._converted(option, temperature_c)

    def plain(self, option: str, low: float = -math.inf, high: float = math.inf) -> float | None:
        """A number whose unit needs no conversion (%, A, V); None outside [low, high]."""
        value = self._number(self.entity(option))
        if value is not None and not low <= value <= high:
            self.counters["unreadable"] += 1
            return None
        return value

    def on(self, option: str) -> bool | None:
        """Whether a relay, climate or water heater is on."""
        state = self.entity(option)
        return None if state is None or state.state is None else state.state != "off"

    def attribute_c(self, option: str, name: str) -> float | None:
        """A temperature attribute of a climate or water heater, in °C (they carry no unit: °C unless told)."""
        state = self.entity(option)
        value = _finite(state.attributes.get(name)) if state is not None else None
        if value is None or state is None:
            return None
        return temperature_c(value, state.unit or "°C")

    def check(self, required: tuple[str, ...] = ()) -> None:
        """Raises EntityMissing, or NothingChosen when none of the `required` options is set."""
        if required and not self.has(*required):
            raise NothingChosen("choose at least one entity", field=required[0])
        for option, entity_id in self.options.items():
            if (
                not isinstance(entity_id, str)
                or "." not in entity_id
                or option.endswith(("_states", "_option"))
            ):
                continue
            if self.ports.entities.get(entity_id) is None:
                raise EntityMissing(f"{option}: there is no {entity_id}", field=option, entity=entity_id)

    def _converted(self, option: str, convert: Callable[[float, str | None], float]) -> float | None:
        state = self.entity(option)
        value = self._number(state)
        if value is None or state is None:
            return None
        try:
            return convert(value, state.unit)
        except InputError as err:
            entity_id = self.options[option]
            raise EntityUnit(
                f"{option}: {entity_id}: {err.message}",
                field=option,
                entity=entity_id,
                unit=state.unit or "–",
            ) from err

    def _number(self, state: EntityState | None) -> float | None:
        if state is None or state.state is None:
            return None
        value = _finite(state.state)
        if value is None:
            self.counters["unreadable"] += 1
        return value

    async def borrow(self, entity_id: str, value: str | float) -> None:
        """Set an entity to `value` ("on"/"off", an option, or a number) and see that it took it.

        What it was before the first borrowing is kept until `give_back`. Raises WriteRefused.
        """
        state = self.ports.entities.get(entity_id)
        if state is None or state.state is None:
            raise WriteRefused(f"{entity_id} is not available", entity=entity_id)
        await self._keep(entity_id, state)
        self._told.pop(entity_id, None)
        await self._set(entity_id, value)
        if self.keeping:
            self._told[entity_id] = self._reachable(entity_id, value)

    async def borrow_target(self, entity_id: str, target_c: float) -> None:
        """Give a climate or water heater a set-point in °C, within its own limits. Raises WriteRefused."""
        state = self.ports.entities.get(entity_id)
        if state is None or state.state is None:
            raise WriteRefused(f"{entity_id} is not available", entity=entity_id)
        await self._keep(entity_id, state)
        self._told.pop(entity_id, None)
        target = _from_c(target_c, state.unit)
        await self._set_target(entity_id, target)
        if self.keeping:
            self._told[entity_id] = self._within(entity_id, target, "min_temp", "max_temp")
            self._aimed_off[entity_id] = state.state == "off"

    def stands(self) -> bool | None:
        """Whether all that was borrowed stands as it was set; None while nothing is, or one of them says nothing."""
        if not self._told or any(self.says(entity_id) is None for entity_id in self._told):
            return None
        return all(self._as_told(entity_id, value) for entity_id, value in self._told.items())

    def _as_told(self, entity_id: str, value: str | float) -> bool:
        if isinstance(value, float) and entity_id.startswith(("climate.", "water_heater.")):
            is_off = self.says(entity_id) == "off"
            return self._aims_at(entity_id, value) and is_off is self._aimed_off.get(entity_id, is_off)
        return self._agrees(entity_id, value)

    def _reachable(self, entity_id: str, value: str | float) -> str | float:
        return value if isinstance(value, str) else self._within(entity_id, float(value), "min", "max")

    def leave(self) -> None:
        """Forget all that was borrowed: it is someone else's now."""
        self._told.clear()
        if self._before():
            self.ports.store.save(self._shelf, {})

    async def _keep(self, entity_id: str, state: EntityState) -> None:
        before = self._before()
        if self.keeping and entity_id not in before:
            before[entity_id] = _remember(entity_id, state)
            await self.ports.store.keep(self._shelf, before)

    async def run(self, script: str, variables: Mapping[str, Any]) -> None:
        """Run a script the person picked, with `variables` in it."""
        await self._call("script", "turn_on", script, {"variables": dict(variables)})

    async def give_back(self, instead: Mapping[str, str]) -> None:
        """Put back all that was borrowed, last first. Raises for what cannot be; that stays on the shelf.

        `instead` names entities that get a stated value and not the one they had.
        """
        self._told.clear()
        before = self._before()
        problem: SourceError | None = None
        for entity_id, was in reversed(list(before.items())):
            try:
                if entity_id in instead:
                    await self._set(entity_id, instead[entity_id])
                else:
                    await self._restore(entity_id, was)
            except SourceError as err:
                problem = problem or err
                continue
            del before[entity_id]
            self.ports.store.save(self._shelf, before)
        if problem is not None:
            raise problem

    async def _restore(self, entity_id: str, was: Mapping[str, Any]) -> None:
        target = was.get("target")
        # What is off takes no set-point: it is given before switching off, and after switching on.
        if target is not None and was["state"] == "off" and self.says(entity_id) != "off":
            await self._set_target(entity_id, target)
        await self._restore_state(entity_id, was["state"])
        if target is not None and was["state"] != "off":
            await self._set_target(entity_id, target)

    async def _restore_state(self, entity_id: str, state: str | float) -> None:
        domain = entity_id.partition(".")[0]
        if domain == "climate":
            if self.says(entity_id) != state:
                await self._call(domain, "set_hvac_mode", entity_id, {"hvac_mode": state})
                await self._read_back(entity_id, lambda: self.says(entity_id) == state)
        elif domain == "water_heater" and state != "off":
            # Not every water heater lets its operation mode be chosen; each can be switched on again.
            await self._set(entity_id, "on")
        else:
            await self._set(entity_id, state)

    def _before(self) -> dict[str, Any]:
        saved = self.ports.store.load(self._shelf)
        return dict(saved) if isinstance(saved, Mapping) else {}

    def says(self, entity_id: str) -> str | None:
        """The state of an entity now; None when it says nothing or is not there."""
        state = self.ports.entities.get(entity_id)
        return None if state is None else state.state

    async def _set(self, entity_id: str, value: str | float) -> None:
        domain = entity_id.partition(".")[0]
        if domain in ("number", "input_number"):
            value = self._reachable(entity_id, float(value))
            if self._agrees(entity_id, value):
                return
            await self._call(domain, "set_value", entity_id, {"value": value})
        elif domain in ("select", "input_select"):
            if self._agrees(entity_id, value):
                return
            await self._call(domain, "select_option", entity_id, {"option": value})
        elif domain in TOGGLES:
            if self._agrees(entity_id, value):
                return
            await self._call(domain, f"turn_{value}", entity_id, {})
        else:
            raise WriteRefused(f"{entity_id} cannot be set", entity=entity_id)
        await self._read_back(entity_id, lambda: self._agrees(entity_id, value))

    async def _set_target(self, entity_id: str, target: float) -> None:
        target = self._within(entity_id, target, "min_temp", "max_temp")

        if self._aims_at(entity_id, target):
            return
        domain = entity_id.partition(".")[0]
        await self._call(domain, "set_temperature", entity_id, {"temperature": target})
        await self._read_back(entity_id, lambda: self._aims_at(entity_id, target))

    def _aims_at(self, entity_id: str, target: float) -> bool:
        state = self.ports.entities.get(entity_id)
        says = _finite(state.attributes.get("temperature")) if state is not None else None
        return says is not None and abs(says - target) < 0.3

    async def _call(self, domain: str, action: str, entity_id: str, data: Mapping[str, Any]) -> None:
        self.ports.tally(entity_id)
        await self.ports.entities.call(domain, action, entity_id, data)

    def _within(self, entity_id: str, value: float, low: str, high: str) -> float:
        state = self.ports.entities.get(entity_id)
        attributes = state.attributes if state is not None else {}
        least, most = _finite(attributes.get(low)), _finite(attributes.get(high))
        if least is not None:
            value = max(value, least)
        return value if most is None else min(value, most)

    def _agrees(self, entity_id: str, value: str | float) -> bool:
        says = self.says(entity_id)
        if says is None:
            return False
        if isinstance(value, str):
            # A climate that is on says which mode it is in, never "on".
            return (
                says != "off"
                if value == "on" and entity_id.startswith(("climate.", "water_heater."))
                else says == value
            )
        number = _finite(says)
        return number is not None and abs(number - value) <= max(0.01, 0.01 * abs(value))

    async def _read_back(self, entity_id: str, agrees: Callable[[], bool]) -> None:
        waited = 0.0
        while not agrees():
            if waited >= READ_BACK_S:
                self.counters["refused"] += 1
                raise WriteRefused(f"{entity_id} says {self.says(entity_id)}", entity=entity_id)
            await self.ports.clock.sleep(READ_BACK_STEP_S)
            waited += READ_BACK_STEP_S


def identity(
    kind: str, role: Role, options: Mapping[str, Any], main: tuple[str, ...], name: str, *, writable: bool
) -> Identity:
    """Who an entity-bound device is: known by the first of its `main` entities that is chosen."""
    entity_id = next((options[key] for key in main if options.get(key)), "none")
    return Identity(
        unique_id=f"{kind}:{entity_id}",
        manufacturer="Home Assistant",
        model="Entities",
        name=name,
        roles=(role,),
        writable=(role,) if writable else (),
    )


def signed(value: float | None, choice: Any, negative: str) -> float | None:
    """`value`, turned when the person said that the entity counts the other way (`choice` is `negative`)."""
    return None if value is None else -value if choice == negative else value


def difference(plus: float | None, minus: float | None, *, both: bool) -> float | None:
    """Return plus − minus of two one-way meters; None while one that is chosen (`both`) does not tell."""
    if plus is None or (both and minus is None):
        return None
    return plus - (minus or 0.0)


def _remember(entity_id: str, state: EntityState) -> dict[str, Any]:
    value: Any = state.state
    if entity_id.startswith(("number.", "input_number.")):
        value = _finite(value)
    return {"state": value, "target": _finite(state.attributes.get("temperature"))}


def _finite(value: Any) -> float | None:
    try:
        number = float(value)
    except TypeError, ValueError:
        return None
    return number if math.isfinite(number) else None


def _from_c(value: float, unit: str | None) -> float:
    return value * 1.8 + 32 if unit == "°F" else value
