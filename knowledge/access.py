"""Who may see, write and moderate knowledge. Nowhere else."""

from django.db.models import Exists, OuterRef, Q, QuerySet

from knowledge.models import Comment, Complaint, FieldNote, Material, MaterialVersion, Post, SavedSearch
from members.models import Member, RoleCode
from trainings.access import can_record
from trainings.models import Assignment, Training


def _looks_after(member: Member) -> Q:
    """Posts of others that this member looks after: a coordinator those of their organisation."""
    if member.has_role(RoleCode.COORDINATOR):
        return Q(organisation=member.organisation_id)
    return Q(pk__in=[])


def _reaches(member: Member) -> Q:
    return Q(reach__in=[Post.Reach.NETWORK, Post.Reach.PUBLIC]) | Q(organisation=member.organisation_id)


def public_posts() -> QuerySet[Post]:
    """Posts that anybody may read, without an account too."""
    return Post.objects.filter(reach=Post.Reach.PUBLIC, published_at__isnull=False, hidden_at=None)


def readable_posts(member: Member) -> QuerySet[Post]:
    """Published posts that this member finds in lists, searches and feeds: no drafts, nothing hidden."""
    if not member.is_active:
        return Post.objects.none()
    return Post.objects.filter(_reaches(member), published_at__isnull=False, hidden_at=None)


def visible_posts(member: Member) -> QuerySet[Post]:
    """Posts whose page this member may open: those they find, their own, and hidden ones that they moderate."""
    if not member.is_active:
        return Post.objects.none()
    theirs = Q(author=member) | (_looks_after(member) & Q(published_at__isnull=False))
    hidden = Q(published_at__isnull=False) & _reaches(member) if member.has_role(RoleCode.ADMIN) else Q(pk__in=[])
    return Post.objects.filter((_reaches(member) & Q(published_at__isnull=False, hidden_at=None)) | theirs | hidden)


def can_write(member: Member) -> bool:
    """Write posts, comments and thanks: every member but observers."""
    return member.has_role(RoleCode.TRAINER, RoleCode.RECORDER, RoleCode.COORDINATOR, RoleCode.ADMIN)


def can_edit(member: Member, post: Post) -> bool:
    """Change, publish and attach files: the author, and the coordinators of the organisation it was written for. No query."""
    if not can_write(member):
        return False
    looks_after = member.has_role(RoleCode.COORDINATOR) and post.organisation_id == member.organisation_id
    return post.author_id == member.pk or (looks_after and not post.is_draft)


def can_delete(member: Member, post: Post) -> bool:
    """Throw a draft away: its author."""
    return post.author_id == member.pk and post.is_draft


def can_pin(member: Member, post: Post) -> bool:
    """Pin what the whole network sees: admins."""
    return member.has_role(RoleCode.ADMIN) and not post.is_draft and post.reach != Post.Reach.MINISTRY


def can_moderate(member: Member, post: Post) -> bool:
    """Hide and restore a post or its comments: coordinators those of their organisation, admins what the network sees."""
    if member.has_role(RoleCode.COORDINATOR) and post.organisation_id == member.organisation_id:
        return True
    return member.has_role(RoleCode.ADMIN) and (
        post.reach != Post.Reach.MINISTRY or post.organisation_id == member.organisation_id
    )


def can_see_history(member: Member, post: Post) -> bool:
    """Read earlier versions of a post: any member who sees it."""
    return member.is_active


def can_comment(member: Member, post: Post) -> bool:
    """Take part in the discussion of a published post."""
    return can_write(member) and not post.is_draft and post.hidden_at is None


def can_accept(member: Member, post: Post) -> bool:
    """Say which comment answers a question: who asked it."""
    return post.kind == Post.Kind.QUESTION and post.author_id == member.pk and can_comment(member, post)


def visible_comments(member: Member, post: Post) -> QuerySet[Comment]:
    """Comments of a post this member sees: hidden ones too, for their place is shown; their text only to moderators."""
    return Comment.objects.filter(post=post) if member.is_active else Comment.objects.none()


def can_read_comment(member: Member, comment: Comment) -> bool:
    """Read the text of a comment: a hidden one its author and the moderators alone. No query where it came with its post."""
    if comment.removed_at is not None:
        return False
    return comment.hidden_at is None or comment.author_id == member.pk or can_moderate(member, comment.post)


def visible_complaints(member: Member) -> QuerySet[Complaint]:
    """Reports of posts and comments that this member settles."""
    if member.has_role(RoleCode.ADMIN):
        seen = ~Q(post__reach=Post.Reach.MINISTRY) | Q(post__organisation=member.organisation_id)
        return Complaint.objects.filter(seen)
    if member.has_role(RoleCode.COORDINATOR):
        return Complaint.objects.filter(post__organisation=member.organisation_id)
    return Complaint.objects.none()


def visible_materials(member: Member) -> QuerySet[Material]:
    """Materials of the posts whose page this member may open. A removed one is gone for all."""
    return Material.objects.filter(post__in=visible_posts(member), removed_at=None)


def readable_versions(member: Member) -> QuerySet[MaterialVersion]:
    """Files that this member finds by search: newest or not, of posts they find; none that was withdrawn."""
    return MaterialVersion.objects.filter(
        material__post__in=readable_posts(member), material__removed_at=None, withdrawn_at=None
    )


def can_use_materials(member: Member, training: Training) -> bool:
    """Say which materials a training uses and how they went: who may record it. One query at most."""
    return can_write(member) and can_record(member, training)


def visible_notes(member: Member) -> QuerySet[FieldNote]:
    """Field notes: any member but those who only read figures; the author of a hidden one is shown to nobody else."""
    return FieldNote.objects.all() if can_write(member) else FieldNote.objects.none()


def can_note(member: Member, training: Training) -> bool:
    """Write a field note: who taught the training or records it, once its figures are submitted."""
    if training.submitted_at is None or training.is_cancelled or not can_write(member):
        return False
    taught = Assignment.objects.filter(training=training, trainer__member=member)
    return can_record(member, training) or taught.exists()


def trainings_to_note(member: Member) -> QuerySet[Training]:
    """Trainings this member taught, with figures submitted, without a note of theirs."""
    mine = Assignment.objects.filter(training=OuterRef("pk"), trainer__member=member)
    written = FieldNote.objects.filter(training=OuterRef("pk"), author=member)
    return Training.objects.filter(Exists(mine), ~Exists(written), submitted_at__isnull=False, cancelled_at=None)


def can_edit_note(member: Member, note: FieldNote) -> bool:
    """Change or take back a field note: its author."""
    return note.author_id == member.pk and can_write(member)


def can_collect(member: Member) -> bool:
    """Keep the list by which the manuals are revised: coordinators and admins."""
    return member.has_role(RoleCode.COORDINATOR, RoleCode.ADMIN)


def own_searches(member: Member) -> QuerySet[SavedSearch]:
    """Searches a member saved: seen by them alone."""
    return SavedSearch.objects.filter(member=member) if member.is_active else SavedSearch.objects.none()
