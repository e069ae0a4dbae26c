"""Views of the materials a training uses, and how they went."""

from typing import Any

from django.contrib import messages
from django.db.models import F, OuterRef, Q, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from common.folding import spelling
from common.views import errors_as_messages
from knowledge import access
from knowledge.materials import use_actions as actions
from knowledge.materials.forms import OutcomeForm, UseForm
from knowledge.models import MaterialUse, MaterialVersion
from members.models import Member
from members.request import member_of
from trainings import access as of_trainings
from trainings.models import Training
from trainings.pages import fetch_training, require, tabs_for

MAX_RESULTS = 20


@require_http_methods(["GET", "POST"])
def training_materials(request: HttpRequest, reference: str) -> HttpResponse:
    """Show and edit the materials of a training: chosen beforehand, with an outcome afterwards."""
    training, member = fetch_training(request, reference), member_of(request)
    may = access.can_use_materials(member, training) and not training.is_cancelled
    form = None
    if request.method == "POST":
        require(may)
        answer = _do(request, training, member)
        if isinstance(answer, HttpResponse):
            return answer
        form = answer
    uses = _visible_uses(member, training)
    q = request.GET.get("q", "")[:100].replace("\x00", "")
    names = of_trainings.can_see_some_names(member, training)
    context = {
        "training": training, "uses": [(use, OutcomeForm(instance=use)) for use in uses], "can_use": may,
        "q": q, "found": _found(q, member, uses) if may else [], "wrong": form,
        "is_over": training.ends_on <= timezone.localdate(),
        "tabs": tabs_for(training, "materials", names=names, record=of_trainings.can_record(member, training)),
    }  # fmt: skip
    return render(request, "knowledge/materials/training_materials.html", context, status=422 if form else 200)


def _do(request: HttpRequest, training: Training, by: Member) -> HttpResponse | Any:
    """Add, remove or rate a material; return the redirect, or the invalid form."""
    here = redirect("training_materials", training.reference)
    with errors_as_messages(request):
        if "use" in request.POST:
            form = UseForm({"version": request.POST["use"]}, versions=access.readable_versions(by))
            if not form.is_valid():
                messages.error(request, _("This file is not to be had any more."))
                return here
            actions.use_material(training=training, version=form.cleaned_data["version"], by=by)
            messages.success(request, _("It is named."))
            return here
        number = request.POST.get("of", "")
        if not (number.isdecimal() and len(number) < 10):
            return here
        use = get_object_or_404(_visible_uses(by, training), pk=number)
        if "drop" in request.POST:
            actions.drop_use(use=use, by=by)
            messages.success(request, _("It is taken off."))
            return here
        judged = OutcomeForm(request.POST, instance=use)
        if not judged.is_valid():
            return judged
        actions.record_outcome(use=use, by=by, **judged.cleaned_data)
        messages.success(request, _("Thank you: who opens the material sees how it went."))
    return here


def _visible_uses(member: Member, training: Training) -> QuerySet[MaterialUse]:
    """Uses of materials whose post this member may open, with the number of the newest version. One query."""
    newest = MaterialVersion.objects.filter(material=OuterRef("version__material"), withdrawn_at=None)
    seen = MaterialUse.objects.filter(
        training=training, version__material__in=access.visible_materials(member)
    ).annotate(newest=Subquery(newest.order_by("-number").values("number")[:1]))
    return seen.select_related("version__material__post", "version__material__language")


def _found(q: str, member: Member, uses: QuerySet[MaterialUse]) -> list[MaterialVersion]:
    """Newest versions whose title, or whose post's, contains each word of `q`; without words the latest ones."""
    later = MaterialVersion.objects.filter(material=OuterRef("material"), withdrawn_at=None).order_by("-number")
    rows = access.readable_versions(member).annotate(last=Subquery(later.values("number")[:1])).filter(number=F("last"))
    for word in q.split():
        forms = {word, word.lower(), word.capitalize(), spelling(word)}
        condition = Q()
        for form in forms:
            condition |= Q(material__title__icontains=form) | Q(material__post__title__icontains=form)
        rows = rows.filter(condition)
    named = [use.version.material_id for use in uses]
    rows = rows.exclude(material__in=named).select_related("material__post", "material__language")
    return list(rows.order_by("-added_at")[:MAX_RESULTS])
