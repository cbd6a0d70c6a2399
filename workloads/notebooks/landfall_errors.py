"""What goes wrong between a notebook and a Landfall app, each with what to do about it."""

import requests

TOKEN_HINT = (
    "set LANDFALL_TOKEN to what az account get-access-token --resource api://CLIENT_ID --query accessToken --output tsv"
    " prints"
)


class LandfallError(Exception):
    """What went wrong, in words, and what to do about it."""

    def __init__(self, message: str, hint: str | None = None):
        super().__init__(f"{message}\n{hint}" if hint else message)
        self.hint = hint


class RefusedError(LandfallError):
    """The API said no: its status, and the detail and hint of its problem document."""

    def __init__(self, status: int, detail: str, hint: str | None = None):
        super().__init__(f"{status}: {detail}", hint)
        self.status, self.detail = status, detail


class RunFailedError(LandfallError):
    """A run that ended Failed: `run` is how it was seen last."""

    def __init__(self, run: dict):
        error = run.get("error", {})
        message = f"Run {run['runId']} failed in stage {error.get('stage', '?')}: {error.get('message', 'no reason')}"
        super().__init__(message, error.get("hint"))
        self.run = run


def refusal(answer: requests.Response) -> RefusedError:
    """What an answer that is no success means."""
    try:
        problem = answer.json()
        return RefusedError(answer.status_code, problem["detail"], problem.get("hint"))
    except (ValueError, KeyError, TypeError):
        # Not the app's own word but its host's, which is empty for a wrong key, or that of the sign-in before it.
        if answer.is_redirect:
            detail = f"sent to {answer.headers['location'].split('?')[0]}"
            return RefusedError(answer.status_code, detail, f"Where people sign in, {TOKEN_HINT}.")
        hint = f"Set LANDFALL_KEY to the function key. Where people sign in, {TOKEN_HINT} too."
        return RefusedError(
            answer.status_code, answer.text[:300] or answer.reason, hint if answer.status_code == 401 else None
        )
