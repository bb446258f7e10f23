"""The API does what its OpenAPI document says, whatever is asked: schemathesis makes up the questions."""

from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode

from hub.web.api.routes import ROUTES
from hub.web.tries import limiter
from tests.fakes.hub_scene import SITE, Scene
from tests.hub.web.test_api import Program, fill

EXAMPLES = 4
"""Of each route, right ones and wrong ones: the same at every run."""


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    scene = fill(Scene(tmp_path_factory.mktemp("contract")))
    limiter.enabled = False
    yield Program(scene)
    limiter.enabled = True
    scene.close()


@pytest.fixture(scope="module")
def described(program: Program) -> Any:
    return schemathesis.openapi.from_wsgi("/api/1/openapi.json", program.client.application)


@pytest.mark.parametrize("right", [True, False], ids=["right questions", "wrong questions"])
@pytest.mark.parametrize("name", [route.name for route in ROUTES])
def test_it_answers_as_its_document_says(described: Any, program: Program, name: str, right: bool) -> None:
    mode = GenerationMode.POSITIVE if right else GenerationMode.NEGATIVE
    operation = described.find_operation_by_id(name)

    @settings(
        max_examples=EXAMPLES,
        derandomize=True,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def ask(case: Any) -> None:
        if right and "site" in case.path_parameters:
            case.path_parameters["site"] = SITE
        case.call_and_validate(headers={"Authorization": f"Bearer {program.said}"})

    ask()
