"""What people read when the rules say no: what happened, then what to do."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from steps.recording.core import Refusal

NOT_FOUND = _("Not found in your area.")  # also for what is not there at all (rule 11)

MESSAGES: dict[str, str | Promise] = {
    "household_exists": _("This house number with this head is listed already."),
    "member_exists": _("This person serves on the committee already."),
    "change_leader_exists": _("This person is named already."),
    "document_exists": _("A document of this title from this source is on the shelf already."),
    "left_before_joining": _("The last day is before the day of joining."),
    "joined_after_leaving": _("This is after the last day of serving."),
    "ended_already": _("This was ended already."),
    "withdrawn_already": _("This was withdrawn already."),
    "erased_already": _("The name here was erased. What is left cannot be edited."),
    "not_in_your_area": NOT_FOUND,
    "evidence_missing": _("Write what shows this level."),
    "own_village": _("This is the village itself. Enter the code of another village."),
    "learned_in_a_ring": _(
        "These households would have learned from each other in a ring. Choose another household."
    ),
    "step_closed": _(
        "The step is handed in. Withdraw it first, or record this as an activity of its own: "
        "it is kept and counts once the reviewer accepts it."
    ),
    "file_unknown": _("A file did not arrive. Choose it again."),
    "nothing_learned": _("Write in at least one of the boxes."),
    "names_found": _(
        "People of the village are named in it: %(names)s. Have that taken out before it is shared."
    ),
    "lesson_changed": _("The lesson was changed meanwhile. Read it again, then decide."),
    "missing": _("Not ready to submit. See what is still missing."),
    "not_open": _("This step was handed in already."),
    "moved_already": _("The step has moved on meanwhile. Look at it again."),
    "decided_already": _("This was decided already."),
    "stale_decision": _("A newer submission has arrived. Look at it before deciding."),
    "shortfall_not_allowed": _("This requirement cannot be explained away; it must be met."),
    "reason_missing": _("Enter a reason."),
    "not_quiet": _("The village is not quiet: something was held in the last weeks."),
    "no_permission": _("This account has no right to do this."),
    "record_closed": _(
        "The record waits for the province or is published. Take it back before editing it."
    ),
    "record_moved": _("The record has moved on meanwhile. Look at it again."),
    "record_names_people": _(
        "People of the village are named, or their phone stands, in: %(places)s. Take this out."
    ),
    "own_work": _("You cannot review your own record."),
    "chief_first": _("The district chief decides first."),
    "decide_alone": _("It is not like the others: decide it on its own page."),
    "import_confirmed_already": _("This file was confirmed already; nothing was written twice."),
    "import_not_checked": _("Check the file first: see what it would change."),
    "import_checked_again": _(
        "The file was checked again after this page was opened, perhaps in another tab, so nothing "
        "was written. The page shows the difference as it is now: look at it, then confirm."
    ),
    "import_file_erased": _(
        "Somebody's personal data was erased, and this file may name them, so it is kept no "
        "longer. Take that person out of your file and bring it in anew."
    ),
    "import_stale": _(
        "Someone changed the same rows after the file was checked, so nothing was written. Check "
        "it again and look at the difference."
    ),
    "import_lost": _(
        "Since the file was checked, what these rows name is gone, has ended or may not be named "
        "there any more: %(rows)s. Nothing was written. Check the file again: each row gets its "
        "reason."
    ),
    "import_not_confirmed": _("Only an import that was confirmed can be undone."),
    "import_edited": _(
        "Rows of this import were edited or used since, so it cannot be undone as a whole: %(rows)s"
    ),
    "import_erased": _("Data of this import was erased at a person's request; it stays as it is."),
    "account_closed": _("One of these accounts was closed meanwhile. Search again."),
    "year_exists": _("There is a programme for this year already."),
    "no_year_before": _("There is no programme of an earlier year."),
    "year_over": _("This fiscal year is over; nothing is added to it."),
    "not_posted": _("This person is not posted to record in all of these villages on that day."),
    "own_posting": _("Nobody posts themselves. Ask another administrator."),
    "nothing_to_hand_over": _(
        "There is nothing to hand over any more: somebody did it meanwhile. Look at the list again."
    ),
    "moved_meanwhile": _("Villages were given to this officer meanwhile. Look at the list again."),
    "shared_meanwhile": _("A meeting with another village was recorded meanwhile. Send it again."),
    "ends_before_it_starts": _("The posting begins after this day."),
    "same_person": _("Choose another person than the one who leaves."),
    "unlike": _("Only cases of one step are decided together."),
    "code_unknown": _("No village has this code."),
    "code_moved": _("This village has another code already."),
    "code_form": _("The new code is not a village code: eight digits, not starting with 0."),
    "moo_form": _("The moo is a number from 1 to 99."),
    "code_same": _("The village has this code already."),
    "code_named_twice": _("This code is named twice."),
    "code_taken": _("Another village has the new code."),
    "moo_taken": _("Another village of the subdistrict has this moo."),
    "subdistrict_unknown": _("No subdistrict has the first six digits of the new code."),
    "subdistrict_abolished": _("The subdistrict of the new code was abolished."),
}


def message_for(refusal: Refusal) -> str:
    """The sentence for a refusal."""
    message = str(MESSAGES[refusal.code])
    return message % refusal.details if refusal.details else message
