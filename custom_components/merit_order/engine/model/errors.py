"""Errors that name what is wrong in words a translation can carry.

Every error has a `key` (the translation key at the porch) and `placeholders` for it; the message in English is for
logs and the command line.
"""


class MeritOrderError(Exception):
    """Base of all errors raised on purpose."""

    key = "unknown"

    def __init__(self, message: str, **placeholders: object) -> None:
        super().__init__(message)
        self.placeholders = {name: str(value) for name, value in placeholders.items()}


class InputError(MeritOrderError):
    """Something given to us cannot be used. `field` is a dotted path such as `assets[1].params.capacity_kwh`."""

    key = "invalid_input"

    def __init__(self, field: str, message: str, **placeholders: object) -> None:
        super().__init__(f"{field}: {message}", field=field, **placeholders)
        self.field = field
        self.message = message

    def within(self, path: str) -> InputError:
        """The same error seen from outside: its field below `path`."""
        rest = {name: value for name, value in self.placeholders.items() if name != "field"}
        return InputError(f"{path}.{self.field}", self.message, **rest)


class SourceError(MeritOrderError):
    """A device or a service did not give what it should; the rest of the house goes on."""

    key = "cannot_connect"


class CannotConnect(SourceError):
    """Nothing listens there: wrong host or port, or the network is down."""

    key = "cannot_connect"


class SilentPeer(SourceError):
    """The port accepted the connection and then never answered."""

    key = "silent_peer"


class WrongUnit(SourceError):
    """A Modbus device answered, but not for this unit id."""

    key = "wrong_unit"


class WrongDevice(SourceError):
    """Something answered that is not the kind of device that was asked for."""

    key = "wrong_device"


class InvalidAuth(SourceError):
    """The password, key or token was refused."""

    key = "invalid_auth"


class RateLimited(SourceError):
    """The service asks us to wait. `retry_after_s` is in seconds."""

    key = "rate_limited"

    def __init__(self, message: str, retry_after_s: float, **placeholders: object) -> None:
        super().__init__(message, **placeholders)
        self.retry_after_s = retry_after_s


class BadData(SourceError):
    """An answer came that does not parse or makes no physical sense."""

    key = "bad_data"


class WriteRefused(SourceError):
    """A command was not taken, or was read back as something else."""

    key = "write_refused"
