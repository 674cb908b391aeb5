"""What can stand in the virtual home beside the recorded load: one line each."""

from collections.abc import Callable, Mapping
from typing import Final

from demo.physics.boiler import Boiler
from demo.physics.car import Car
from demo.physics.charger import Charger
from demo.physics.dishwasher import Dishwasher
from demo.physics.pump import Pump
from demo.physics.room import HeatedRoom
from demo.physics.socket import L2, L3, Load, Socket

# From a seed to the thing. A socket gets a HomeWizard face, a charger a KEBA one, anything else none.
APPLIANCES: Final[Mapping[str, Callable[[int], Load]]] = {
    "boiler": lambda seed: Socket(Boiler(seed=seed), L2),
    "pump": lambda seed: Socket(Pump(), L3, relay=False),
    "dishwasher": lambda seed: Socket(Dishwasher(seed=seed), L3),
    "heating": lambda seed: HeatedRoom(seed=seed),
    "charger": lambda seed: Charger(Car(seed=seed)),
}
USUAL = ("boiler", "pump")
