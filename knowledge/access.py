"""Access rules of knowledge: who may read, write and moderate it. No other module decides this."""

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
    """Posts by others that this member is responsible for: for coordinators, those of their organisation."""
    if member.has_role(RoleCode.COORDINATOR):
        return Q(organisation=member.organisation_id)
    return Q(pk__in=[])


def _reaches(member: Member) -> Q:
    return Q(reach__in=[Post.Reach.NETWORK, Post.Reach.PUBLIC]) | Q(organisation=member.organisation_id)


def public_posts() -> QuerySet[Post]:
    """Posts that anybody may read, even without an account."""
    return Post.objects.filter(reach=Post.Reach.PUBLIC, published_at__isnull=False, hidden_at=None)


def readable_posts(member: Member) -> QuerySet[Post]:
    """Published posts this member can find in lists, searches and feeds: no drafts, nothing hidden."""
    if not member.is_active:
        return Post.objects.none()
    return Post.objects.filter(_reaches(member), published_at__isnull=False, hidden_at=None)


def visible_posts(member: Member) -> QuerySet[Post]:
    """Posts whose page this member may open: those they can find, their own, and hidden ones they moderate."""
    if not member.is_active:
        return Post.objects.none()
    theirs = Q(author=member) | (_looks_after(member) & Q(published_at__isnull=False))
    hidden = Q(published_at__isnull=False) & _reaches(member) if member.has_role(RoleCode.ADMIN) else Q(pk__in=[])
    return Post.objects.filter((_reaches(member) & Q(published_at__isnull=False, hidden_at=None)) | theirs | hidden)


def can_write(member: Member) -> bool:
    """All members except observers may write posts, comments and thanks."""
    return member.has_role(RoleCode.TRAINER, RoleCode.RECORDER, RoleCode.COORDINATOR, RoleCode.ADMIN)


def can_edit(member: Member, post: Post) -> bool:
    """The author and coordinators of the post's organisation may change it, publish it and attach files. No query."""
    if not can_write(member):
        return False
    looks_after = member.has_role(RoleCode.COORDINATOR) and post.organisation_id == member.organisation_id
    return post.author_id == member.pk or (looks_after and not post.is_draft)


def can_delete(member: Member, post: Post) -> bool:
    """Authors may delete their own drafts."""
    return post.author_id == member.pk and post.is_draft


def can_pin(member: Member, post: Post) -> bool:
    """Admins may pin posts that the whole network can see."""
    return member.has_role(RoleCode.ADMIN) and not post.is_draft and post.reach != Post.Reach.MINISTRY


def readers_of(post: Post) -> QuerySet[Member]:
    """Members who may open a published post and find it: the inverse of `readable_posts`."""
    if post.is_draft or post.hidden_at is not None:
        return Member.objects.none()
    everybody = Member.objects.filter(is_active=True)
    return everybody.filter(organisation=post.organisation_id) if post.reach == Post.Reach.MINISTRY else everybody


def can_moderate(member: Member, post: Post, comment: Comment | None = None) -> bool:
    """Whether a member may hide or restore a post or comment: coordinators in their organisation, admins network-wide.

    Nobody moderates their own texts. No query.
    """
    if (comment or post).author_id == member.pk or post.is_draft:
        return False
    if member.has_role(RoleCode.COORDINATOR) and post.organisation_id == member.organisation_id:
        return True
    return member.has_role(RoleCode.ADMIN) and (
        post.reach != Post.Reach.MINISTRY or post.organisation_id == member.organisation_id
    )


def can_see_history(member: Member, post: Post) -> bool:
    """Any member who may open a post may read its earlier versions."""
    return member.is_active


def can_comment(member: Member, post: Post) -> bool:
    """Members who may write may take part in the discussion of a published post."""
    return can_write(member) and not post.is_draft and post.hidden_at is None


def can_keep(member: Member, post: Post) -> bool:
    """Any member who may open a published post may save it and follow its topics."""
    return member.is_active and not post.is_draft and post.hidden_at is None


def can_thank(member: Member, post: Post, comment: Comment | None = None) -> bool:
    """Whether the member may thank for this post or comment: not for their own, and not if it is hidden or removed."""
    return can_comment(member, post) and _is_of_another(member, post, comment)


def can_report(member: Member, post: Post, comment: Comment | None = None) -> bool:
    """Whether the member may report this post or comment: not their own, and not if it is hidden or removed."""
    return can_keep(member, post) and _is_of_another(member, post, comment)


def _is_of_another(member: Member, post: Post, comment: Comment | None) -> bool:
    gone = comment is not None and (comment.removed_at is not None or comment.hidden_at is not None)
    return (comment or post).author_id != member.pk and not gone


def can_change_comment(member: Member, post: Post, comment: Comment) -> bool:
    """Authors may change or delete their comment, unless it is removed or hidden."""
    mine = comment.author_id == member.pk and comment.removed_at is None and comment.hidden_at is None
    return mine and can_comment(member, post)


def followable_people(member: Member) -> QuerySet[Member]:
    """Other active members, whose posts this member may follow."""
    if not member.is_active:
        return Member.objects.none()
    return Member.objects.filter(is_active=True).exclude(pk=member.pk)


def can_accept(member: Member, post: Post) -> bool:
    """The author of a question may choose the comment that answers it."""
    return post.kind == Post.Kind.QUESTION and post.author_id == member.pk and can_comment(member, post)


def visible_comments(member: Member, post: Post) -> QuerySet[Comment]:
    """Comments on a post, including hidden ones, whose place is shown; see `can_read_comment` for their text."""
    return Comment.objects.filter(post=post) if member.is_active else Comment.objects.none()


def can_read_comment(member: Member, comment: Comment) -> bool:
    """Whether the member may read a comment's text; hidden ones only its author and moderators. No query if its post is loaded."""
    if comment.removed_at is not None:
        return False
    return comment.hidden_at is None or comment.author_id == member.pk or can_moderate(member, comment.post, comment)


def can_settle(member: Member) -> bool:
    """Coordinators and admins may use the moderators' desk."""
    return member.has_role(RoleCode.COORDINATOR, RoleCode.ADMIN)


def visible_complaints(member: Member) -> QuerySet[Complaint]:
    """Reports of posts and comments that this member may settle; none about their own texts."""
    theirs = Q(post__organisation=member.organisation_id)
    if member.has_role(RoleCode.ADMIN):
        theirs |= ~Q(post__reach=Post.Reach.MINISTRY)
    elif not member.has_role(RoleCode.COORDINATOR):
        return Complaint.objects.none()
    mine = Q(comment=None, post__author=member) | Q(comment__isnull=False, comment__author=member)
    return Complaint.objects.filter(theirs).exclude(mine)


def undecided_complaints(member: Member) -> QuerySet[Complaint]:
    """Open reports about posts of one ministry that nobody there may settle; an admin only sees which ministry they are in.

    What was reported and why stays within the ministry: the admin makes somebody there a coordinator.
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
    """Materials of posts whose page this member may open. Nobody sees removed ones."""
    return Material.objects.filter(post__in=visible_posts(member), removed_at=None)


def readable_versions(member: Member) -> QuerySet[MaterialVersion]:
    """File versions this member can find by search: newest or not, of posts they can find; not withdrawn."""
    return MaterialVersion.objects.filter(
        material__post__in=readable_posts(member), material__removed_at=None, withdrawn_at=None
    )


def unavailable_versions() -> QuerySet[MaterialVersion]:
    """Versions that nobody can find by search: withdrawn, or of a removed file. `readable_versions` excludes them.

    For the search, which applies it to every matching file: there are few, and two small indexes contain them.
    """
    versions = MaterialVersion.objects.order_by()
    return versions.filter(withdrawn_at__isnull=False).union(
        versions.filter(material__removed_at__isnull=False), all=True
    )


def readable_comments(member: Member) -> QuerySet[Comment]:
    """Comments this member can find by search: on posts they can find, neither hidden nor removed."""
    return Comment.objects.filter(post__in=readable_posts(member), removed_at=None, hidden_at=None)


def can_use_materials(member: Member, training: Training) -> bool:
    """Members who may record a training may set which materials it uses and how they went. One query at most."""
    return can_write(member) and can_record(member, training)


def visible_notes(member: Member) -> QuerySet[FieldNote]:
    """Field notes: any member who may write sees all; see `can_see_author` for hidden authors."""
    return FieldNote.objects.all() if can_write(member) else FieldNote.objects.none()


def can_note(member: Member, training: Training) -> bool:
    """Whether the member may write a field note: those who may record the training, once submitted. One query at most."""
    if training.submitted_at is None or training.is_cancelled or not can_write(member):
        return False
    return can_record(member, training)


def trainings_to_note(member: Member, now: datetime) -> QuerySet[Training]:
    """Trainings this member taught, submitted in the last ninety days, for which they neither wrote nor declined a note."""
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
    """Whether the member may see a note's author: always, unless the author is hidden; then only themselves. No query."""
    return not note.is_author_hidden or note.author_id == member.pk


def can_edit_note(member: Member, note: FieldNote) -> bool:
    """Authors may change or delete their field note."""
    return note.author_id == member.pk and can_write(member)


def visible_revision_items(member: Member) -> QuerySet[RevisionItem]:
    """The list for the next edition, for its editors."""
    return RevisionItem.objects.all() if can_collect(member) else RevisionItem.objects.none()


def can_collect(member: Member) -> bool:
    """Coordinators and admins edit the list used to revise the manuals."""
    return member.has_role(RoleCode.COORDINATOR, RoleCode.ADMIN)


def own_searches(member: Member) -> QuerySet[SavedSearch]:
    """Searches a member has saved, visible only to them."""
    return SavedSearch.objects.filter(member=member) if member.is_active else SavedSearch.objects.none()
