"""The mail with a link for a new password. The worker looks whose address it is, so that asking takes as long for each."""

from allauth.account.adapter import get_adapter
from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django_tasks import task

from members.models import Member


@task()
def mail_password_link(email: str) -> None:
    """Mail a link for a new password to the member of this address, or to nobody's address that it is nobody's."""
    adapter = get_adapter()
    member = Member.objects.filter(email__iexact=email, is_active=True).first()
    if member is None:
        adapter.send_mail("account/email/unknown_account", email, {})
        return
    key = f"{user_pk_to_url_str(member)}-{default_token_generator.make_token(member)}"
    url = adapter.get_reset_password_from_key_url(key)
    adapter.send_mail("account/email/password_reset_key", member.email, {"password_reset_url": url})
