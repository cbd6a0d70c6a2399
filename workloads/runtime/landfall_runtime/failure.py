"""What a job raises on purpose."""


class JobFailure(Exception):  # noqa: N818 - a word of the job contract, not an error of the code
    """A failure that was foreseen: a short reason code, what happened and where, and what to do about it."""

    def __init__(self, reason: str, message: str, hint: str | None = None):
        super().__init__(f"{reason}: {message}")
        self.reason = reason
        self.message = message
        self.hint = hint


class BatchQuarantined(JobFailure):
    """The data is to blame, not the job: the batch is set aside, and its run ends as Quarantined."""
