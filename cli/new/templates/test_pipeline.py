"""Tests of this pipeline over its sample, with a folder as the lake. From the root of the repository:

    python -m pytest workloads/pipelines/__NAME__

runs them alone, and `npm test` with all others.
"""

from pathlib import Path

import pytest
import yaml
from kserve.errors import InvalidInput
from landfall_runtime.predictor import Predictor
from landfall_runtime.testing import LocalRun, assert_close

HERE = Path(__file__).resolve().parent
SAMPLE = HERE / "sample/__NAME__.csv"
DECLARED = yaml.safe_load((HERE / "pipeline.yaml").read_text())


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> LocalRun:
    return LocalRun(HERE, tmp_path_factory.mktemp("lake"))


@pytest.fixture(scope="module")
def processed(run: LocalRun, tmp_path_factory: pytest.TempPathFactory) -> dict:
    """The result of the process stage over the sample, and over a file with a row of too many cells."""
    header, row, *_ = SAMPLE.read_text(encoding="utf-8").splitlines()
    broken = tmp_path_factory.mktemp("broken") / "broken.csv"
    broken.write_text(f"{header}\n{row}{row}\n", encoding="utf-8")
    declared = DECLARED["process"]
    return run.process(SAMPLE, broken, checks=declared.get("checks"), **declared["parameters"])


@pytest.fixture(scope="module")
def trained(run: LocalRun, processed: dict) -> dict:
    """The result of the train stage over those rows, with the parameters of pipeline.yaml."""
    assert processed["status"] == "Succeeded", processed
    return run.train(**DECLARED["train"]["parameters"])


@pytest.fixture(scope="module")
def predictor(run: LocalRun, trained: dict) -> Predictor:
    assert trained["status"] == "Succeeded", trained
    return Predictor(run.model)


def test_the_sample_fits_the_schema(processed: dict):
    assert processed["status"] == "Succeeded", processed
    assert processed["metrics"]["rowsWritten"] > 0


def test_a_row_that_does_not_fit_is_set_aside_with_its_reason(run: LocalRun, processed: dict):
    told = [row for row in run.rows(processed["outputs"]["quarantine"]) if row["file"].endswith("/broken.csv")]
    assert [(row["row"], row["reason"][:21]) for row in told] == [(2, "the row does not have")]


def test_the_model_is_as_good_as_pipeline_yaml_asks(trained: dict):
    for name, limits in DECLARED["validate"]["metrics"].items():
        assert limits.get("min", float("-inf")) <= trained["metrics"][name] <= limits.get("max", float("inf")), name


def test_the_golden_requests_get_the_golden_answers(run: LocalRun, predictor: Predictor):
    golden = run.read(f"{run.model_path}/golden.json")
    for request, response in zip(golden["requests"], golden["responses"], strict=True):
        assert_close(predictor.predict(request), response, golden["tolerance"])


def test_instances_may_be_objects_by_name(predictor: Predictor):
    example = predictor.about["example"]
    named = dict(zip(predictor.about["features"], example, strict=True))
    assert_close(predictor.predict({"instances": [named]}), predictor.predict({"instances": [example]}))


@pytest.mark.parametrize("instances", [[], [[]], ["x"], [{"no such column": 1}], [[["nested"]] * 100]])
def test_wrong_instances_are_the_callers_fault(predictor: Predictor, instances: list):
    with pytest.raises(InvalidInput, match="instance"):
        predictor.predict({"instances": instances})
