"""Nobody gets, sees or changes what is another's, on any operation that the application has."""

from __future__ import annotations

from pathlib import Path

import httpx2
import pytest

from tests.matrix.operations import Operation
from tests.matrix.place import Actor, matrix_place
from tests.matrix.policy import TARGETS, refusal
from tests.matrix.trying import Matrix, try_all

pytestmark = pytest.mark.anyio


@pytest.fixture(scope="module")
def anyio_backend() -> str:
    return "asyncio"


def wrong(matrix: Matrix) -> list[str]:
    """Everything that is not as it should be."""
    return [line for row in matrix.values() for cell in row.values() for line in cell.wrong]


async def test_every_operation_as_everybody_and_control_without_the_check_a_pupil_reads_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with matrix_place(tmp_path / "data") as place:
        matrix = await try_all(place)
        assert wrong(matrix) == []
        assert {"PUT /api/v1/sittings/{sitting}/answers/{position}", "GET /rapporten", "GET /itembank"} <= {
            str(operation) for operation in matrix
        }
        refused = {status for row in matrix.values() for cell in row.values() for status in cell.statuses}
        assert refused >= {200, 303, 401, 403, 404, 409}
        monkeypatch.setattr("delivery.interface.own_sitting", lambda claims, _sitting: claims)
        sabotaged = wrong(await try_all(place, only="/api/v1/sittings"))
    assert any(line.endswith("200, not 403") for line in sabotaged)


def test_an_operation_that_nobody_spoke_about_is_refused() -> None:
    somebody = Actor("nobody", "nobody", httpx2.AsyncClient())
    with pytest.raises(AssertionError, match="who may do this"):
        refusal(Operation("GET", "/nieuw"), somebody, TARGETS[0])
