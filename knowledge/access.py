"""Who may see, write and moderate knowledge. Nowhere else."""

from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce

from knowledge.models import (
    Comment,
    Complaint,
    FieldNote,
    Material,
    MaterialVersion,
    NoteDeclined,
    Post,
    RevisionItem,
    SavedSearch,
)
from members.models import Member, RoleCode
from trainings.access import can_record
from trainings.models import Assignment, Training

# How long after submission a trainer is asked for a field note.
NOTE_WITHIN = timedelta(days=90)


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


def readers_of(post: Post) -> QuerySet[Member]:
    """Members who may open a published post and find it: the same answer as `readable_posts`, asked from the other side."""
    if post.is_draft or post.hidden_at is not None:
        return Member.objects.none()
    everybody = Member.objects.filter(is_active=True)
    return everybody.filter(organisation=post.organisation_id) if post.reach == Post.Reach.MINISTRY else everybody


def can_moderate(member: Member, post: Post, comment: Comment | None = None) -> bool:
    """Hide and restore a post, or a comment on it: coordinators those of their organisation, admins what the network sees.

    Nobody moderates what they wrote themselves. No query.
    """
    if (comment or post).author_id == member.pk or post.is_draft:
        return False
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


def can_keep(member: Member, post: Post) -> bool:
    """Save a published post for later, follow what it is about: any member who opens it."""
    return member.is_active and not post.is_draft and post.hidden_at is None


def can_thank(member: Member, post: Post, comment: Comment | None = None) -> bool:
    """Thank for a post or a comment of somebody else that can be read."""
    return can_comment(member, post) and _is_of_another(member, post, comment)


def can_report(member: Member, post: Post, comment: Comment | None = None) -> bool:
    """Ask the moderators to look at a post or a comment of somebody else that can be read."""
    return can_keep(member, post) and _is_of_another(member, post, comment)


def _is_of_another(member: Member, post: Post, comment: Comment | None) -> bool:
    gone = comment is not None and (comment.removed_at is not None or comment.hidden_at is not None)
    return (comment or post).author_id != member.pk and not gone


def can_change_comment(member: Member, post: Post, comment: Comment) -> bool:
    """Change a comment or take it back: its author, while it is neither removed nor hidden."""
    mine = comment.author_id == member.pk and comment.removed_at is None and comment.hidden_at is None
    return mine and can_comment(member, post)


def followable_people(member: Member) -> QuerySet[Member]:
    """Members whose posts this member may follow: who is here and writes."""
    if not member.is_active:
        return Member.objects.none()
    return Member.objects.filter(is_active=True).exclude(pk=member.pk)


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
    return comment.hidden_at is None or comment.author_id == member.pk or can_moderate(member, comment.post, comment)


def can_settle(member: Member) -> bool:
    """Have the moderators' desk: coordinators and admins."""
    return member.has_role(RoleCode.COORDINATOR, RoleCode.ADMIN)


def visible_complaints(member: Member) -> QuerySet[Complaint]:
    """Reports of posts and comments that this member settles: none about what they wrote themselves."""
    theirs = Q(post__organisation=member.organisation_id)
    if member.has_role(RoleCode.ADMIN):
        theirs |= ~Q(post__reach=Post.Reach.MINISTRY)
    elif not member.has_role(RoleCode.COORDINATOR):
        return Complaint.objects.none()
    mine = Q(comment=None, post__author=member) | Q(comment__isnull=False, comment__author=member)
    return Complaint.objects.filter(theirs).exclude(mine)


def undecided_complaints(member: Member) -> QuerySet[Complaint]:
    """Open reports about what one ministry alone reads, which nobody there may settle: of them an admin learns where they wait.

    What was reported, and the words, stay with the ministry: the admin makes somebody there a coordinator.
    """
    if not member.has_role(RoleCode.ADMIN):
        return Complaint.objects.none()
    deciding = Member.objects.filter(
        is_active=True, roles__in=[RoleCode.COORDINATOR, RoleCode.ADMIN], organisation=OuterRef("post__organisation")
    ).exclude(pk=OuterRef("written_by"))
    elsewhere = Complaint.objects.filter(outcome=Complaint.Outcome.OPEN, post__reach=Post.Reach.MINISTRY)
    elsewhere = elsewhere.exclude(post__organisation=member.organisation_id)
    return elsewhere.annotate(written_by=Coalesce("comment__author", "post__author")).filter(~Exists(deciding))


def visible_materials(member: Member) -> QuerySet[Material]:
    """Materials of the posts whose page this member may open. A removed one is gone for all."""
    return Material.objects.filter(post__in=visible_posts(member), removed_at=None)


def readable_versions(member: Member) -> QuerySet[MaterialVersion]:
    """Files that this member finds by search: newest or not, of posts they find; none that was withdrawn."""
    return MaterialVersion.objects.filter(
        material__post__in=readable_posts(member), material__removed_at=None, withdrawn_at=None
    )


def unavailable_versions() -> QuerySet[MaterialVersion]:
    """Versions that nobody finds by search: withdrawn, or of a removed file. What `readable_versions` leaves out of readable posts.

    For the search, which asks it of every file that a word finds: these are few, and two small indexes hold them.
    """
    versions = MaterialVersion.objects.order_by()
    return versions.filter(withdrawn_at__isnull=False).union(
        versions.filter(material__removed_at__isnull=False), all=True
    )


def readable_comments(member: Member) -> QuerySet[Comment]:
    """Comments that this member finds by search: of posts they find, neither hidden nor removed."""
    return Comment.objects.filter(post__in=readable_posts(member), removed_at=None, hidden_at=None)


def can_use_materials(member: Member, training: Training) -> bool:
    """Say which materials a training uses and how they went: who may record it. One query at most."""
    return can_write(member) and can_record(member, training)


def visible_notes(member: Member) -> QuerySet[FieldNote]:
    """Field notes: any member but those who only read figures; the author of a hidden one is shown to nobody else."""
    return FieldNote.objects.all() if can_write(member) else FieldNote.objects.none()


def can_note(member: Member, training: Training) -> bool:
    """Write a field note: who teaches the training or keeps its record, once its figures are submitted. One query at most."""
    if training.submitted_at is None or training.is_cancelled or not can_write(member):
        return False
    return can_record(member, training)


def trainings_to_note(member: Member, now: datetime) -> QuerySet[Training]:
    """Trainings this member taught, with figures submitted in the last ninety days, without a note of theirs; not those of which they
    have nothing to tell.
    """
    if not can_write(member):
        return Training.objects.none()
    mine = Assignment.objects.filter(training=OuterRef("pk"), trainer__member=member).exclude(
        part=Assignment.Part.OBSERVER
    )
    written = FieldNote.objects.filter(training=OuterRef("pk"), author=member)
    recent = Training.objects.filter(submitted_at__gt=now - NOTE_WITHIN, cancelled_at=None)
    declined = NoteDeclined.objects.filter(training=OuterRef("pk"), member=member)
    return recent.filter(Exists(mine), ~Exists(written), ~Exists(declined))


def can_see_author(member: Member, note: FieldNote) -> bool:
    """Read who wrote a field note: everybody where the author did not ask otherwise, else the author alone. No query."""
    return not note.is_author_hidden or note.author_id == member.pk


def can_edit_note(member: Member, note: FieldNote) -> bool:
    """Change or take back a field note: its author."""
    return note.author_id == member.pk and can_write(member)


def visible_revision_items(member: Member) -> QuerySet[RevisionItem]:
    """What stands on the list for the next edition, for who keeps it."""
    return RevisionItem.objects.all() if can_collect(member) else RevisionItem.objects.none()


def can_collect(member: Member) -> bool:
    """Keep the list by which the manuals are revised: coordinators and admins."""
    return member.has_role(RoleCode.COORDINATOR, RoleCode.ADMIN)


def own_searches(member: Member) -> QuerySet[SavedSearch]:
    """Searches a member saved: seen by them alone."""
    return SavedSearch.objects.filter(member=member) if member.is_active else SavedSearch.objects.none()
