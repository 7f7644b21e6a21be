"""Cuts a message into the questions it asks, where it asks several."""

import re

from actions.cues import Cues

_SHORTEST = 4
_MOST = 4


def parts_of(text: str, cues: Cues) -> list[str]:
    """The parts that ask something each, at least two and at most four; empty for a message of one question.

    Cut at the ends of sentences, at commas and before words such as 另外; a piece that doesn't ask (“我们是做外贸的”)
    goes with the one after it.
    """
    parts, told = [], ""
    for cut in re.split(cues.pattern("between"), text):
        piece = cut.strip(" ，,。？?！!；;、")
        if not piece:
            continue
        if len(piece) >= _SHORTEST and cues.has("asks", piece):
            parts.append(f"{told}，{piece}" if told else piece)
            told = ""
        else:
            told = f"{told}，{piece}" if told else piece
    return parts[:_MOST] if len(parts) > 1 else []
