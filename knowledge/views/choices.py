"""What a member is told of and how, the way out of the digest, and feeds."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from common.views import render_form
from knowledge import access
from knowledge.actions import choices as actions
from knowledge.forms_choices import ChoicesForm
from knowledge.models import Digest, NoticeChoice, Post, SecretAddress
from knowledge.subscriptions.feeds import atom_of
from members.request import member_of

# In the session, for the one page after it was made.
SHOWN_ONCE = "feed_secret"


@require_http_methods(["GET", "POST"])
def choices(request: HttpRequest) -> HttpResponse:
    """How soon a member is told of each kind of thing, the digest, and the secret address of their feeds."""
    member = member_of(request)
    digest = actions.digest_settings(member)
    chosen = dict(NoticeChoice.objects.filter(member=member).values_list("notice", "pace"))
    form = ChoicesForm(request.POST or None, chosen=chosen, digest=digest)
    if request.method == "POST" and form.is_valid():
        actions.choose_notices(
            member=member, paces=form.paces(), every=form.cleaned_data["every"],
            language=form.cleaned_data["language"], by=member,
        )  # fmt: skip
        messages.success(request, _("It is saved."))
        return redirect("knowledge:choices")
    secret = request.session.pop(SHOWN_ONCE, "")
    context = {
        "form": form,
        "address": request.build_absolute_uri(reverse("knowledge:feed", args=[secret])) if secret else "",
        "has_address": SecretAddress.objects.filter(member=member, revoked_at=None).exists(),
    }
    return render_form(request, "knowledge/choices.html", context)


@require_POST
def secret_make(request: HttpRequest) -> HttpResponse:
    """Give the member a new secret address; the page after it shows it, once."""
    member = member_of(request)
    request.session[SHOWN_ONCE] = actions.make_secret_address(member=member, by=member)
    return redirect(f"{reverse('knowledge:choices')}#feeds")


@require_POST
def secret_revoke(request: HttpRequest) -> HttpResponse:
    """End the member's secret address."""
    member = member_of(request)
    actions.revoke_secret_address(member=member, by=member)
    messages.success(request, _("The secret address is ended: feed readers that have it get nothing more."))
    return redirect(f"{reverse('knowledge:choices')}#feeds")


# Mail programs send the one click themselves (RFC 8058); the token is in nobody's hand but the member's.
@csrf_exempt
@login_not_required
@require_http_methods(["GET", "POST"])
def leave(request: HttpRequest, token: str) -> HttpResponse:
    """The way out of the digest, by the link in it: asked on GET, done on POST, without signing in."""
    digest = get_object_or_404(Digest.objects.select_related("member__organisation"), leave_token=token)
    if request.method == "POST" and digest.every != Digest.Every.OFF:
        actions.leave_digest(digest=digest, by=digest.member)
    is_over = digest.every == Digest.Every.OFF
    return render(request, "knowledge/leave.html", {"is_over": is_over, "token": token})


@login_not_required
@require_GET
def feed(request: HttpRequest, secret: str = "") -> HttpResponse:
    """The library as an Atom feed: public posts, or by a secret address what that member may read; narrowed by `?topic=`."""
    posts: QuerySet[Post] = access.public_posts()
    if secret:
        member = actions.member_of_secret(secret)
        if member is None:
            raise Http404
        posts = access.readable_posts(member)
    topic = request.GET.get("topic", "")
    if topic:
        posts = posts.filter(topics=int(topic)) if topic.isdecimal() and len(topic) < 10 else posts.none()
    answer = HttpResponse(atom_of(posts, request.path), content_type="application/atom+xml; charset=utf-8")
    answer["X-Content-Type-Options"], answer["Cache-Control"] = "nosniff", "private, max-age=300"
    answer["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return answer
