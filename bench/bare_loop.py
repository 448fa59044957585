"""The least that any client has to do: sign, get, decode; `python -m bench.bare_loop REQUESTS`.

Sends the requests of a file (JSON: base_url, access_key, secret_key, targets) one after the other
with the extractor's own HTTP and JSON libraries, and keeps nothing. With a folder as the second
argument it keeps the bodies there, a file each, for a reader of JSON files to be measured on.
"""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime
from pathlib import Path

import orjson
import requests

from extract.signature import authorization


def main(file: str, keep: str | None = None) -> None:
    """Sends every request once; a refusal ends it."""
    asked = json.loads(Path(file).read_text())
    with requests.Session() as session:
        session.trust_env = False
        for number, target in enumerate(asked["targets"]):
            signed = authorization(
                asked["access_key"], asked["secret_key"], "GET", target, datetime.now(UTC)
            )
            answer = session.get(
                asked["base_url"] + target, headers={"Authorization": signed}, timeout=60
            )
            if answer.status_code not in (200, 400, 404):  # an order that cannot be looked up
                answer.raise_for_status()
            orjson.loads(answer.content)
            if keep and answer.ok:
                (Path(keep) / f"{number:06d}.json").write_bytes(answer.content)


if __name__ == "__main__":
    main(*sys.argv[1:])
