"""One world of stories, an account each, collected and built day by day."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from extract.sandbox import SandboxServer, Status
from tests.pipeline.pipeline_runner import Pipeline
from tests.pipeline.pipeline_stories import DAYS, EVENING_5, Stories, tell


@pytest.fixture(scope="session")
def stories(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stories]:
    told = Stories()
    tell(told)
    with SandboxServer(told.world, as_of=EVENING_5, requests_per_second=None) as server:
        moving = told.orders["moving"]

        def move_on(request: object) -> None:
            # the order moves on at the moment at which its present status is asked for
            path, query = getattr(request, "path", ""), getattr(request, "query", "")
            if moving.account.vendor_id in path and "status=ACCEPT" in query:
                server.on_request = None
                moving.move(Status.INSTRUCT, "2026-01-05T10:30:00+09:00")

        pipeline = Pipeline(
            tmp_path_factory.mktemp("stories") / "data", server.url, list(told.accounts.values())
        )
        told.pipeline = pipeline
        server.on_request = move_on
        for as_of in DAYS:
            server.as_of = as_of
            pipeline.day(as_of)
        assert server.on_request is None, "the moving order never moved"
        yield told


@pytest.fixture(scope="session")
def pipeline(stories: Stories) -> Pipeline:
    assert stories.pipeline is not None
    return stories.pipeline
