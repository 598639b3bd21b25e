"""Who may do what at which address: the specification the matrix holds the site to.

One row an address (two where the object at it decides). A right stands for "holds it over the
village, the district or the file's village"; several joined by ``|`` mean any of them, ``+``
stands for all of them. ``takes`` names the object whose id is in the address.
"""

from __future__ import annotations

from dataclasses import dataclass

# What a request needs.
ANYBODY = "anybody"  # also signed out
SIGNED_IN = "signed in"
ADMINISTRATOR = "administrator"  # of the whole country
REVIEWER = "reviewer"  # somewhere, at any level
ASSIGNER = "assigner"  # names the responsible officers somewhere
ANSWERS = "answers requests"  # about personal data, somewhere
SENDER = "sender"  # the very person who sent the file
SENDER_OR_ADMINISTRATOR = "sender or administrator"  # an import's state, not its rows
IMPORTER = "importer"  # somebody who records or administers somewhere
NEVER = "never"  # the method is not answered: 405

VIEW = "view"
NAMES = "view+names"
RECORD = "record"
RECORD_NAMES = "record+names"
HISTORY = "read_history"
ASSIGN = "assign"
ERASE = "erase"
PROVINCE = "review_as_province"
REVIEW = "review_as_chief|review_as_province"
RECORD_OR_REVIEW = f"{RECORD}|{REVIEW}"
NAMES_TO_SETTLE = "|".join(f"{right}+names" for right in RECORD_OR_REVIEW.split("|"))


@dataclass(frozen=True)
class Row:
    """An address: what GET and POST need, what they answer to one who may, which object it takes.

    ``empty`` is the answer to a POST with nothing in it: 422 where there is a form to fill in.
    """

    name: str
    get: str
    post: str
    empty: int = 422
    takes: str = ""
    shows: int = 200
    writes: bool = False  # a POST with nothing in it already is a write


ROWS = [
    # open to everyone
    Row("healthz", ANYBODY, NEVER),
    Row("readyz", ANYBODY, NEVER),
    Row("privacy", ANYBODY, NEVER),
    Row("set_language", ANYBODY, ANYBODY, empty=302, shows=302),
    Row("accounts:login", ANYBODY, ANYBODY),
    Row("accounts:logout", NEVER, ANYBODY, empty=303),
    # the library: what is not published or shared is not there for anybody
    Row("library:search", ANYBODY, NEVER),
    Row("library:feed", ANYBODY, NEVER),
    Row("library:record", ANYBODY, NEVER, takes="record"),
    Row("library:photo", ANYBODY, NEVER, takes="record"),
    Row("library:photo_small", ANYBODY, NEVER, takes="record"),
    Row("library:lesson", ANYBODY, NEVER, takes="shared lesson"),
    Row("library:lesson_photo", ANYBODY, NEVER, takes="shared lesson"),
    Row("library:lesson_photo_small", ANYBODY, NEVER, takes="shared lesson"),
    # one's own
    Row("home", SIGNED_IN, SIGNED_IN, empty=200),
    Row("accounts:password", SIGNED_IN, SIGNED_IN),
    Row("accounts:slips", ADMINISTRATOR, ADMINISTRATOR),
    Row("accounts:me", SIGNED_IN, SIGNED_IN, empty=200),
    Row("accounts:me_export", NEVER, SIGNED_IN, empty=200, writes=True),
    Row("accounts:view_as", ADMINISTRATOR, ADMINISTRATOR),
    Row("accounts:view_as_stop", NEVER, SIGNED_IN, empty=303),
    Row("steps:received", SENDER, SENDER, empty=200, takes="received"),
    # bringing in files; the kind in the addresses is villages, which is for administrators
    Row("imports:index", IMPORTER, IMPORTER, empty=200),
    Row("imports:upload", ADMINISTRATOR, ADMINISTRATOR),
    Row("imports:template", ADMINISTRATOR, NEVER),
    Row("imports:stored", ADMINISTRATOR, ADMINISTRATOR, shows=302, empty=200),
    Row("imports:detail", SENDER_OR_ADMINISTRATOR, NEVER, takes="import"),
    Row("imports:check", SENDER, SENDER, takes="import", shows=302),
    Row("imports:confirm", SENDER, SENDER, takes="import", shows=302),
    Row("imports:undo", SENDER_OR_ADMINISTRATOR, SENDER_OR_ADMINISTRATOR, takes="import"),
    Row("imports:problems", NEVER, SENDER, empty=200, takes="import", writes=True),
    Row("imports:rows", SENDER, NEVER, takes="import"),
    # villages and the people in them
    Row("villages:list", SIGNED_IN, SIGNED_IN, empty=200),
    Row("villages:export_xlsx", SIGNED_IN, SIGNED_IN, empty=200),
    Row("villages:export_csv", SIGNED_IN, SIGNED_IN, empty=200),
    Row("steps:area_export_xlsx", VIEW, VIEW, empty=200),
    Row("steps:area_export_csv", VIEW, VIEW, empty=200),
    Row("steps:areas", SIGNED_IN, SIGNED_IN, empty=200),
    Row("steps:area", VIEW, VIEW, empty=200),
    Row("steps:area_village", VIEW, VIEW, empty=302, shows=302),
    Row("steps:compare", SIGNED_IN, SIGNED_IN, empty=200),
    Row("steps:country_map", SIGNED_IN, SIGNED_IN, empty=200),
    Row("steps:area_map", VIEW, VIEW, empty=200),
    Row("steps:area_map_image", VIEW, VIEW, empty=200),
    Row("steps:area_report", VIEW, VIEW, empty=200),
    Row("villages:detail", VIEW, VIEW, empty=200),
    Row("villages:history", HISTORY, HISTORY, empty=200),
    Row("villages:households", VIEW, VIEW, empty=200),
    Row("villages:household_add", RECORD, RECORD),
    Row("villages:household_edit", RECORD, RECORD, takes="household"),
    Row("villages:household_end", RECORD, RECORD, takes="household"),
    Row("villages:committee", VIEW, VIEW, empty=200),
    Row("villages:member_add", RECORD, RECORD),
    Row("villages:member_edit", RECORD, RECORD, takes="member"),
    Row("villages:member_end", RECORD, RECORD, takes="member"),
    # requests about personal data
    Row("people:search", ANSWERS, ANSWERS, empty=200),
    Row("people:person", ERASE, ERASE, empty=200, takes="household"),
    Row("people:person", ERASE, ERASE, empty=200, takes="member"),
    Row("people:person", ERASE, ERASE, empty=200, takes="leader"),
    Row("people:export", NEVER, ERASE, empty=200, takes="household", writes=True),
    Row("people:erase", ERASE, ERASE, takes="household"),
    # a village's year
    Row("steps:year", VIEW, VIEW, empty=200),
    Row("steps:targets", VIEW, RECORD),
    Row("steps:own_target", REVIEW, REVIEW),
    Row("steps:leaders", VIEW, RECORD),
    Row("steps:leader_end", RECORD, RECORD, takes="leader"),
    Row("steps:plan", VIEW, VIEW, empty=200),
    Row("steps:plan_item_add", RECORD, RECORD),
    Row("steps:plan_goal", RECORD, RECORD),
    Row("steps:plan_item_edit", RECORD, RECORD, takes="plan item"),
    Row("steps:plan_item_withdraw", RECORD, RECORD, takes="plan item"),
    Row("steps:money", VIEW, VIEW, empty=200),
    Row("steps:money_budget", RECORD, RECORD),
    Row("steps:contribution_add", RECORD, RECORD),
    Row("steps:contribution_edit", RECORD, RECORD, takes="contribution"),
    Row("steps:contribution_withdraw", RECORD, RECORD, takes="contribution"),
    Row("steps:lessons", VIEW, NEVER),
    Row("steps:lesson_add", RECORD, RECORD),
    Row("steps:lesson_edit", RECORD, RECORD, takes="lesson"),
    Row("steps:lesson_withdraw", RECORD, RECORD, takes="lesson"),
    # conditions of success
    Row("steps:assessment", VIEW, VIEW, empty=200),
    Row("steps:assessment_edit", RECORD, RECORD),
    Row("steps:livelihoods", VIEW, RECORD_NAMES),
    Row("steps:needs", VIEW, VIEW, empty=200),
    Row("steps:need_add", RECORD, RECORD),
    Row("steps:need_edit", RECORD, RECORD, takes="need"),
    Row("steps:need_withdraw", RECORD, RECORD, takes="need"),
    Row("steps:network", VIEW, VIEW, empty=200),
    Row("steps:network_add", RECORD, RECORD),
    Row("steps:network_edit", RECORD, RECORD, takes="network link"),
    Row("steps:network_withdraw", RECORD, RECORD, takes="network link"),
    Row("steps:quiet", RECORD_OR_REVIEW, RECORD_OR_REVIEW),
    # its knowledge record
    Row("steps:knowledge", VIEW, NEVER),
    Row("steps:knowledge_draft", NEVER, RECORD),
    Row("steps:knowledge_about", RECORD, RECORD),
    Row("steps:knowledge_section", RECORD, RECORD),
    Row("steps:knowledge_photos", RECORD, RECORD),
    Row("steps:knowledge_send", RECORD, RECORD),
    Row("steps:knowledge_withdraw", NEVER, RECORD),
    Row("steps:knowledge_publish", PROVINCE, PROVINCE),
    Row("steps:knowledge_return", NEVER, PROVINCE),
    Row("steps:knowledge_reopen", PROVINCE, PROVINCE),
    Row("steps:knowledge_print", VIEW, NEVER),
    Row("steps:knowledge_docx", VIEW, NEVER),
    Row("steps:knowledge_memo", VIEW, NEVER),
    Row("steps:knowledge_memo_docx", VIEW, NEVER),
    # its steps and activities
    Row("steps:step", VIEW, VIEW, empty=200),
    Row("steps:record", RECORD, RECORD),
    Row("steps:follow_up", RECORD, RECORD),
    Row("steps:submit", NEVER, RECORD),
    Row("steps:withdraw", NEVER, RECORD),
    Row("steps:sign_in_sheet", NEVER, NAMES, empty=200, writes=True),
    Row("steps:activity", VIEW, VIEW, empty=200, takes="activity"),
    Row("steps:activity_edit", RECORD, RECORD, takes="activity"),
    Row("steps:activity_withdraw", RECORD, RECORD, takes="activity"),
    Row("steps:activity_files", RECORD, RECORD, takes="activity"),
    Row("steps:activity_report", VIEW, NEVER, takes="activity"),
    Row("steps:activity_report_docx", VIEW, NEVER, takes="activity"),
    Row("steps:activity_accept", NEVER, RECORD_OR_REVIEW, takes="activity"),
    Row("steps:activity_set_aside", NEVER, RECORD_OR_REVIEW, takes="activity"),
    # a new year, and officers who leave
    Row("steps:years", ASSIGNER, NEVER),
    Row("steps:years_copy", NEVER, ADMINISTRATOR),
    Row("steps:year_villages", ASSIGN, ASSIGN),
    Row("steps:year_carry", ASSIGN, ASSIGN),
    Row("steps:year_officers", ASSIGN, ASSIGN),
    Row("steps:handover", ASSIGNER, ASSIGNER),
    # what waits for a reviewer
    Row("steps:review", REVIEWER, NEVER),
    Row("steps:review_late", REVIEWER, NEVER),
    Row("steps:review_together", REVIEWER, REVIEWER),
    Row("steps:review_lessons", REVIEWER, NEVER),
    Row("steps:review_lesson", REVIEW, NEVER, takes="lesson"),
    Row("steps:review_lesson_share", NEVER, REVIEW, takes="lesson"),
    Row("steps:review_lesson_keep", NEVER, REVIEW, takes="lesson"),
    Row("steps:review_case", REVIEW, NEVER, takes="submission"),
    Row("steps:review_verify", NEVER, REVIEW, takes="submission"),
    Row("steps:review_return", NEVER, REVIEW, takes="submission"),
    Row("steps:review_reopen", NEVER, REVIEW, takes="submission"),
    # the district's shelf
    Row("steps:shelf", VIEW, VIEW, empty=200),
    Row("steps:shelf_add", RECORD, RECORD),
    Row("steps:shelf_end", RECORD, RECORD, takes="document"),
    Row("steps:shelved", VIEW, VIEW, empty=200, takes="document"),
    Row("steps:lesson_photo", VIEW, VIEW, empty=200, takes="lesson"),
    Row("steps:lesson_photo_small", VIEW, VIEW, empty=200, takes="lesson"),
    # files of activities; a sign-in sheet holds names
    Row("steps:file", VIEW, VIEW, empty=200, takes="photo"),
    Row("steps:file", NAMES, NAMES, empty=200, takes="sign-in sheet"),
    Row("steps:file_small", VIEW, VIEW, empty=200, takes="photo"),
    Row("steps:file_small", NAMES, NAMES, empty=200, takes="sign-in sheet"),
    Row("steps:caption", RECORD, RECORD, takes="photo"),
    Row("steps:caption", RECORD_NAMES, RECORD_NAMES, takes="sign-in sheet"),
    Row("steps:file_withdraw", RECORD, RECORD, takes="photo"),
    Row("steps:file_accept", NEVER, RECORD_OR_REVIEW, takes="photo"),
    Row("steps:file_accept", NEVER, NAMES_TO_SETTLE, takes="sign-in sheet"),
    Row("steps:file_set_aside", NEVER, RECORD_OR_REVIEW, takes="photo"),
    Row("steps:file_set_aside", NEVER, NAMES_TO_SETTLE, takes="sign-in sheet"),
    Row("steps:file_withdraw", RECORD_NAMES, RECORD_NAMES, takes="sign-in sheet"),
]

# The admin opens to administrators of the whole country alone. What they may do there, by model:
# looking is always allowed, "add" and "change" where named; nothing villages work by is deleted.
ADMIN_MODELS = {
    "accounts_user": "add change",
    "accounts_posting": "add change",
    "accounts_office": "add change",
    "accounts_history": "",
    "accounts_receipt": "",
    "villages_area": "change",
    "villages_village": "add change",
    "villages_occupation": "add change",
    "steps_programme": "add change",
    "steps_phase": "add change",
    "steps_step": "add change",
    "steps_requirement": "add change",
    "steps_topic": "add change",
    "steps_attendeegroup": "add change",
    "steps_factor": "add change",
    "steps_enrolment": "add change",
    "steps_stepprogress": "",
    "steps_activity": "",
}

# The admin's own pages: what GET and an empty POST answer to an administrator.
ADMIN_PAGES = {
    "admin:index": (200, 200),
    "admin:login": (302, 302),
    "admin:logout": (405, 302),
    "admin:password_change": (302, 302),
    "admin:password_change_done": (200, 405),
    "admin:autocomplete": (403, 405),  # without naming a field that completes itself
    "admin:jsi18n": (200, 405),
    "admin:view_on_site": (404, 404),
    "admin:app_list": (200, 200),
    "admin:admin/(?P<url>.*)$": (404, 404),
    "admin:auth_user_password_change": (200, 200),
}
