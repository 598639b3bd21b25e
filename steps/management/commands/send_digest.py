"""``manage.py send_digest``: mail everybody what is late, came back or waits; weekly by cron.

A person gets the digest of a day once, however often this runs: that it went out stands in the
history, written after the mail server took it. (Between the two a machine may fail; then the next
run sends one mail twice, rather than none.)
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time
from typing import Any

from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.template.loader import render_to_string
from django.utils import timezone, translation

from accounts.history import note
from accounts.models import History, User
from sammachip.thai.dates import DateError, parse_date
from steps.digest import LANGUAGE, Digest, absolute, digests

VERB = "send_digest"


class Command(BaseCommand):
    help = (
        "E-mail each officer what is late or was returned, and each reviewer what waits for them. "
        "Nobody gets an empty mail, nobody the digest of one day twice."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--dry-run", action="store_true", help="print who would get what, send nothing"
        )
        parser.add_argument(
            "--on", metavar="DAY", help="as of this day, such as 23/3/2560 or 2017-03-23"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        today = timezone.localdate()
        on = day_of(options["on"]) if options["on"] else today
        if on > today and not options["dry_run"]:
            raise CommandError("That day has not come; look ahead with --dry-run.")
        told = already_told(on)
        waiting = [digest for digest in digests(on) if digest.person.pk not in told]
        if told:
            self.stdout.write(f"{len(told)} got the digest of this day before.")
        if options["dry_run"]:
            self._show(waiting, options["verbosity"])
        else:
            self._send(waiting, on)

    def _show(self, waiting: Iterable[Digest], verbosity: int) -> None:
        """Who would get what; with ``-v 2`` each mail in full."""
        for digest in waiting:
            self.stdout.write(f"account {digest.person.pk}: {digest.subject}")
            if verbosity > 1:
                self.stdout.write(str(message(digest).body))
        self.stdout.write("Nothing was sent.")

    def _send(self, waiting: list[Digest], on: date) -> None:
        """One after the other; one that is refused is named by its account and passed over."""
        connection, failed = get_connection(), 0
        for digest in waiting:
            reach(connection)
            try:
                message(digest, connection).send()
            except (OSError, ValueError) as error:  # SMTPException is an OSError
                failed += 1
                self.stderr.write(f"account {digest.person.pk}: {type(error).__name__}")
                connection.close()
            else:
                remark = on.isoformat()
                note(by=None, at=timezone.now(), verb=VERB, subject=digest.person, remark=remark)
        connection.close()
        self.stdout.write(f"Sent: {len(waiting) - failed}")
        if failed:
            raise CommandError(f"Not sent: {failed}. Mend what is named above and run this again.")


def day_of(text: str) -> date:
    """A day as people write it, in พ.ศ. or ค.ศ."""
    try:
        return parse_date(text)
    except DateError as error:
        raise CommandError(f"--on {text}: {error.code}") from error


def already_told(on: date) -> set[int]:
    """The accounts that got the digest of a day."""
    since = timezone.make_aware(datetime.combine(on, time.min))
    entries = History.objects.filter(at__gte=since, verb=VERB, note=on.isoformat())
    about = entries.filter(subject_type=User._meta.label_lower)
    return {int(key) for key in about.values_list("subject_id", flat=True)}


def reach(connection: BaseEmailBackend) -> None:
    """Open the way to the mail server, where it is not open; without one there is nothing to do."""
    try:
        connection.open()
    except OSError as error:
        raise CommandError(
            f"The mail server cannot be reached ({type(error).__name__}). Run this again later: "
            "whoever got a mail gets no second one."
        ) from error


def message(digest: Digest, connection: BaseEmailBackend | None = None) -> EmailMultiAlternatives:
    """The mail of a digest, in Thai: plain text, and the same as HTML."""
    with translation.override(LANGUAGE):
        context = {"digest": digest, "home": absolute("/")}
        mail = EmailMultiAlternatives(
            subject=digest.subject,
            body=render_to_string("digest/mail.txt", context),
            to=[digest.person.email],
            headers={"Auto-Submitted": "auto-generated"},
            connection=connection,
        )
        mail.attach_alternative(render_to_string("digest/mail.html", context), "text/html")
    return mail
