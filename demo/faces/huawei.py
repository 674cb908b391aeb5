"""The face of the Huawei inverter: Modbus TCP behind its SDongle, which serves one client at a time."""

from typing import ClassVar, override

from demo.faces._base import World
from demo.faces._modbus import READ, WRITE_MANY, WRITE_ONE, ModbusFace
from demo.faces.huawei_registers import REGISTERS
from demo.physics.house import House


class HuaweiFace(ModbusFace[House]):
    """A SUN2000 with battery and grid meter: unit 1, at most 64 registers a read."""

    unit: ClassVar[int] = 1
    functions: ClassVar[frozenset[int]] = frozenset({READ, WRITE_ONE, WRITE_MANY})
    most_registers: ClassVar[int] = 64
    single_client: ClassVar[bool] = True

    def __init__(self, key: str, world: World) -> None:
        super().__init__(key, world, REGISTERS)

    @override
    def device(self) -> House:
        return self.world.catch_up()

    @override
    def forget(self) -> None:
        self.world.catch_up().inverter.reboot()
