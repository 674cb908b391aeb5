"""The power of a run as a person types it."""

import pytest

from custom_components.merit_order.engine.assets._profile import read_profile
from custom_components.merit_order.engine.model.errors import InputError


@pytest.mark.parametrize(
    "text", ["0.7 1.8 0.1", "0,7 1,8 0,1", "0,7; 1,8; 0,1", "0.7, 1.8, 0.1", "0.7,1.8,0.1", " 0.7\n1.8 0.10 "]
)
def test_a_row_of_powers_is_read_however_people_write_it(text: str) -> None:
    assert read_profile(text, "profile") == [0.7, 1.8, 0.1]


@pytest.mark.parametrize("text", ["", "much", "-1 2", "0 0", "101", " , ", "nan", "1 " * 97])
def test_what_is_no_row_of_powers_is_refused_by_its_name(text: str) -> None:
    with pytest.raises(InputError) as refused:
        read_profile(text, "profile")
    assert refused.value.field == "profile"
