"""A new tape: memory that a media worker writes and its recorder reads, and that outlives both.

The supervisor makes one for each worker, hands the same descriptor to the worker and the recorder,
and to those it starts in their place.
"""

from __future__ import annotations

import os
import sys

#: Bytes. Sixteen recordings of 1 Mbit/s for half a minute without a recorder.
USUAL_SIZE = 64 * 1024 * 1024


def can_record() -> bool:
    """Whether this machine has such memory: Linux does."""
    return sys.platform == "linux"


def new_tape(size: int = USUAL_SIZE) -> int:
    """The descriptor of an empty tape; the caller closes it. Linux only.

    Its size can never change, so that neither side can pull the memory from under the other.

    Raises:
        OSError: there is no memory, or no descriptor.
    """
    import fcntl  # not on Windows

    descriptor = os.memfd_create("yunkan-tape", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
    try:
        os.ftruncate(descriptor, size)
        seals = fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_GROW | fcntl.F_SEAL_SEAL
        fcntl.fcntl(descriptor, fcntl.F_ADD_SEALS, seals)
    except OSError:
        os.close(descriptor)
        raise
    return descriptor
