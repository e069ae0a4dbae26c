"""The directory, a trainer's page, their own profile, and the topics."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from audit.page_cache import cached_part
from common.views import is_fragment, page_of, render_form
from members.access import can_edit_reference
from members.models import Member
from trainers import access, actions
from trainers.filters import Directory
from trainers.forms import ProfileForm, TopicForm
from trainers.models import Topic


def _member(request: HttpRequest) -> Member:
    assert isinstance(request.user, Member)  # noqa: S101 - narrows the type; SignInMiddleware guarantees it
    return request.user


# Observers have delivered nothing. Named as in trainings, an app above this one that cannot be imported here.
TAUGHT = ("lead", "co_trainer")
DELIVERED = Q(assignments__training__cancelled_at=None, assignments__part__in=TAUGHT) & ~Q(
    assignments__training__figures="recorded"
)


@require_GET
def trainer_list(request: HttpRequest) -> HttpResponse:
    """The directory as cards."""
    profiles = access.visible_profiles(_member(request))

    def render_part(template: str) -> str:
        directory = Directory(request.GET, profiles)
        rows = (
            directory.rows.select_related("member__organisation", "rank")
            .prefetch_related("topics", "languages")
            .annotate(delivered=Count("assignments", filter=DELIVERED))
            .order_by("name_key")
        )
        return render_to_string(template, {"directory": directory, "page": page_of(request, list(rows), 24)}, request)

    if is_fragment(request):
        return HttpResponse(render_part("trainers/_cards.html"))

    def whole() -> str:
        return render_part("trainers/_directory.html")

    # Every member sees the same directory; most requests have no filter.
    part = whole() if request.GET else cached_part("directory", whole, depends_on=("trainers", "trainings", "members"))
    return render(request, "trainers/trainer_list.html", {"directory": part})


@require_GET
def trainer_detail(request: HttpRequest, slug: str) -> HttpResponse:
    """One trainer and what they have delivered."""
    member = _member(request)
    profiles = access.visible_profiles(member).select_related("member__organisation", "rank")
    profile = get_object_or_404(profiles.prefetch_related("topics", "languages"), slug=slug)
    assignments = (
        profile.assignments.filter(training__cancelled_at=None, part__in=TAUGHT)
        .exclude(training__figures="recorded")
        .select_related("training__country", "training__course")
        .order_by("-training__starts_on")
    )
    # Online teaching counts for no country.
    in_a_room = assignments.exclude(training__mode="online").order_by()
    context = {
        "profile": profile,
        "assignments": page_of(request, assignments, 20),
        "countries": sorted({str(c) for c in in_a_room.values_list("training__country__name", flat=True)}),
        "can_edit": access.can_edit(member, profile),
        "can_take_portfolio": access.can_take_portfolio(member, profile),
    }
    return render(request, "trainers/trainer_detail.html", context)


@require_http_methods(["GET", "POST"])
def trainer_edit(request: HttpRequest, slug: str) -> HttpResponse:
    """A trainer's own profile."""
    member = _member(request)
    profile = get_object_or_404(access.visible_profiles(member).select_related("member__organisation"), slug=slug)
    if not access.can_edit(member, profile):
        raise PermissionDenied
    form = ProfileForm(request.POST or None, request.FILES or None, instance=profile)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        actions.change_profile(
            profile=form.instance,
            languages=data["languages"],
            topics=data["topics"],
            photo=data["photo_file"],
            drop_photo=data["drop_photo"],
            by=member,
        )
        messages.success(request, _("Your profile is saved."))
        return redirect(profile)
    return render_form(request, "trainers/trainer_form.html", {"form": form, "profile": profile})


@login_not_required
@require_GET
def trainer_photo(request: HttpRequest, slug: str) -> HttpResponse:
    """A trainer's photograph, for members; strangers get only those who opted in."""
    user = request.user
    profiles = access.visible_profiles(user) if isinstance(user, Member) else access.public_profiles()
    profile = get_object_or_404(profiles, slug=slug)
    if not profile.photo:
        raise Http404
    with profile.photo.open("rb") as picture:
        answer = HttpResponse(picture.read(), content_type="image/jpeg")
    answer["Cache-Control"] = "private, max-age=3600"
    return answer


def _editing(request: HttpRequest) -> Member:
    """Return the signed-in member if they may edit reference tables."""
    member = _member(request)
    if not can_edit_reference(member):
        raise PermissionDenied
    return member


@require_GET
def topic_list(request: HttpRequest) -> HttpResponse:
    """Every topic with its number of trainers, for admins."""
    _editing(request)
    rows = Topic.objects.annotate(chosen=Count("trainers")).order_by("name")
    return render(request, "trainers/topic_list.html", {"page": page_of(request, rows)})


@require_http_methods(["GET", "POST"])
def topic_form(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """Add or rename a topic."""
    by = _editing(request)
    topic = get_object_or_404(Topic, pk=pk) if pk is not None else None
    title = str(topic or _("Add a topic"))
    form = TopicForm(request.POST or None, instance=topic)
    if request.method == "POST" and form.is_valid():
        actions.save_topic(topic=form.instance, by=by)
        messages.success(request, _("%(name)s is saved.") % {"name": form.instance})
        return redirect("trainers:topics")
    return render_form(request, "trainers/topic_form.html", {"form": form, "title": title})
