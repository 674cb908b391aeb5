"""What every device kind of the registry owes the rest of the house."""

from collections import Counter

import pytest

from custom_components.merit_order.engine.devices import DEVICES, device_kind
from custom_components.merit_order.engine.devices._base import DeviceKind
from custom_components.merit_order.engine.model.errors import InputError
from custom_components.merit_order.engine.model.options import OptionType, settle

KINDS = pytest.mark.parametrize("kind", DEVICES, ids=lambda kind: kind.key)


def test_keys_are_unique_and_found() -> None:
    assert max(Counter(kind.key for kind in DEVICES).values()) == 1
    assert all(device_kind(kind.key) is kind for kind in DEVICES)


@KINDS
def test_a_kind_is_complete(kind: DeviceKind) -> None:
    assert kind.key.isidentifier()
    assert kind.key == kind.key.lower()
    assert kind.options
    assert kind.brings
    assert set(kind.assets) == set(kind.brings), "each part it brings has an asset"


@KINDS
def test_what_takes_commands_says_how_often_and_how_soon(kind: DeviceKind) -> None:
    reads_only = kind.key in ("dsmr", "sml", "entities_grid", "entities_solar")
    assert (kind.conduct is None) is reads_only
    if kind.conduct is not None:
        assert all(0 < most <= 12000 for most in kind.conduct.writes_per_day.values())
        assert "" in kind.conduct.writes_per_day
        assert 10 <= kind.conduct.shows_within_s <= 120


@KINDS
def test_options_are_sound(kind: DeviceKind) -> None:
    keys = [option.key for option in kind.options]
    assert len(keys) == len(set(keys))
    for option in kind.options:
        assert option.key.isidentifier()
        assert bool(option.choices) == (option.type is OptionType.CHOICE)
        assert bool(option.domains) == (option.type is OptionType.ENTITY)
        assert not (option.required and option.advanced), f"{option.key} must be asked but is folded away"
        if option.default is not None:
            assert settle((option,), {})[option.key] == option.default


@KINDS
def test_errors_name_own_options(kind: DeviceKind) -> None:
    assert set(kind.field_of_error.values()) <= {option.key for option in kind.options}


@KINDS
def test_a_required_option_that_is_missing_is_named(kind: DeviceKind) -> None:
    required = [option.key for option in kind.options if option.required and option.default is None]
    if not required:
        assert settle(kind.options, {}) is not None
        return
    with pytest.raises(InputError) as raised:
        settle(kind.options, {})
    assert raised.value.field == required[0]
