"""How a run goes, a line at a time."""

from datetime import datetime

ROOM = 90
MARKS = {"Succeeded": "✓", "Failed": "✗", "Cancelled": "-"}


def progress_lines(run: dict, told: list[str]) -> list[str]:
    """What is to be said of a run that was not said before: its stages as they end, and what it waits for now."""
    lines = [ended_line(stage) for stage in run["stages"] if stage["status"] in MARKS]
    if "waitingFor" in run and "finishedAt" not in run:
        lines.append(f"  … {run.get('stage', '')}: {run['waitingFor']}")
    if "finishedAt" in run:
        lines.append(f"{run['status']} after {seconds(run)}")
    return [line for line in lines if line not in told]


def ended_line(stage: dict) -> str:
    """A stage that is over: how, how long it took and what it did."""
    reused = f" (taken over from {stage['reusedFrom']})" if "reusedFrom" in stage else ""
    detail = shorten(stage.get("detail", ""))
    return f"{MARKS[stage['status']]} {stage['name']:9}{seconds(stage):>7}  {detail}{reused}".rstrip()


def shorten(text: str) -> str:
    """As much of a text as a line has room for."""
    return text if len(text) <= ROOM else f"{text[: ROOM - 1]}…"


def seconds(span: dict) -> str:
    """How long something took that has begun and ended."""
    if "startedAt" not in span or "finishedAt" not in span:
        return ""
    took = datetime.fromisoformat(span["finishedAt"]) - datetime.fromisoformat(span["startedAt"])
    return f"{took.total_seconds():.1f} s"


def is_in_review(run: dict) -> bool:
    """Whether a run waits for a person's word."""
    return run.get("review", {}).get("status") == "Waiting"
