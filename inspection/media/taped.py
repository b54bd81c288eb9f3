"""What is on a tape, as it is read: by the part in C++, or in Python where that is not built."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspection.media.demanded import demanded_way

if TYPE_CHECKING:
    from yunkan_packets import Frame, Gap, Note, Reader, Tape
else:
    try:
        if demanded_way() == "plain":
            raise ImportError("not wanted")
        from yunkan_packets import Frame, Gap, Note, Reader, Tape
    except ImportError:
        from inspection.media.plain.frames import Frame, Gap
        from inspection.media.plain.reader import Note, Reader
        from inspection.media.plain.tape import Tape

__all__ = ["Frame", "Gap", "Note", "Reader", "Tape"]
