"""The region of a home in Great Britain, from its postcode or the number of its meter point (MPAN)."""

import re

from ..model.errors import BadData
from ..model.web import NotFound, reading
from ._octopus_api import SERVICE, Api

REGIONS = tuple("abcdefghjklmnp")
"""Grid supply point groups `_A` … `_P`, lower case because translation keys are."""
MPAN = re.compile(r"\d{13}")
DISTRIBUTORS = dict(zip(range(10, 24), "abcdefgpnjhklm", strict=True))
"""The first two digits of an MPAN name the distributor, and these fourteen have a region each (Elexon's list of
distributor ids); independent networks (24 and up) lie anywhere.
"""


class UnknownPostcode(BadData):
    """No region belongs to this postcode or meter point."""

    key = "unknown_postcode"


async def region_of(api: Api, place: str) -> str:
    """The region letter (lower case) of a postcode or MPAN. Raises UnknownPostcode and other SourceErrors."""
    wanted = place.replace(" ", "").upper()
    if MPAN.fullmatch(wanted):
        return DISTRIBUTORS.get(int(wanted[:2])) or await _of_meter(api, wanted)
    rows = api.rows("industry/grid-supply-points/", {"postcode": wanted})
    with reading(SERVICE):
        groups = {str(row["group_id"]).strip("_").lower() async for row in rows}
    # A postcode on a border belongs to two groups: then the person has to choose.
    return _only(groups)


async def _of_meter(api: Api, mpan: str) -> str:
    try:
        answer = await api.ask(f"electricity-meter-points/{mpan}/")
    except NotFound as err:
        raise UnknownPostcode("Octopus: knows no such meter point", service=SERVICE) from err
    with reading(SERVICE):
        return _only({str(answer["gsp"]).strip("_").lower()})


def _only(groups: set[str]) -> str:
    if len(groups) != 1 or not groups <= set(REGIONS):
        raise UnknownPostcode("Octopus: this does not say the region", service=SERVICE)
    return groups.pop()
