"""A last act on SIGTERM."""

import os
import signal
import sys
import threading
import traceback
from collections.abc import Callable


def on_termination(last_act: Callable[[], None]) -> None:
    """Calls `last_act` when SIGTERM comes, then ends the process with exit code 1.

    It runs on a thread of its own, woken by the signal itself: a Python signal handler would have to wait until the
    main thread comes back from a collective operation or from the JVM, and that may be longer than the grace period.
    """
    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    signal.set_wakeup_fd(writer, warn_on_full_buffer=False)
    signal.signal(signal.SIGTERM, lambda *_: None)
    threading.Thread(target=wait_and_end, args=(reader, last_act), daemon=True).start()


def wait_and_end(reader: int, last_act: Callable[[], None]) -> None:
    """Waits for the signal, passing over others, and ends the process."""
    while os.read(reader, 1)[0] != signal.SIGTERM:
        pass
    try:
        last_act()
    except BaseException:
        traceback.print_exc()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(1)
