"""What is: posts and their files, notes from the field, discussion, and how members hear of what is new."""

from knowledge.models.coming_back import Digest, Notice, NoticeChoice, Notification, Pace, SavedSearch, SecretAddress
from knowledge.models.discussion import Comment, Complaint, Follow, Saved, Seen, Thanks
from knowledge.models.materials import Material, MaterialText, MaterialUse, MaterialVersion
from knowledge.models.notes import FieldNote, NoteDeclined, RevisionItem
from knowledge.models.posts import Post, PostAudience, PostVersion

__all__ = [
    "Comment",
    "Complaint",
    "Digest",
    "FieldNote",
    "Follow",
    "Material",
    "MaterialText",
    "MaterialUse",
    "MaterialVersion",
    "NoteDeclined",
    "Notice",
    "NoticeChoice",
    "Notification",
    "Pace",
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
