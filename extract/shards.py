"""Shards: a part of the accounts each, for several machines or jobs that collect at a time."""

import hashlib
import re
from dataclasses import dataclass

from extract.errors import ConfigurationError


@dataclass(frozen=True)
class Shard:
    """Shard `number` (from 1) of `of`. Which account is of which follows from the vendor code
    alone, so that it stays whatever other accounts are linked."""

    number: int = 1
    of: int = 1

    def holds(self, vendor_id: str) -> bool:
        """Whether an account is of this shard: of exactly one of the `of`."""
        digest = hashlib.sha256(vendor_id.encode()).digest()
        return int.from_bytes(digest[:8]) % self.of == self.number - 1

    def __str__(self) -> str:
        return f"{self.number}/{self.of}"


EVERYTHING = Shard()


def parse_shard(text: str) -> Shard:
    """A shard as it is told, `2/16`; ConfigurationError where it is none."""
    told = re.fullmatch(r"([1-9][0-9]{0,4})/([1-9][0-9]{0,4})", text, re.ASCII)
    if told is None or int(told[1]) > int(told[2]):
        raise ConfigurationError(
            f"{text!r} is no shard", remedy="Write 1/4, 2/4, 3/4 and 4/4 for four of them."
        )
    return Shard(int(told[1]), int(told[2]))
