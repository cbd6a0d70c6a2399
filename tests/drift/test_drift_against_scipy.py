"""The measures of shared/drift beside scipy's, on the same discretised data; `pytest -s` prints the values."""

import json
import os
import subprocess
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from scipy import special, stats

ROOT = Path(__file__).resolve().parents[2]
BINS = 20
SHOWN: list[str] = []
RNG = np.random.default_rng(20)


@dataclass(frozen=True)
class Case:
    """Values of both sides, None where one is missing; text is a category."""

    name: str
    baseline: list
    batch: list

    @property
    def is_number(self) -> bool:
        return not any(isinstance(value, str) for value in self.baseline)

    def counts(self) -> np.ndarray:
        """Rows of both sides [2, cells]: by the baseline's twentieths for numbers, else by category."""
        sides = [[value for value in side if value is not None] for side in (self.baseline, self.batch)]
        if self.is_number:
            return np.array([np.bincount(np.searchsorted(self.edges(), side), minlength=BINS) for side in sides])
        counters = [Counter(side) for side in sides]
        names = sorted(counters[0] | counters[1], key=lambda name: (-counters[0][name] - counters[1][name], name))
        return np.array([[counter[name] for name in names] for counter in counters])

    def edges(self) -> np.ndarray:
        """The values at each twentieth; where they tie, fewer."""
        values = [value for value in self.baseline if value is not None]
        return np.unique(np.quantile(values, np.arange(1, BINS) / BINS, method="inverted_cdf"))

    def profiles(self) -> dict:
        """The profiles of both sides, as the process stage writes them."""
        sides = {"baseline": self.baseline, "batch": self.batch}
        return {side: self.profile(side, values) for side, values in sides.items()}

    def profile(self, side: str, column: list) -> dict:
        values = [value for value in column if value is not None]
        common = {"name": "x", "count": len(values), "missing": len(column) - len(values), "distinct": len(set(values))}
        if self.is_number:
            counts = np.bincount(np.searchsorted(self.edges(), values), minlength=len(self.edges()) + 1)
            summary = {"infinite": 0, "min": None, "max": None, "mean": None, "std": None, "quantiles": {}}
            histogram = {"edges": self.edges().tolist(), "counts": counts.tolist()}
            feature = common | summary | {"type": "number", "dataType": "double", "histogram": histogram}
        else:
            counter = Counter(values)
            listed = counter if side == "baseline" else counter | Counter(dict.fromkeys(set(self.baseline) - {None}, 0))
            top = [{"value": name, "count": counter[name]} for name in listed]
            feature = common | {"type": "category", "dataType": "string", "top": top, "other": 0}
        about = {"version": 1, "pipeline": "iris", "batch": side, "label": None, "rows": len(column)}
        return about | {"baseline": None if side == "baseline" else "baseline", "features": [feature]}


def numbers(size: int, mean: float = 0, std: float = 1) -> list[float]:
    return RNG.normal(mean, std, size).tolist()


def categories(size: int, weights: list[float], first: int = 0) -> list[str]:
    shares = np.array(weights) / sum(weights)
    return [f"category {first + i}" for i in RNG.choice(len(shares), size, p=shares)]


def with_missing(values: list, share: float) -> list:
    return [None if RNG.random() < share else value for value in values]


CASES = [
    Case("same distribution", numbers(150), numbers(150)),
    Case("shift of half a deviation", numbers(150), numbers(100, 0.5)),
    Case("shift of one deviation", numbers(1000), numbers(300, 1)),
    Case("shift of three deviations", numbers(1000), numbers(1000, 3)),
    Case("twice the scale", numbers(1000), numbers(500, 0, 2)),
    Case("heavy tails", numbers(2000), RNG.standard_cauchy(1000).tolist()),
    Case("two humps", numbers(500), numbers(150, -2, 0.5) + numbers(150, 2, 0.5)),
    Case("tiny batch", numbers(150), numbers(5, 1)),
    Case("tiny on both sides", numbers(25), numbers(8)),
    Case("large", numbers(20_000), numbers(10_000, 0.05)),
    Case("very large", numbers(400_000), numbers(400_000, 0.005)),
    Case("ties", np.round(numbers(300)).tolist(), np.round(numbers(200, 0.3)).tolist()),
    Case("skewed counts", RNG.poisson(2, 500).tolist(), RNG.poisson(3, 300).tolist()),
    Case("constant against another", [1.0] * 100, [1.0] * 40 + [2.0] * 60),
    Case("empty bins", numbers(400), RNG.uniform(-0.3, 0.3, 200).tolist()),
    Case("missing numbers", with_missing(numbers(300), 0.02), with_missing(numbers(200, 0.4), 0.15)),
    Case("two categories", categories(150, [3, 1]), categories(60, [2, 1])),
    Case("forty skewed categories", categories(2000, 1 / np.arange(1, 41)), categories(900, 1 / np.arange(2, 42))),
    Case("new categories", categories(500, [5, 3, 2]), categories(200, [5, 3, 2]) + categories(9, [1], first=3)),
    Case("missing categories", with_missing(categories(400, [1] * 7), 0.2), with_missing(categories(90, [1] * 7), 0.2)),
]


@pytest.fixture(scope="module")
def measured() -> Iterator[dict[str, dict]]:
    """What our own program makes of every case."""
    command = [os.environ.get("LANDFALL_NODE", "node"), "tests/drift/measure.ts"]
    pairs = json.dumps([case.profiles() for case in CASES])
    done = subprocess.run(command, cwd=ROOT, input=pairs, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    yield dict(zip([case.name for case in CASES], json.loads(done.stdout), strict=True))
    print(f"\n\n{'case':28}{'measure':16}{'ours':>22}{'scipy':>22}", *sorted(SHOWN), sep="\n")


def show(case: Case, measure: str, ours: float | None, theirs: float) -> None:
    SHOWN.append(f"{case.name:28}{measure:16}{np.inf if ours is None else ours:22.13g}{theirs:22.13g}")


def each_case(condition=lambda case: True):
    return pytest.mark.parametrize("case", list(filter(condition, CASES)), ids=lambda case: case.name)


def psi(counts: np.ndarray, added: float) -> float:
    """The index as both relative entropies together."""
    seen = counts[:, counts.sum(axis=0) > 0] + added
    p, q = seen / seen.sum(axis=1, keepdims=True)
    return float(np.sum(special.rel_entr(p, q) + special.rel_entr(q, p)))


def ten_bins(case: Case) -> np.ndarray:
    """The cells that PSI is taken over: numbers have their bins joined two by two."""
    counts = case.counts()
    cells = len(case.edges()) + 1 if case.is_number else counts.shape[1]
    step = -(-cells // 10) if case.is_number else 1
    return np.add.reduceat(counts[:, :cells], range(0, cells, step), axis=1)


@each_case()
def test_plain_psi_is_the_sum_of_both_relative_entropies(case: Case, measured: dict) -> None:
    ours, theirs = measured[case.name]["plainPsi"], psi(case.counts(), 0)
    show(case, "plain PSI", ours, theirs)
    assert (np.inf if ours is None else ours) == pytest.approx(theirs, rel=1e-9, abs=1e-12)


@each_case()
def test_psi_is_the_same_with_half_a_row_in_each_of_ten_bins(case: Case, measured: dict) -> None:
    ours, theirs = measured[case.name]["measures"]["psi"]["value"], psi(ten_bins(case), 0.5)
    show(case, "PSI", ours, theirs)
    assert ours == pytest.approx(theirs, rel=1e-9, abs=1e-12)


@each_case()
def test_chi_squared_is_that_of_a_contingency_table(case: Case, measured: dict) -> None:
    counts = case.counts()
    theirs = stats.chi2_contingency(counts[:, counts.sum(axis=0) > 0], correction=False)
    ours = measured[case.name]["chiSquared"]
    show(case, "chi-squared", ours["statistic"], theirs.statistic)
    show(case, "chi-squared p", ours["pValue"], theirs.pvalue)
    assert ours["statistic"] == pytest.approx(theirs.statistic, rel=1e-9, abs=1e-12)
    assert ours["freedom"] == theirs.dof
    assert ours["pValue"] == pytest.approx(theirs.pvalue, rel=1e-9, abs=1e-300)


@each_case(lambda case: case.is_number)
def test_kolmogorov_smirnov_distance_and_chance_are_those_of_two_samples(case: Case, measured: dict) -> None:
    samples = [np.repeat(np.arange(BINS), side) for side in case.counts()]
    theirs = stats.ks_2samp(*samples, method="asymp")
    ours = measured[case.name]["measures"]["ks"]
    show(case, "KS distance", ours["value"], theirs.statistic)
    show(case, "KS p", ours["pValue"], theirs.pvalue)
    assert ours["value"] == pytest.approx(theirs.statistic, rel=1e-12)
    # Only small ones decide; of six rows, as the smallest case is worth, a large one is right to two digits.
    tolerance = {"rel": 1e-4, "abs": 1e-300} if theirs.pvalue < 0.05 else {"abs": 5e-3}
    assert ours["pValue"] == pytest.approx(theirs.pvalue, **tolerance)


@each_case(lambda case: None in case.baseline)
def test_chance_of_missing_values_is_that_of_fisher(case: Case, measured: dict) -> None:
    table = [[side.count(None), len(side) - side.count(None)] for side in (case.baseline, case.batch)]
    theirs = stats.fisher_exact(table).pvalue
    ours = measured[case.name]["measures"]["missing"]
    show(case, "missing p", ours["pValue"], theirs)
    (before, has), (now, still_has) = table
    assert ours["value"] == pytest.approx(abs(now / (now + still_has) - before / (before + has)), rel=1e-12)
    assert ours["pValue"] == pytest.approx(theirs, rel=1e-6)


@each_case(lambda case: case.name == "new categories")
def test_chance_of_one_new_category_is_little_above_that_of_fisher(case: Case, measured: dict) -> None:
    table = [[0, len(case.baseline)], [9, len(case.batch) - 9]]
    theirs = stats.fisher_exact(table, alternative="less").pvalue
    ours = measured[case.name]["measures"]["newCategories"]
    show(case, "new category p", ours["pValue"], theirs)
    assert ours["value"] == pytest.approx(9 / len(case.batch), rel=1e-12)
    assert theirs * (1 - 1e-9) <= ours["pValue"] <= 1.1 * theirs  # a bound, from above
