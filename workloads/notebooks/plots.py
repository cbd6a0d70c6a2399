"""The plots of the notebook, each from a document of the HTTP API as it is."""

import re

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes

# Told apart by colour-blind readers too: https://jfly.uni-koeln.de/color/
BLUE, ORANGE, GREEN, GREY = "#0072B2", "#D55E00", "#009E73", "#8A8A8A"
STATUS_COLOURS = {"Deployed": GREEN, "Rejected": ORANGE}
STYLE = {
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.titlesize": 10,
    "axes.labelsize": 9,
    "figure.dpi": 90,
    "font.size": 9,
    "legend.frameon": False,
}


def use_style() -> None:
    """Plain, small plots from now on."""
    plt.rcParams.update(STYLE)


def profile(document: dict) -> None:
    """The distribution of each feature of a batch."""
    compare({"this batch": (document, BLUE)})


def compare(profiles: dict[str, tuple[dict, str]]) -> None:
    """The distributions of each feature, one profile over the other: by what each is called, with its colour."""
    features = [feature["name"] for feature in next(iter(profiles.values()))[0]["features"]]
    figure, panels = plt.subplots(1, len(features), figsize=(2.1 * len(features), 2.5), layout="constrained")
    for place, (name, panel) in enumerate(zip(features, np.atleast_1d(panels), strict=True)):
        for number, (label, (document, colour)) in enumerate(profiles.items()):
            feature = next(one for one in document["features"] if one["name"] == name)
            draw = draw_histogram if feature["type"] == "number" else draw_categories
            draw(panel, feature, label, colour, number / len(profiles), len(profiles))
        panel.set(title=name, yticks=[])
        if place == 0:
            panel.set_ylabel("share of rows")
    if len(profiles) > 1:
        handles, labels = np.atleast_1d(panels)[0].get_legend_handles_labels()
        figure.legend(handles, labels, loc="outside upper center", ncols=len(profiles))


def draw_histogram(panel: Axes, feature: dict, label: str, colour: str, *_) -> None:
    """A number's bins, as wide as they are, so that an area is a share of the rows."""
    edges, counts = joined_bins(feature)
    density = np.array(counts) / sum(counts) / np.diff(edges)
    panel.stairs(density, edges, fill=True, color=colour, alpha=0.35, label=label)
    panel.stairs(density, edges, color=colour)


def joined_bins(feature: dict) -> tuple[list[float], list[int]]:
    """Edges [k + 1] and counts [k] of a histogram, its bins joined by two, since they hold few rows."""
    inner, counts = feature["histogram"]["edges"], feature["histogram"]["counts"]
    # The outer bins are open: they end at the extremes, and are no narrower than bins are on average.
    width = (inner[-1] - inner[0]) / len(inner) or 1
    edges = [min(feature["min"], inner[0] - width), *inner, max(feature["max"], inner[-1] + width)]
    starts = range(0, len(counts), 2)
    return [*(edges[at] for at in starts), edges[-1]], [sum(counts[at : at + 2]) for at in starts]


def draw_categories(panel: Axes, feature: dict, label: str, colour: str, shift: float, sides: int) -> None:
    """A category's shares, side by side."""
    names = [entry["value"] for entry in feature["top"]]
    shares = [entry["count"] / feature["count"] for entry in feature["top"]]
    width = 0.8 / sides
    panel.bar(np.arange(len(names)) + 0.8 * shift, shares, width, color=colour, alpha=0.7, label=label)
    panel.set_xticks(np.arange(len(names)) + 0.4 - width / 2, names, rotation=30, ha="right", rotation_mode="anchor")


def training(log: dict) -> None:
    """The loss of each epoch, as the log of a train stage tells it."""
    lines = [line for pod in log["pods"] for line in pod["lines"]]
    found = [re.search(r"Epoch (\d+) of \d+, loss ([\d.]+\d)", line) for line in lines]
    epochs = [(int(match[1]), float(match[2])) for match in found if match]
    _, panel = plt.subplots(figsize=(5, 2.4), layout="constrained")
    panel.plot(*zip(*epochs, strict=True), color=BLUE)
    panel.set(xlabel="epoch", ylabel="training loss", ylim=(0, None))


def drift(report: dict) -> None:
    """How far each feature is from the champion's data: a bar for each measure, a line for its limit."""
    _, panels = plt.subplots(1, 2, figsize=(8, 2.4), layout="constrained", sharey=True)
    for panel, (measure, title) in zip(panels, {"psi": "PSI", "ks": "KS distance"}.items(), strict=True):
        features = report["features"][::-1]
        measures = [feature["measures"].get(measure) for feature in features]
        values = [one["value"] if one else 0 for one in measures]
        colours = [ORANGE if one and one["exceeded"] else GREY for one in measures]
        bars = panel.barh([feature["name"] for feature in features], values, color=colours)
        labels = [f"{one['value']:.2f}" if one else "does not apply" for one in measures]
        panel.bar_label(bars, labels, padding=3, bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.5})
        panel.margins(x=0.15)
        for limit in {one["limit"] for one in measures if one}:
            panel.axvline(limit, color="black", linestyle="--", linewidth=1)
            panel.annotate(f"limit {limit:g}", (limit, 1), xycoords=("data", "axes fraction"), fontsize=8)
        panel.set_title(title, pad=12)


def versions(models: dict, metrics: tuple[str, ...] = ("accuracy", "loss")) -> None:
    """The metrics of the model versions, oldest first; the champion has a ring."""
    listed = models["value"][::-1]
    figure, panels = plt.subplots(1, len(metrics), figsize=(8, 2.6), layout="constrained")
    for panel, metric in zip(panels, metrics, strict=True):
        values = [model["metrics"][metric] for model in listed]
        panel.plot(values, color=GREY, linewidth=1, zorder=1)
        for at, (model, value) in enumerate(zip(listed, values, strict=True)):
            colour = STATUS_COLOURS.get(model["status"], GREY)
            panel.scatter(at, value, s=45, color=colour, label=model["status"], zorder=2)
            if model["version"] == models["aliases"].get("champion"):
                panel.scatter(at, value, s=150, facecolors="none", edgecolors="black", label="champion")
        panel.set(title=metric, xticks=range(len(listed)), xticklabels=[f"v{at + 1}" for at in range(len(listed))])
        panel.margins(0.15)
    handles, labels = panels[0].get_legend_handles_labels()
    found = dict(sorted(zip(labels, handles, strict=True), key=lambda pair: pair[0] == "champion"))
    figure.legend(found.values(), found.keys(), loc="outside upper center", ncols=len(found))
