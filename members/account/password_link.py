"""The mail with a link for a new password. The worker looks whose address it is, so that asking takes as long for each."""

from allauth.account.adapter import get_adapter
from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django_tasks import TaskContext, task

from members.models import Member


@task(takes_context=True)
def mail_password_link(context: TaskContext, email: str) -> None:
    """Mail a link for a new password to the member of this address, or to nobody's address that it is nobody's.

    Once for each asking: where the worker is killed after it wrote the mail, doing the task again writes no second one.
    """
    adapter, mail_key = get_adapter(), f"password link {context.task_result.id}"
    member = Member.objects.filter(email__iexact=email, is_active=True).first()
    if member is None:
        adapter.send_mail("account/email/unknown_account", email, {}, key=mail_key)
        return
    key = f"{user_pk_to_url_str(member)}-{default_token_generator.make_token(member)}"
    url = adapter.get_reset_password_from_key_url(key)
    adapter.send_mail("account/email/password_reset_key", member.email, {"password_reset_url": url}, key=mail_key)
