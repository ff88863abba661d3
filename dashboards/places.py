"""Names of places beside the numbers, for the boards' SQL."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa

from dashboards.rollup.rollup import board_migrations
from yujing.domain.region import Regions, county_of
from yujing.storage.clickhouse import Client, insert_rows, storage_errors
from yujing.storage.migration import ClickHouseStore, migrate


class PlaceNames:
    """The table `places`: counties and townships.

    Parameters
    ----------
    client
        From `yujing.storage.clickhouse`; missing tables are made.
    """

    def __init__(self, client: Client) -> None:
        migrate(ClickHouseStore(client), board_migrations())
        self._client = client

    def keep(self, regions: Regions, counties: Sequence[int], *, at: int) -> None:
        """Write the names of counties and of their townships; what is the same stays as it is.

        Parameters
        ----------
        regions
            The names.
        counties
            12-digit codes.
        at
            Seconds since 1970; of two names the later one counts.
        """
        codes = [code for county in sorted(counties) for code in _codes(regions, county)]
        names = {code: (regions.name(code), _county_name(regions, code)) for code in codes}
        if names == self._known():
            return
        with storage_errors("keeping names of places"):
            insert_rows(self._client, "places", _rows(names, at))

    def _known(self) -> dict[int, tuple[str, str]]:
        with storage_errors("reading names of places"):
            rows = self._client.query(
                "SELECT code, name, county_name FROM places FINAL"
            ).result_rows
        return {int(code): (name, county) for code, name, county in rows}


def _codes(regions: Regions, county: int) -> list[int]:
    return [county, *(int(code) for code in regions.under(county, "township"))]


def _county_name(regions: Regions, code: int) -> str:
    return regions.name(int(county_of(np.array([code], dtype=np.int64))[0]))


def _rows(names: dict[int, tuple[str, str]], at: int) -> Any:
    codes = np.array(sorted(names), dtype=np.int64)
    return pa.table(
        {
            "code": pa.array(codes),
            "name": pa.array([names[code][0] for code in codes.tolist()]),
            "county": pa.array(county_of(codes)),
            "county_name": pa.array([names[code][1] for code in codes.tolist()]),
            "written_at": pa.array(np.full(len(codes), at, dtype=np.uint32)),
        }
    )
