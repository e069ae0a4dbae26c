"""The Django admin of members, organisations and ranks."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from common.desk import DeskAdmin, EditableDeskAdmin
from common.views import sentences
from mail.models import Mail
from members import actions
from members.models import Country, Member, Organisation, Rank, Role
from members.organisations.forms import RankForm


@admin.register(Country)
class CountryAdmin(DeskAdmin):
    list_display = ("name", "code", "in_region")
    search_fields = ("name", "code")


@admin.register(Role)
class RoleAdmin(DeskAdmin):
    list_display = ("name", "sentence")


@admin.register(Member)
class MemberAdmin(DeskAdmin):
    """Members are invited and deactivated on the portal's own pages only."""

    list_display = ("full_name", "email", "organisation", "is_active")
    list_select_related = ("organisation",)
    search_fields = ("given_name", "family_name", "email")
    fields = ("email", "given_name", "family_name", "organisation", "roles", "function", "is_active", "joined_at")


@admin.register(Mail)
class MailAdmin(DeskAdmin):
    """The outbox without its texts, which may contain one-time links."""

    list_display = ("to", "subject", "state", "last_error", "created_at")
    list_filter = ("state",)
    search_fields = ("to", "subject")
    fields = ("to", "subject", "state", "last_error", "attempts", "created_at", "not_before", "sent_at")
    actions = ("try_again",)

    @admin.action(description=_("Try to send again what was given up"), permissions=["view"])
    def try_again(self, request: HttpRequest, chosen: QuerySet[Mail]) -> None:
        assert isinstance(request.user, Member)  # noqa: S101 - narrows the type; the desk lets only members in
        tried = 0
        for mail in chosen:
            try:
                actions.try_mail_again(mail=mail, by=request.user)
            except ValidationError as refusal:
                self.message_user(request, sentences(refusal), messages.WARNING)
            else:
                tried += 1
        if tried:
            message = ngettext("%(n)d mail is tried again.", "%(n)d mails are tried again.", tried)
            self.message_user(request, message % {"n": tried}, messages.SUCCESS)


@admin.register(Organisation)
class OrganisationAdmin(EditableDeskAdmin):
    list_display = ("name", "code", "kind", "country")
    list_select_related = ("country",)
    list_filter = ("kind",)
    search_fields = ("name", "short_name", "local_name", "code")

    def save_model(self, request: HttpRequest, obj: Organisation, form: Any, change: bool) -> None:
        assert isinstance(request.user, Member)  # noqa: S101 - narrows the type; the desk lets only members in
        actions.save_organisation(organisation=obj, by=request.user)


@admin.register(Rank)
class RankAdmin(EditableDeskAdmin):
    form = RankForm
    list_display = ("name", "other_script", "country", "group", "nato", "confirmed")
    list_select_related = ("country",)
    list_filter = ("group", "confirmed")
    search_fields = ("name", "name_key", "other_script")

    def save_model(self, request: HttpRequest, obj: Rank, form: Any, change: bool) -> None:
        assert isinstance(request.user, Member)  # noqa: S101 - narrows the type; the desk lets only members in
        actions.save_rank(rank=obj, by=request.user)
