"""HTML without the white space in which it was written, so that tests compare what is said and not how lines are wrapped."""

import re


def squeezed(html: str) -> str:
    """Return the HTML with single blanks, and with none beside a tag."""
    return re.sub(r" ?(<[^>]*>) ?", r"\1", re.sub(r"\s+", " ", html))
