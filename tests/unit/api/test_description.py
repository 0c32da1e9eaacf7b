"""The description says all: whatever is sent that it allows or forbids, no answer is one that it does not name."""

from itertools import count
from pathlib import Path

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from starlette.applications import Starlette
from starlette.routing import Mount

from api import door
from api.gate import PER_SECOND, Shield
from bot.wechat import commands
from cases.register.pace import Pace
from cases.register.store import Store
from tests import builders
from tests.unit.api.conftest import a_source, judge

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]


@pytest.fixture
def website(migrated_sqlite: Path, tmp_path: Path) -> tuple[object, str]:
    file = tmp_path / "huiyin.db"
    file.write_bytes(migrated_sqlite.read_bytes())
    bureau = builders.a_bureau(Store(f"sqlite:///{file}"))
    ticks = count()
    whole = door.ApiDoor(bureau.workplace, judge, commands.parse, lambda no: no)
    clock = lambda: float(next(ticks))  # noqa: E731 - a second for each look: nobody has to wait
    app = door.build(whole, Shield(clock), Pace(bureau.store, PER_SECOND, clock))
    return Starlette(routes=[Mount("/api/v1", app)]), a_source(bureau)


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
def test_no_answer_is_undocumented(website: tuple[object, str], mode: GenerationMode) -> None:
    app, key = website
    schema = schemathesis.openapi.from_asgi("/api/v1/openapi.json", app)
    checks = [*CHECKS, negative_data_rejection] if mode is GenerationMode.NEGATIVE else CHECKS
    tried = 0
    for found in schema.get_all_operations():
        strategy = found.ok().as_strategy(generation_mode=mode)

        @given(case=strategy)
        @settings(
            max_examples=40, deadline=None, derandomize=True, database=None, phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )  # fmt: skip
        def run(case: schemathesis.Case) -> None:
            nonlocal tried
            tried += 1
            case.call_and_validate(headers={"Authorization": f"Bearer {key}"}, checks=checks)

        run()
    assert tried > 60
