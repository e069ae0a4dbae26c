"""Mentions: `@` before a member's full name, in any script, with or without diacritics."""

import re
from collections import defaultdict

from common.folding import spelling
from knowledge import access
from knowledge.models import Post
from members.models import Member

MAX_MENTIONS = 20
# An @ at the start of a word: in email addresses it is inside a word.
_AT = re.compile(r"(?<![\w.@])@(?=\w)")
MAX_LETTERS = 170


def mentioned_in(text: str, post: Post) -> list[Member]:
    """Return the members mentioned by full name after an @, among the post's readers, in the order of the text.

    Members with the same name are all mentioned; the longer of two names wins (Ana Marić-Vuk before Ana Marić). No query for a text without an @,
    otherwise one that reads the names of all readers of the post.
    """
    starts = [match.end() for match in _AT.finditer(text)][: MAX_MENTIONS * 2]
    if not starts:
        return []
    called: dict[str, list[Member]] = defaultdict(list)
    for member in access.readers_of(post).only("given_name", "family_name"):
        called[spelling(member.full_name)].append(member)
    longest = max((key.count(" ") + 1 for key in called), default=0)
    mentioned: dict[int, Member] = {}
    for start in starts:
        # In keys, hyphens separate words as spaces do.
        words = spelling(text[start : start + MAX_LETTERS]).split(" ")
        names = (" ".join(words[:n]) for n in range(min(longest, len(words)), 0, -1))
        for member in next((called[name] for name in names if name in called), []):
            mentioned.setdefault(member.pk, member)
    return list(mentioned.values())[:MAX_MENTIONS]
