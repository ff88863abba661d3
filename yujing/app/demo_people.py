"""The accounts of the demo, made by the commands that a real county uses."""

import numpy as np

from yujing.app.county import County
from yujing.app.output import Collected
from yujing.app.people import add
from yujing.domain.region import county_of


def make_people(county: County) -> list[dict[str, str]]:
    """Make an account of each role and return the logins; the first use changes the password."""
    village = busiest_village(county)
    whole = f"{village:012d}"[:6]
    wanted = [
        ("worker", "cunganbu", f"{village:012d}", "村网格员"),
        ("supervisor", "xiangzhen", f"{village:012d}"[:9], "乡镇负责人"),
        ("supervisor", "xianzhuanban", whole, "县专班"),
        ("leader", "xianlingdao", whole, "县领导"),
        ("data_team", "shujuzu", whole, "数据组"),
        ("operator", "yunwei", "", "运维"),
    ]
    logins = []
    for role, username, scope, name in wanted:
        heard = Collected()
        add(county, {"username": username, "role": role, "scope": scope, "name": name}, heard)
        made = heard.results[0]
        logins.append(
            {
                "role": role,
                "username": str(made["username"]),
                "password": str(made["password"]),
                "scope": str(made["scope"]),
            }
        )
    return logins


def busiest_village(county: County) -> int:
    """Return the village with the most open cards, else with the most households."""
    cards = [card.region for card in county.desk.live_cards() if card.region]
    regions = np.array(cards or county.state.households["region"], dtype=np.int64)
    regions = regions[(regions > 0) & (county_of(regions) != regions)]
    if not len(regions):
        return 520000000000
    villages, counts = np.unique(regions, return_counts=True)
    return int(villages[counts.argmax()])
