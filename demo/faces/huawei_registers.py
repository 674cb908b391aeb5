"""The register table of the Huawei face: address, type, scale, where the value comes from and where it goes.

Addresses, types and scales follow the register map of olivergregorius/sun2000_modbus (MIT) and the vendor's interface
definition. Signs: battery + = charge; grid meter + = export.
"""

from collections.abc import Callable
from datetime import UTC, datetime

from demo.faces._registers import Kind, Register
from demo.physics.house import LOCAL, House
from demo.physics.inverter import Block, Forced, WorkingMode

VOLTAGE = 230.0
FREQUENCY = 50.0

Row = Register[House]


def _measured(address: int, kind: Kind, get: Callable[[House], float], scale: float = 1) -> Row:
    return Row(address, kind, get, scale, measured=True)


def _setting(address: int, kind: Kind, name: str, most: int, scale: float = 1, least: int = 0) -> Row:
    """Return a read/write register kept in the inverter's settings, in `scale`-ths of its unit."""

    def write(house: House, number: int) -> None:
        setattr(house.inverter.settings, name, number if scale == 1 else number / scale)

    return Row(
        address,
        kind,
        lambda house: float(getattr(house.inverter.settings, name)),
        scale,
        write=write,
        least=least,
        most=most,
    )


def _asked(address: int, kind: Kind, name: str, most: int, scale: float = 1) -> Row:
    """Return a read/write register that prepares a forced charge or discharge."""

    def write(house: House, number: int) -> None:
        setattr(house.inverter.asked, name, number if scale == 1 else number / scale)

    return Row(
        address, kind, lambda house: float(getattr(house.inverter.asked, name)), scale, write=write, most=most
    )


TOU_WORDS = 43


def _write_blocks(house: House, number: int) -> None:
    """Take the time-of-use table: a count, then start minute, end minute and a word of charge flag and weekdays each.

    The flag is the word's high byte (0 charge, 1 discharge); bit 0 of the low byte is Sunday, bit 1 Monday.
    """
    settings = house.inverter.settings
    settings.time_of_use = number
    words = [number >> 16 * place & 0xFFFF for place in reversed(range(TOU_WORDS))]
    count = min(words[0], (TOU_WORDS - 1) // 3)
    rows = [words[1 + 3 * n : 4 + 3 * n] for n in range(count)]
    settings.blocks = tuple(
        Block(
            start * 60,
            end * 60,
            charge=not flags >> 8,
            weekdays=frozenset((bit - 1) % 7 for bit in range(7) if flags >> bit & 1),
        )
        for start, end, flags in rows
    )


def _running(house: House) -> float:
    return house.inverter.running.kind


def _battery_mode(house: House) -> float:
    """Return the battery's own working mode (37006), which counts differently from the setting (47086)."""
    if house.inverter.running.kind is not Forced.STOP:
        return 1
    modes: dict[int, int] = {
        WorkingMode.SELF_CONSUMPTION: 4,
        WorkingMode.FEED_TO_GRID: 5,
        WorkingMode.TIME_OF_USE: 6,
    }
    return modes.get(house.inverter.settings.working_mode, 3)


def _local_epoch(house: House) -> float:
    offset = datetime.fromtimestamp(house.epoch, UTC).astimezone(LOCAL).utcoffset()
    return house.epoch + (offset.total_seconds() if offset else 0)


def _utc_offset_minutes(house: House) -> float:
    return (_local_epoch(house) - house.epoch) / 60


def _text(address: int, words: int, value: str) -> Row:
    return Row(address, Kind.TEXT, lambda _: value, words=words)


def _fixed(address: int, kind: Kind, value: float, scale: float = 1) -> Row:
    return Row(address, kind, lambda _: value, scale)


def _phase_w(phase: int) -> Callable[[House], float]:
    return lambda house: -house.meter.phase_w[phase]


def _phase_a(phase: int) -> Callable[[House], float]:
    return lambda house: -house.meter.phase_w[phase] / VOLTAGE


IDENTITY = (
    _text(30000, 15, "SUN2000-6KTL-M1"),
    _text(30015, 10, "VH2410000001"),
    _text(30025, 10, "01075000-001"),
    _fixed(30070, Kind.U16, 428),
    _fixed(30071, Kind.U16, 2),
    _fixed(30072, Kind.U16, 2),
    Row(30073, Kind.U32, lambda h: h.inverter.rated_w),
    Row(30075, Kind.U32, lambda h: h.inverter.rated_w * 1.1),
    _text(31000, 15, "A"),
    _text(31025, 15, "V100R001C00SPC200"),
)

INVERTER = (
    _fixed(32000, Kind.U16, 0b110),
    _fixed(32002, Kind.U16, 0b111),
    _fixed(32003, Kind.U32, 0),
    _fixed(32008, Kind.U16, 0),
    _fixed(32009, Kind.U16, 0),
    _fixed(32010, Kind.U16, 0),
    _measured(32016, Kind.I16, lambda h: 360.0 if h.inverter.pv_w > 0 else 0.0, 10),
    _measured(32017, Kind.I16, lambda h: h.inverter.pv_w / 2 / 360.0, 100),
    _measured(32018, Kind.I16, lambda h: 360.0 if h.inverter.pv_w > 0 else 0.0, 10),
    _measured(32019, Kind.I16, lambda h: h.inverter.pv_w / 2 / 360.0, 100),
    _measured(32064, Kind.I32, lambda h: h.inverter.pv_w),
    *(_fixed(32066 + n, Kind.U16, VOLTAGE * 3**0.5, 10) for n in range(3)),
    *(_fixed(32069 + n, Kind.U16, VOLTAGE, 10) for n in range(3)),
    *(_measured(32072 + 2 * n, Kind.I32, lambda h: h.inverter.ac_w / 3 / VOLTAGE, 1000) for n in range(3)),
    _measured(32078, Kind.I32, lambda h: h.inverter.peak_today_w),
    _measured(32080, Kind.I32, lambda h: h.inverter.ac_w),
    _fixed(32082, Kind.I32, 0),
    _fixed(32084, Kind.I16, 1, 1000),
    _fixed(32085, Kind.U16, FREQUENCY, 100),
    _fixed(32086, Kind.U16, 98, 100),
    _fixed(32087, Kind.I16, 38.5, 10),
    _fixed(32088, Kind.U16, 30, 1000),
    _fixed(32089, Kind.U16, 0x0200),
    _fixed(32090, Kind.U16, 0),
    _measured(32106, Kind.U32, lambda h: h.inverter.yield_wh / 1000, 100),
    _measured(32114, Kind.U32, lambda h: h.inverter.yield_today_wh / 1000, 100),
)

METER = (
    _fixed(37100, Kind.U16, 1),
    *(_fixed(37101 + 2 * n, Kind.I32, VOLTAGE, 10) for n in range(3)),
    *(_measured(37107 + 2 * n, Kind.I32, _phase_a(n), 100) for n in range(3)),
    _measured(37113, Kind.I32, lambda h: -h.grid_w),
    _fixed(37115, Kind.I32, 0),
    _fixed(37117, Kind.I16, 1, 1000),
    _fixed(37118, Kind.I16, FREQUENCY, 100),
    _measured(37119, Kind.I32, lambda h: sum(h.meter.export_wh) / 1000, 100),
    _measured(37121, Kind.I32, lambda h: sum(h.meter.import_wh) / 1000, 100),
    _fixed(37123, Kind.I32, 0, 100),
    _fixed(37125, Kind.U16, 1),
    *(_fixed(37126 + 2 * n, Kind.I32, VOLTAGE * 3**0.5, 10) for n in range(3)),
    *(_measured(37132 + 2 * n, Kind.I32, _phase_w(n)) for n in range(3)),
    _fixed(37138, Kind.U16, 1),
)

BATTERY = (
    _fixed(37000, Kind.U16, 2),
    _measured(37001, Kind.I32, lambda h: h.inverter.battery.power_w),
    _fixed(37003, Kind.U16, 735, 10),
    _measured(37004, Kind.U16, lambda h: h.inverter.battery.soc * 100, 10),
    _measured(37006, Kind.U16, _battery_mode),
    _measured(37007, Kind.U32, lambda h: h.inverter.battery.max_charge_w),
    _measured(37009, Kind.U32, lambda h: h.inverter.battery.max_discharge_w),
    _measured(37015, Kind.U32, lambda h: h.inverter.charged_today_wh / 1000, 100),
    _measured(37017, Kind.U32, lambda h: h.inverter.discharged_today_wh / 1000, 100),
    _measured(37021, Kind.I16, lambda h: h.inverter.battery.power_w / 735, 10),
    _fixed(37022, Kind.I16, 22, 10),
    _measured(37025, Kind.U16, lambda h: h.inverter.remaining_s(h.epoch) / 60),
    _measured(37046, Kind.U32, lambda h: h.inverter.battery.max_charge_w),
    _measured(37048, Kind.U32, lambda h: h.inverter.battery.max_discharge_w),
    _text(37052, 10, "VHLUNA000001"),
    _measured(37066, Kind.U32, lambda h: h.inverter.battery.charged_wh / 1000, 100),
    _measured(37068, Kind.U32, lambda h: h.inverter.battery.discharged_wh / 1000, 100),
    _measured(37758, Kind.U32, lambda h: h.inverter.battery.capacity_wh),
    _measured(37760, Kind.U16, lambda h: h.inverter.battery.soc * 100, 10),
    _fixed(37762, Kind.U16, 2),
    _fixed(37763, Kind.U16, 735, 10),
    _measured(37764, Kind.I16, lambda h: h.inverter.battery.power_w / 735, 10),
    _measured(37765, Kind.I32, lambda h: h.inverter.battery.power_w),
    _measured(37780, Kind.U32, lambda h: h.inverter.battery.charged_wh / 1000, 100),
    _measured(37782, Kind.U32, lambda h: h.inverter.battery.discharged_wh / 1000, 100),
    _measured(37784, Kind.U32, lambda h: h.inverter.charged_today_wh / 1000, 100),
    _measured(37786, Kind.U32, lambda h: h.inverter.discharged_today_wh / 1000, 100),
)

SETTINGS = (
    Row(40000, Kind.U32, _local_epoch),
    Row(43006, Kind.I16, _utc_offset_minutes),
    _fixed(47000, Kind.U16, 2),
    _setting(47075, Kind.U32, "max_charge_w", 5_000),
    _setting(47077, Kind.U32, "max_discharge_w", 5_000),
    _setting(47081, Kind.U16, "charge_cutoff", 1_000, 1_000, least=900),
    _setting(47082, Kind.U16, "discharge_cutoff", 200, 1_000),
    _asked(47083, Kind.U16, "minutes", 1_440),
    _setting(47086, Kind.U16, "working_mode", 5),
    _setting(47087, Kind.U16, "grid_charge", 1),
    _setting(47088, Kind.U16, "grid_charge_cutoff", 1_000, 1_000, least=200),
    Row(
        47100,
        Kind.U16,
        _running,
        write=lambda house, number: house.inverter.command(number, house.epoch),
        most=2,
    ),
    _asked(47101, Kind.U16, "target_soc", 1_000, 1_000),
    _setting(47242, Kind.U32, "grid_charge_w", 5_000),
    _asked(47246, Kind.U16, "to_soc", 1),
    _asked(47247, Kind.U32, "charge_w", 5_000),
    _asked(47249, Kind.U32, "discharge_w", 5_000),
    Row(
        47255,
        Kind.BLOCK,
        lambda h: h.inverter.settings.time_of_use,
        words=TOU_WORDS,
        write=_write_blocks,
        most=(1 << 16 * TOU_WORDS) - 1,
    ),
    _setting(47415, Kind.U16, "feed_in_mode", 7),
    _setting(47416, Kind.I32, "feed_in_w", 6_600),
    _setting(47418, Kind.I16, "feed_in_percent", 1_000, 10),
)

REGISTERS = (*IDENTITY, *INVERTER, *METER, *BATTERY, *SETTINGS)
