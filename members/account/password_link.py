"""The password reset email. The worker looks up the address, so that the request takes equally long for each."""

from allauth.account.adapter import get_adapter
from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django_tasks import TaskContext, task

from members.models import Member


@task(takes_context=True)
def mail_password_link(context: TaskContext, email: str) -> None:
    """Email a reset link to the member with this address; any other address is told that it has no account.

    Sent once per request: if the worker is killed after writing the email, running the task again writes no second one.
    """
    adapter, mail_key = get_adapter(), f"password link {context.task_result.id}"
    member = Member.objects.filter(email__iexact=email, is_active=True).first()
    if member is None:
        adapter.send_mail("account/email/unknown_account", email, {}, key=mail_key)
        return
    key = f"{user_pk_to_url_str(member)}-{default_token_generator.make_token(member)}"
    url = adapter.get_reset_password_from_key_url(key)
    adapter.send_mail("account/email/password_reset_key", member.email, {"password_reset_url": url}, key=mail_key)
