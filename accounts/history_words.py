"""The history in words: what each verb did, and what each field is called on screen."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Words = str | Promise

VERBS: dict[str, Words] = {
    # people of a village
    "add_household": _("Added a household"),
    "edit_household": _("Edited a household"),
    "end_household": _("Ended a household"),
    "mark_households": _("Chose target and example households"),
    "add_member": _("Added a committee member"),
    "edit_member": _("Edited a committee member"),
    "end_member": _("Ended a membership"),
    "name_change_leader": _("Named a change leader"),
    "end_change_leader": _("Ended a change leader"),
    # activities, photos and documents
    "record": _("Recorded an activity"),
    "edit_activity": _("Edited an activity"),
    "withdraw_activity": _("Withdrew a wrong activity"),
    "add_evidence": _("Added a photo or document"),
    "edit_caption": _("Edited a caption"),
    "withdraw_evidence": _("Withdrew a photo or document"),
    "accept_late": _("Accepted a late arrival"),
    "set_aside": _("Set a late arrival aside, not counted"),
    # plans and the district's shelf
    "add_plan_item": _("Added a plan item"),
    "edit_plan_item": _("Edited a plan item"),
    "withdraw_plan_item": _("Withdrew a plan item"),
    "set_goal": _("Wrote the goal of a plan"),
    "put_on_shelf": _("Put a document on the district's shelf"),
    "take_off_shelf": _("Took a document off the district's shelf"),
    # handing in and deciding
    "submit": _("Submitted a step"),
    "withdraw": _("Withdrew a submission"),
    "verify": _("Verified a step"),
    "send_back": _("Returned a step for correction"),
    "reopen": _("Opened a step again"),
    # a village's year, and programmes
    "enrol": _("Enrolled the village"),
    "assign": _("Named the responsible officer"),
    "set_own_target": _("Set the village's own target"),
    "set_budget": _("Wrote the budget"),
    "add_contribution": _("Added a community contribution"),
    "edit_contribution": _("Edited a community contribution"),
    "withdraw_contribution": _("Withdrew a community contribution"),
    "explain_quiet": _("Said why the village is quiet"),
    "copy_programme": _("Copied a programme to another year"),
    # lessons
    "add_lessons": _("Wrote a lesson"),
    "edit_lesson": _("Edited a lesson"),
    "withdraw_lesson": _("Withdrew a lesson"),
    "share_lesson": _("Shared a lesson with everybody"),
    "keep_lesson": _("Kept a lesson in the area"),
    # files brought in
    "import": _("Brought in a file"),
    "import_new": _("Added from a file"),
    "import_change": _("Changed from a file"),
    "undo_import": _("Took a file back"),
    # places
    "recode": _("Moved the village to another code"),
    "load_fixture": _("Took in the village's year from a file of another installation"),
    "carry_over": _("Carried the households over from the year before"),
    "hand_over": _("Handed the village over to another officer"),
    "end_posting": _("Ended a posting"),
    "add_posting": _("Made a posting"),
    # names on paper, and accounts
    "print_sign_in_sheet": _("Printed a sign-in sheet"),
    "export_names": _("Downloaded a list with people's names"),
    "demo": _("Made the demonstration data"),
    "generate": _("Made villages to measure with"),
    "export_person": _("Downloaded what is held about a person"),
    "erase_person": _("Erased a person on request"),
    "forget_person": _("Erased a name whose term was over"),
    "forget_account": _("Erased the name of a closed account"),
    "export_own_data": _("Downloaded what is held about one's own account"),
    "change_password": _("Changed the password"),
    "print_slip": _("Printed a slip with a one-time password"),
    "close_account": _("Closed the account"),
    "open_account": _("Opened the account again"),
    "end_sessions": _("Signed the account out everywhere"),
    "send_digest": _("Sent the weekly digest"),
    "view_as": _("Began to view the pages of an account"),
    "view_as_stop": _("Stopped viewing the pages of an account"),
}

FIELDS: dict[str, Words] = {
    "house_no": _("House number"),
    "head_name": _("Head of household"),
    "people": _("People in it"),
    "cluster": _("Cluster"),
    "main_occupation": _("Main occupation"),
    "side_occupation": _("Side occupation"),
    "phone": _("Phone"),
    "ended_on": _("Ended on"),
    "name": _("Name"),
    "position": _("Position"),
    "kind": _("Comes as"),
    "household": _("Household"),
    "joined_on": _("Serves since"),
    "left_on": _("Last day"),
    "formed_on": _("Committee serves since"),
    "named_on": _("Named on"),
    "form": _("Form"),
    "held_on": _("Date of activity"),
    "place": _("Place"),
    "visited_name": _("Community visited"),
    "visited_area": _("Where it is"),
    "visited_reason": _("What makes it a model"),
    "led_by": _("Led by"),
    "total": _("People present in all"),
    "summary": _("Summary"),
    "withdrawn_reason": _("Reason"),
    "blob": _("File"),
    "caption": _("Caption"),
    "accepted_at": _("Accepted at"),
    "set_aside_at": _("Set aside at"),
    "owner": _("Owner"),
    "activity": _("Activity"),
    "aim": _("Aim"),
    "method": _("Method"),
    "target_group": _("Target group"),
    "starts_on": _("From"),
    "ends_on": _("To"),
    "budget": _("Budget"),
    "budget_source": _("Source of the budget"),
    "expected_result": _("Expected result"),
    "person": _("Person responsible"),
    "done_on": _("Done on"),
    "goal": _("Goal"),
    "given_on": _("Given on"),
    "description": _("What it was"),
    "amount": _("Amount"),
    "unit": _("Unit"),
    "value": _("Value, baht"),
    "reason": _("Reason"),
    "submission": _("Submission"),
    "decision": _("Decision"),
    "officer": _("Responsible officer"),
    "role": _("Role"),
    "area": _("Area"),
    "is_active": _("May sign in"),
    "own_target": _("Own target"),
    "livelihood": _("Livelihood in the programme"),
    "own_target_reason": _("Reason for its own target"),
    "text": _("Text"),
    "lesson_kind": _("Kind"),
    "step": _("Step"),
    "photo": _("Photo"),
    "photo_cleared": _("The photo may be shown too"),
    "sharing": _("Who reads it"),
    "decision_reason": _("Reason"),
    "note": _("What is asked for"),
    "title": _("Title"),
    "name_th": _("Name in Thai"),
    "name_en": _("Name in English"),
    "alt_name": _("Second name"),
    "latitude": _("Latitude"),
    "longitude": _("Longitude"),
    "programme": _("Fiscal year"),
    "staff_id": _("Staff id"),
    "email": _("E-mail"),
    "ended_at": _("Ended at"),
    "code": _("Village code"),
    "subdistrict": _("Subdistrict"),
    "moo": _("Moo"),
    "former_code": _("Former code"),
}

# Flat fields stand for one row each, "target-<key>": these words hold for all of a kind.
ROWS: dict[str, Words] = {
    "target": _("Target household"),
    "model": _("Example household"),
    "household": _("Household present"),
    "member": _("Committee member present"),
    "group": _("Group present"),
    "topic": _("Topic covered"),
    "document": _("Document studied"),
    "text": _("Text asked for"),
    "agency": _("Supporting agency"),
    "reason": _("Reason for a shortfall"),
    "posting": _("Posting"),
}


def verb_words(verb: str) -> str:
    """What a verb did; its own name where a later version wrote it."""
    return str(VERBS.get(verb) or verb.replace("_", " "))


def field_words(field: str) -> str:
    """What a field is called; a flat field is called by its kind."""
    kind, _dash, key = field.partition("-")
    words = ROWS.get(kind) if key else FIELDS.get(field)
    return str(words or kind.replace("_", " "))
