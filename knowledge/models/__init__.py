"""Models of knowledge: posts and their files, field notes, discussion, and subscriptions."""

from knowledge.models.discussion import Comment, Complaint, Follow, Saved, Seen, Thanks
from knowledge.models.materials import Material, MaterialText, MaterialUse, MaterialVersion
from knowledge.models.notes import FieldNote, NoteDeclined, RevisionItem
from knowledge.models.posts import Post, PostAudience, PostVersion
from knowledge.models.subscriptions import SavedSearch, SecretAddress

__all__ = [
    "Comment",
    "Complaint",
    "FieldNote",
    "Follow",
    "Material",
    "MaterialText",
    "MaterialUse",
    "MaterialVersion",
    "NoteDeclined",
    "Post",
    "PostAudience",
    "PostVersion",
    "RevisionItem",
    "Saved",
    "SavedSearch",
    "SecretAddress",
    "Seen",
    "Thanks",
]
