"""What each person is to be answered at each route, by each method, about a thing of their own ministry and another's.

*Own* is kept by Montenegro and led by its trainer, *foreign* by Serbia and led by theirs.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

EVERYBODY = {
    "trainer_me", "trainer_rs", "recorder_me", "recorder_rs", "coordinator_me", "coordinator_rs", "admin", "observer",
}  # fmt: skip
OWN_OWNERS, FOREIGN_OWNERS = {"recorder_me", "coordinator_me"}, {"recorder_rs", "coordinator_rs"}
MANAGERS = {"admin", "coordinator_me", "coordinator_rs"}

Pair = tuple[set[str], set[str]]
ALL: Pair = (EVERYBODY, EVERYBODY)
OWNERS: Pair = (OWN_OWNERS, FOREIGN_OWNERS)
RECORDING: Pair = (OWN_OWNERS | {"trainer_me"}, FOREIGN_OWNERS | {"trainer_rs"})
COORDINATORS: Pair = ({"coordinator_me"}, {"coordinator_rs"})
DESK: Pair = ({"coordinator_me", "coordinator_rs"}, {"coordinator_me", "coordinator_rs"})
ADMINS: Pair = ({"admin"}, {"admin"})
MANAGING: Pair = (MANAGERS, MANAGERS)
MANAGING_HOME: Pair = ({"admin", "coordinator_me"}, {"admin", "coordinator_rs"})
PORTFOLIO: Pair = ({"admin", "coordinator_me", "trainer_me"}, {"admin", "coordinator_rs", "trainer_rs"})
OF_MINISTRY: Pair = (
    {"admin", "trainer_me", "recorder_me", "coordinator_me"},
    {"admin", "trainer_rs", "recorder_rs", "coordinator_rs"},
)
OTHER_HOME: Pair = ({"coordinator_rs"}, {"coordinator_me"})
MENDING: Pair = (EVERYBODY - {"observer"}, EVERYBODY - {"observer"})
NAMED: Pair = (EVERYBODY - {"admin", "observer"}, EVERYBODY - {"admin", "observer"})
NOBODY: Pair = (set(), set())
# The posts of either side are for their own ministry alone.
OF_THE_POST: Pair = (
    {"trainer_me", "recorder_me", "coordinator_me"},
    {"trainer_rs", "recorder_rs", "coordinator_rs"},
)
NOT_OF_THE_POST: Pair = (EVERYBODY - OF_THE_POST[0], EVERYBODY - OF_THE_POST[1])
ALSO_STRANGERS: Pair = (NOT_OF_THE_POST[0] | {"stranger"}, NOT_OF_THE_POST[1] | {"stranger"})
# Answers to a person whose second factor is still to be shown.
OPEN_TO_PENDING = {"alive", "ready", "security_txt", "robots_txt", "offline_worker"}
OTHER_METHODS = ("head", "options", "put", "patch", "delete")
# These are refused before it matters who asks, so one person of each kind of right asks.
OF_EACH_KIND = ("stranger", "pending", "recorder_rs", "observer", "admin")
CREATORS = EVERYBODY - {"admin", "observer"}
WRITERS = EVERYBODY - {"observer"}
# Who edits a post: its author (the trainer of that side) and the coordinators of the author's ministry.
THE_AUTHOR: Pair = ({"trainer_me"}, {"trainer_rs"})
NOT_THE_AUTHOR: Pair = ({"recorder_me", "coordinator_me"}, {"recorder_rs", "coordinator_rs"})
NO_WRITERS: Pair = ({"observer"}, {"observer"})
AUTHORS: Pair = ({"trainer_me", "coordinator_me"}, {"trainer_rs", "coordinator_rs"})

# A saved search is its member's alone: the trainer of that side.
SAVERS: Pair = ({"trainer_me"}, {"trainer_rs"})


@dataclass(frozen=True)
class Decision:
    """Who may, for the own and the foreign object; None where the method is refused with 405.

    `hidden` do not see the thing and get 404; everybody else who may not gets 403.
    """

    get: Pair | None = None
    post: Pair | None = None
    hidden: Pair = NOBODY
    public: bool = False


def but(pair: Pair) -> Pair:
    return EVERYBODY - pair[0], EVERYBODY - pair[1]


DECISIONS: dict[str, Decision] = {
    "home": Decision(get=ALL, public=True),
    "alive": Decision(get=ALL, public=True),
    "security_txt": Decision(get=ALL, public=True),
    "robots_txt": Decision(get=ALL, public=True),
    "ready": Decision(get=ALL, public=True),
    "waiting_token": Decision(get=ALL),
    "offline_worker": Decision(get=ALL, public=True),
    "offline": Decision(get=ALL, public=True),
    "trainers:list": Decision(get=ALL),
    "trainers:detail": Decision(get=ALL),
    "trainers:edit": Decision(get=({"trainer_me"}, {"trainer_rs"}), post=({"trainer_me"}, {"trainer_rs"})),
    "trainers:photo": Decision(get=ALL, public=True),
    "trainers:topics": Decision(get=ADMINS),
    "trainers:topic_new": Decision(get=ADMINS, post=ADMINS),
    "trainers:topic_edit": Decision(get=ADMINS, post=ADMINS),
    "knowledge:list": Decision(get=ALL, public=True),
    "knowledge:new": Decision(get=(WRITERS, WRITERS), post=(WRITERS, WRITERS)),
    "knowledge:preview": Decision(post=(WRITERS, WRITERS)),
    "knowledge:detail": Decision(get=OF_THE_POST, hidden=ALSO_STRANGERS, public=True),
    "knowledge:edit": Decision(get=AUTHORS, post=AUTHORS, hidden=NOT_OF_THE_POST),
    "knowledge:history": Decision(get=OF_THE_POST, hidden=NOT_OF_THE_POST),
    "knowledge:publish": Decision(post=AUTHORS, hidden=NOT_OF_THE_POST),
    "knowledge:delete": Decision(get=NOBODY, post=NOBODY, hidden=NOT_OF_THE_POST),
    "knowledge:files_add": Decision(get=AUTHORS, post=AUTHORS, hidden=NOT_OF_THE_POST),
    "knowledge:material": Decision(get=OF_THE_POST, hidden=ALSO_STRANGERS, public=True),
    "knowledge:material_version": Decision(get=OF_THE_POST, hidden=ALSO_STRANGERS, public=True),
    "knowledge:material_download": Decision(get=OF_THE_POST, hidden=ALSO_STRANGERS, public=True),
    "knowledge:material_page": Decision(get=OF_THE_POST, hidden=ALSO_STRANGERS, public=True),
    "knowledge:material_edit": Decision(get=AUTHORS, post=AUTHORS, hidden=NOT_OF_THE_POST),
    "knowledge:version_new": Decision(get=AUTHORS, post=AUTHORS, hidden=NOT_OF_THE_POST),
    "knowledge:version_withdraw": Decision(get=AUTHORS, post=AUTHORS, hidden=NOT_OF_THE_POST),
    "knowledge:version_restore": Decision(post=AUTHORS, hidden=NOT_OF_THE_POST),
    "knowledge:material_remove": Decision(get=AUTHORS, post=AUTHORS, hidden=NOT_OF_THE_POST),
    "training_materials": Decision(get=ALL, post=RECORDING),
    "notifications:settings": Decision(get=ALL, post=ALL),
    "knowledge:secret_make": Decision(post=ALL),
    "knowledge:secret_revoke": Decision(post=ALL),
    # The secret in the address decides, whoever opens it.
    "notifications:leave": Decision(get=ALL, post=ALL, public=True),
    "knowledge:feed": Decision(get=ALL, public=True),
    "knowledge:public_feed": Decision(get=ALL, public=True),
    "knowledge:pin": Decision(post=NOBODY, hidden=NOT_OF_THE_POST),
    "knowledge:save": Decision(post=OF_THE_POST, hidden=NOT_OF_THE_POST),
    "knowledge:thank": Decision(post=NOT_THE_AUTHOR, hidden=NOT_OF_THE_POST),
    "knowledge:report": Decision(get=NOT_THE_AUTHOR, post=NOT_THE_AUTHOR, hidden=NOT_OF_THE_POST),
    "knowledge:hide": Decision(get=COORDINATORS, post=COORDINATORS, hidden=NOT_OF_THE_POST),
    "knowledge:restore": Decision(post=COORDINATORS, hidden=NOT_OF_THE_POST),
    "knowledge:comment_new": Decision(post=OF_THE_POST, hidden=NOT_OF_THE_POST),
    "knowledge:comment": Decision(get=OF_THE_POST, hidden=NOT_OF_THE_POST),
    "knowledge:comment_edit": Decision(get=THE_AUTHOR, post=THE_AUTHOR, hidden=NOT_OF_THE_POST),
    "knowledge:comment_remove": Decision(post=THE_AUTHOR, hidden=NOT_OF_THE_POST),
    "knowledge:comment_thank": Decision(post=NOT_THE_AUTHOR, hidden=NOT_OF_THE_POST),
    # Of a post that is no question; see tests/knowledge/discussion/test_discussion.py.
    "knowledge:comment_accept": Decision(post=NOBODY, hidden=NOT_OF_THE_POST),
    "knowledge:comment_report": Decision(get=NOT_THE_AUTHOR, post=NOT_THE_AUTHOR, hidden=NOT_OF_THE_POST),
    "knowledge:comment_hide": Decision(get=COORDINATORS, post=COORDINATORS, hidden=NOT_OF_THE_POST),
    "knowledge:comment_restore": Decision(post=COORDINATORS, hidden=NOT_OF_THE_POST),
    "knowledge:saved": Decision(get=ALL),
    "notifications:list": Decision(get=ALL, post=ALL),
    "knowledge:follow_topic": Decision(post=ALL),
    "knowledge:follow_person": Decision(post=ALL),
    "knowledge:reported": Decision(get=MANAGING),
    "knowledge:reported_leave": Decision(post=COORDINATORS, hidden=but(COORDINATORS)),
    "knowledge:notes": Decision(get=(WRITERS, WRITERS)),
    # Of a training whose figures are open; see tests/knowledge/field_notes/test_notes.py.
    "knowledge:note_new": Decision(get=NOBODY, post=NOBODY),
    "knowledge:note": Decision(get=(WRITERS, WRITERS), hidden=NO_WRITERS),
    "knowledge:note_edit": Decision(get=THE_AUTHOR, post=THE_AUTHOR, hidden=NO_WRITERS),
    "knowledge:note_delete": Decision(get=THE_AUTHOR, post=THE_AUTHOR, hidden=NO_WRITERS),
    "knowledge:note_collect": Decision(post=MANAGING, hidden=NO_WRITERS),
    "knowledge:revision": Decision(get=MANAGING),
    "knowledge:revision_sheet": Decision(post=MANAGING),
    "knowledge:revision_settle": Decision(post=MANAGING, hidden=but(MANAGING)),
    "search:page": Decision(get=ALL),
    "search:save": Decision(post=ALL),
    "search:forget": Decision(post=SAVERS, hidden=but(SAVERS)),
    "trainings:courses": Decision(get=ALL),
    "trainings:course_new": Decision(get=ADMINS, post=ADMINS),
    "trainings:course_edit": Decision(get=ADMINS, post=ADMINS),
    "trainings:list": Decision(get=ALL),
    "trainings:create": Decision(get=(CREATORS, CREATORS), post=(CREATORS, CREATORS)),
    "trainings:detail": Decision(get=ALL),
    "trainings:history": Decision(get=ALL),
    "trainings:edit": Decision(get=OWNERS, post=OWNERS),
    "trainings:cancel": Decision(get=OWNERS, post=OWNERS),
    "trainings:restore": Decision(post=OWNERS),
    "trainings:owner": Decision(get=ADMINS, post=ADMINS),
    "trainings:session_toggle": Decision(post=OWNERS),
    "trainings:attendance": Decision(get=RECORDING, post=RECORDING),
    "trainings:mark": Decision(post=RECORDING),
    "trainings:mark_rest": Decision(post=RECORDING),
    "trainings:undo": Decision(post=RECORDING),
    "trainings:keep": Decision(post=RECORDING),
    "trainings:roster": Decision(get=RECORDING, post=RECORDING),
    "trainings:suggest": Decision(post=RECORDING),
    "trainings:export": Decision(post=RECORDING),
    "trainings:list_export": Decision(get=ALL, post=ALL),
    "trainings:roster_import": Decision(get=RECORDING, post=RECORDING),
    "trainings:import_preview": Decision(get=RECORDING, post=RECORDING),
    "trainings:workbook": Decision(post=RECORDING),
    "trainings:workbook_preview": Decision(get=RECORDING, post=RECORDING),
    "trainings:import_undo": Decision(post=RECORDING),
    "trainings:enrolment_edit": Decision(get=RECORDING, post=RECORDING, hidden=but(RECORDING)),
    "trainings:enrolment_remove": Decision(post=RECORDING, hidden=but(RECORDING)),
    "trainings:enrolment_restore": Decision(post=RECORDING, hidden=but(RECORDING)),
    "trainings:enrolment_member": Decision(get=OWNERS, post=OWNERS, hidden=but(RECORDING)),
    "trainings:sheet": Decision(get=RECORDING, post=RECORDING),
    "trainings:sheet_find": Decision(get=ALL),
    "trainings:edition": Decision(get=RECORDING, post=RECORDING, hidden=but(RECORDING)),
    "trainings:edition_pdf": Decision(get=RECORDING, hidden=but(RECORDING)),
    "trainings:edition_undo": Decision(post=RECORDING, hidden=but(RECORDING)),
    "trainings:evidence": Decision(get=RECORDING, post=RECORDING),
    "trainings:evidence_file": Decision(get=RECORDING),
    "trainings:evidence_remove": Decision(get=RECORDING, post=RECORDING),
    "trainings:headcounts": Decision(get=RECORDING, post=RECORDING),
    "trainings:headcount_switch": Decision(post=RECORDING),
    "trainings:submit": Decision(post=OWNERS),
    "trainings:recall": Decision(post=OWNERS),
    "trainings:return": Decision(get=COORDINATORS, post=COORDINATORS),
    "trainings:verify": Decision(post=COORDINATORS),
    "trainings:amend": Decision(get=COORDINATORS, post=COORDINATORS),
    "trainings:held_settle": Decision(post=COORDINATORS),
    "trainings:duplicates": Decision(get=DESK),
    "trainings:duplicates_look": Decision(post=DESK),
    "trainings:duplicate": Decision(get=COORDINATORS, post=COORDINATORS, hidden=but(COORDINATORS)),
    "trainings:duplicate_different": Decision(post=COORDINATORS, hidden=but(COORDINATORS)),
    "trainings:duplicate_reopen": Decision(post=COORDINATORS, hidden=but(COORDINATORS)),
    "trainings:merges": Decision(get=DESK),
    "trainings:merge_undo": Decision(post=COORDINATORS, hidden=but(COORDINATORS)),
    "reports:trainers": Decision(get=ALL),
    "reports:trainers_sheet": Decision(post=ALL),
    "reports:deliveries": Decision(get=ALL),
    "reports:portfolio": Decision(get=PORTFOLIO),
    "reports:cascade": Decision(get=ALL),
    "members:list": Decision(get=MANAGING),
    "members:invite": Decision(get=MANAGING, post=MANAGING),
    "members:revoke": Decision(post=MANAGING_HOME, hidden=OTHER_HOME),
    "members:accept": Decision(get=ALL, post=ALL, public=True),
    "members:deactivate": Decision(get=MANAGING_HOME, post=MANAGING_HOME, hidden=OTHER_HOME),
    "members:reactivate": Decision(post=MANAGING_HOME, hidden=OTHER_HOME),
    "reports:people": Decision(get=ALL),
    "reports:behind": Decision(get=ALL),
    "reports:sheet": Decision(post=ALL),
    "reports:packs": Decision(get=ALL),
    "reports:pack": Decision(post=ALL),
    "reports:releases": Decision(get=DESK, post=DESK),
    "reports:release_withdraw": Decision(post=COORDINATORS, hidden=but(COORDINATORS)),
    "reports:contributions": Decision(get=ADMINS, post=ADMINS),
    "reports:contribution": Decision(get=ADMINS, post=ADMINS),
    "reports:coverage": Decision(get=ALL),
    "reports:coverage_sheet": Decision(post=ALL),
    "reports:strengths": Decision(get=DESK),
    "reports:strength_new": Decision(get=DESK, post=DESK),
    "reports:strength_import": Decision(get=DESK, post=DESK),
    "reports:strength": Decision(get=COORDINATORS, post=COORDINATORS, hidden=but(COORDINATORS)),
    "reports:strength_remove": Decision(get=COORDINATORS, post=COORDINATORS, hidden=but(COORDINATORS)),
    "reports:indicators": Decision(get=ALL),
    "reports:indicators_sheet": Decision(post=ALL),
    "reports:indicator_share": Decision(get=MANAGING, post=MANAGING),
    "reports:indicator_fact": Decision(get=MANAGING, post=MANAGING),
    "reports:indicator_correct": Decision(get=MANAGING_HOME, post=MANAGING_HOME),
    "reports:indicator_withdraw": Decision(get=MANAGING_HOME, post=MANAGING_HOME),
    "reports:quality": Decision(get=MENDING),
    # Of the rows of people; an admin opens those of trainings: tests/reports/quality/test_quality.py.
    "reports:quality_rows": Decision(get=NAMED),
    "reports:quality_sheet": Decision(post=NAMED),
    "reports:snapshots": Decision(get=ALL),
    "reports:snapshot_new": Decision(get=MANAGING, post=MANAGING),
    "reports:snapshot": Decision(get=OF_MINISTRY, hidden=but(OF_MINISTRY)),
    "reports:snapshot_sheet": Decision(post=OF_MINISTRY, hidden=but(OF_MINISTRY)),
    "reports:snapshot_show": Decision(get=MANAGING_HOME, post=MANAGING_HOME, hidden=but(OF_MINISTRY)),
    "members:export": Decision(post=MANAGING),
    "members:roles": Decision(get=ALL),
    "members:join": Decision(get=ALL, post=ALL, public=True),
    "members:approve": Decision(get=MANAGING_HOME, post=MANAGING_HOME, hidden=OTHER_HOME),
    "members:decline": Decision(post=MANAGING_HOME, hidden=OTHER_HOME),
    "members:invite_list": Decision(get=MANAGING, post=MANAGING),
    "members:resend": Decision(post=MANAGING_HOME, hidden=OTHER_HOME),
    "members:detail": Decision(get=MANAGING_HOME, hidden=OTHER_HOME),
    "members:edit": Decision(get=MANAGING_HOME, post=MANAGING_HOME, hidden=OTHER_HOME),
    "members:member_roles": Decision(get=MANAGING_HOME, post=MANAGING_HOME, hidden=OTHER_HOME),
    "members:reset_factor": Decision(get=MANAGING_HOME, post=MANAGING_HOME, hidden=OTHER_HOME),
    "members:audit": Decision(get=MANAGING),
    "members:audit_export": Decision(post=MANAGING),
    "members:organisations": Decision(get=ADMINS),
    "members:organisation_new": Decision(get=ADMINS, post=ADMINS),
    "members:organisation": Decision(get=ADMINS, post=ADMINS),
}


def routes() -> Iterator[str]:
    """Every named route outside the support desk and allauth."""
    return (name for name, path in all_routes() if not path.startswith(("desk/", "account/", "bench/")))


def all_routes() -> Iterator[tuple[str, str]]:
    def walk(patterns: list[Any], prefix: str, path: str) -> Iterator[tuple[str, str]]:
        for entry in patterns:
            here = path + str(entry.pattern)
            if isinstance(entry, URLResolver):
                inner = f"{prefix}{entry.namespace}:" if entry.namespace else prefix
                yield from walk(entry.url_patterns, inner, here)
            elif isinstance(entry, URLPattern):
                yield f"{prefix}{entry.name}", here

    return walk(get_resolver().url_patterns, "", "")


def decided(route: str, method: str, name: str, n: int) -> str:
    """What this person is to be answered on the own (0) or foreign (1) object."""
    decision = DECISIONS[route]
    if name == "pending":
        if method not in ("get", "post"):
            return "405" if route in OPEN_TO_PENDING else "second factor"
        return ("in" if method == "get" else "405") if route in OPEN_TO_PENDING else "second factor"
    who = {"get": decision.get, "post": decision.post}.get(method)
    if name == "stranger" and not decision.public:
        return "sign in"
    if who is None:
        return "405"
    if name == "stranger":
        return "404" if name in decision.hidden[n] else "in"
    if name in who[n]:
        return "in"
    return "404" if name in decision.hidden[n] else "403"
