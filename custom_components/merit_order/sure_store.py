"""A file of ours that can be relied on."""

from typing import Any, override

from homeassistant.helpers.storage import Store


class SureStore(Store[dict[str, Any]]):
    """A file that says whether it was written: Home Assistant only logs a disk that is full."""

    written = True

    @override
    async def _async_write_data(self, data: dict[str, Any]) -> None:
        self.written = False
        await super()._async_write_data(data)
        self.written = True
