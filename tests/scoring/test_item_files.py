"""Files that say something of items: what is written is read again, and what is not there is said."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from engine import (
    ItemParameters,
    Kind,
    LogNormalPrior,
    Model,
    NormalPrior,
    Priors,
    Responses,
    calibrate,
    response_table,
)
from scoring.calibration_files import CalibrationRun, write_calibration
from scoring.errors import ItemFileError
from scoring.item_files import known_model, name_some, read_fixed, read_models, read_options
from scoring.response_files import ResponseFile

NODES = np.linspace(-3.0, 3.0, 13)
MODELS: tuple[Model, ...] = ("rasch", "2pl", "3pl", "4pl", "pcm", "gpcm", "grm", "nominal")


def write(folder: Path, text: str) -> Path:
    """Write a file."""
    path = folder / "f.csv"
    path.write_text(text)
    return path


def test_what_a_calibration_wrote_is_read_again_whatever_the_model(tmp_path: Path) -> None:
    """Files hold nine digits: curves agree to eight."""
    rng = np.random.default_rng(2)
    theta = rng.normal(size=(500, 1))
    highest = np.array([1, 1, 1, 1, 2, 2, 3, 2])
    z = 1.2 * theta + np.linspace(0.5, -0.5, highest.size) + rng.logistic(size=(500, highest.size))
    codes = np.floor((highest + 1) / (1.0 + np.exp(-z))).clip(0, highest).astype(np.int8)
    priors = Priors(LogNormalPrior(0.2, 0.5), None, NormalPrior(-1.4, 0.5), NormalPrior(3.0, 0.5))
    responses = Responses.from_dense(codes)
    result = calibrate(responses, model=MODELS, priors=priors, max_cycles=100)
    names = tuple(f"I{place}" for place in range(highest.size))
    source = ResponseFile(responses, ("p",) * 500, names, ("all",), "ab")
    path, *_ = write_calibration(tmp_path, source, result, CalibrationRun("2pl", MODELS))
    found = read_fixed(path, names[::-1])  # the new data have them in another order
    assert [found.models[place] for place in range(highest.size)] == list(MODELS[::-1])
    read = ItemParameters.join([found.parameters[place] for place in range(highest.size)[::-1]])
    assert read.kind.tolist() == result.items.kind.tolist()
    assert read.n_categories.tolist() == (highest + 1).tolist()
    curves = [response_table(items, NODES).log_probability for items in (read, result.items)]
    assert curves[0] == pytest.approx(curves[1], abs=1e-7)


def test_items_of_the_file_that_the_data_do_not_have_are_named(tmp_path: Path) -> None:
    path = write(tmp_path, "item,model,discrimination,difficulty\nI9,2pl,1,0\nI2,2pl,1.5,-0.5\nI8,rasch,1,0\n")
    found = read_fixed(path, ["I1", "I2"])
    assert (found.absent, list(found.parameters), found.models) == (("I9", "I8"), [1], {1: "2pl"})
    assert (found.parameters[1].discrimination[0], found.parameters[1].difficulty[0]) == (1.5, -0.5)
    assert (found.parameters[1].guessing[0], found.parameters[1].upper[0]) == (0.0, 1.0)  # no such columns


@pytest.mark.parametrize(
    ("header", "row", "complaint"),
    [
        ("discrimination,step_1,step_2,step_3", "pcm,1,-1,,1", "item 'I1' has no step_2, and has step_3"),
        ("discrimination,step_2", "grm,1,0", "item 'I1' of model grm has no step_1"),
        ("discrimination,step_1,step_2", "grm,1,1,-1", "item 'I1': steps of graded items must be rising"),
        ("slope_1,slope_2,intercept_1", "nominal,1,2,0", "item 'I1' needs as many intercepts as slopes"),
        ("discrimination,difficulty", "3pl,inf,0", "item 'I1': discrimination is 'inf', not a number"),
        ("discrimination,difficulty", "2pl,one,0", "item 'I1': discrimination is 'one', not a number"),
        ("discrimination,difficulty", ",1,0", "'' is no model; choose one of rasch"),
    ],
)
def test_parameters_that_are_none_are_refused_by_line_and_item(
    header: str, row: str, complaint: str, tmp_path: Path
) -> None:
    path = write(tmp_path, f"item,model,{header}\nI1,{row}\n")
    with pytest.raises(ItemFileError, match=rf"^f\.csv, line 2: {complaint}"):
        read_fixed(path, ["I1"])


def test_steps_are_read_as_far_as_an_item_has_them(tmp_path: Path) -> None:
    text = "item,model,discrimination,step_1,step_2,se_step_1,se_step_2\nI1,pcm,1,-0.5,,0.1,\nI2,pcm,1,-1,1,0.1,0.1\n"
    found = read_fixed(write(tmp_path, text), ["I1", "I2"])
    assert [found.parameters[item].n_categories[0] for item in (0, 1)] == [2, 3]
    assert found.parameters[1].steps(0).tolist() == [-1.0, 1.0]
    assert found.parameters[0].kind[0] == Kind.PARTIAL_CREDIT


def test_models_are_of_those_items_that_the_file_names_and_the_default_of_the_rest(tmp_path: Path) -> None:
    path = write(tmp_path, "model;item\ngrm;I3\nrasch;I1\n")  # as a spreadsheet set to Dutch writes it
    assert read_models(path, ["I1", "I2", "I3"], "2pl") == ("rasch", "2pl", "grm")


@pytest.mark.parametrize("name", [None, "", "2PL", "5pl"])
def test_a_model_that_there_is_not_is_refused_where_it_stands(name: str | None) -> None:
    with pytest.raises(ItemFileError, match=r"^here: .* is no model; choose one of rasch, 1pl, 2pl"):
        known_model(name, "here")


def test_numbers_of_options_are_one_for_all_or_one_for_each(tmp_path: Path) -> None:
    assert read_options("4", ["I1", "I2"]).tolist() == [4, 4]
    assert read_options("0", ["I1"]).tolist() == [0]
    path = write(tmp_path, "item,n_options\nI2,0\nI1,5\n")
    assert read_options(str(path), ["I1", "I2"]).tolist() == [5, 0]


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("item,n_options\nI1,4\n", r"f\.csv says nothing of I2; 0 is an item without options"),
        ("item,n_options\nI1,4\nI3,4\n", r"f\.csv, line 3: the responses have no item 'I3'"),
        ("item,n_options\nI1,4\nI2,1\n", r"f\.csv, line 3: '1' is no number of options"),
        ("item,n_options\nI1,4\nI2,-2\n", r"f\.csv, line 3: '-2' is no number of options"),
        ("item,n_options\nI1,4\nI2,\n", r"f\.csv, line 3: '' is no number of options"),
    ],
)
def test_numbers_of_options_that_are_none_are_refused_by_line(text: str, complaint: str, tmp_path: Path) -> None:
    with pytest.raises(ItemFileError, match=complaint):
        read_options(str(write(tmp_path, text)), ["I1", "I2"])


@pytest.mark.parametrize(("n", "said"), [(1, "i0"), (10, "i0, i1, i2, i3, i4, i5, i6, i7, i8, i9")])
def test_ten_names_are_said_and_the_rest_is_counted(n: int, said: str) -> None:
    names = [f"i{number}" for number in range(n)]
    assert name_some(names) == said
    assert name_some([*names, *["more"] * 10][: n + 2]) == (f"{said} and 2 more" if n == 10 else f"{said}, more, more")
