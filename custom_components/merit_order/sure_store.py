"""A file of ours that can be relied on."""

from typing import Any, override

from homeassistant.helpers.storage import Store
from homeassistant.util.file import WriteError


class SureStore(Store[dict[str, Any]]):
    """A file that says whether it was written: Home Assistant only logs a disk that is full."""

    written = True

    @override
    async def _async_write_data(self, data: dict[str, Any]) -> None:
        self.written = False
        try:
            await super()._async_write_data(data)
        except OSError as err:
            # A folder that is gone or cannot be written to: of files Home Assistant itself tells, of these it does not.
            raise WriteError(str(err)) from err
        self.written = True
