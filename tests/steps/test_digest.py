"""The weekly digest: officers read what is late or came back, reviewers what waits for them."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from io import StringIO
from smtplib import SMTPRecipientsRefused, SMTPServerDisconnected
from typing import Any

import pytest
from django.core import mail
from django.core.mail import EmailMultiAlternatives
from django.core.mail.backends.locmem import EmailBackend
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from accounts.models import History, Posting, User
from accounts.rights import Role
from steps.digest import LONGEST, digests
from steps.models import Enrolment, Review, Submission
from steps.recording import decisions
from steps.recording.enrolments import assign, copy_programme, enrol
from tests.cast import NOW, START, TODAY, World, post, sender, village
from tests.trust import work

SignedIn = Callable[[User], Client]
SITE = "https://sammachip.example"
PEOPLE = ["nida", "somsak", "kanya", "wichai", "malee", "prasit", "suda", "wipa", "anan"]
REASON = "ภาพไม่ชัด ขอภาพใหม่จากนายทองใบ"


@pytest.fixture(autouse=True)
def by_mail(world: World, the_day_of_the_write_up: None, settings: Any) -> None:
    """Everybody has an address; links lead to the address people use."""
    settings.BASE_URL = SITE
    for name in PEOPLE:
        User.objects.filter(pk=getattr(world, name).pk).update(email=f"{name}@example.org")


@pytest.fixture
def waiting(world: World) -> Submission:
    """Step 1.4 of Ban Trakat, handed in by Nida: Suda's turn."""
    work.briefing(world)
    return work.hand_in(world)


@pytest.fixture
def returned(world: World, waiting: Submission) -> Submission:
    """The same, sent back by Suda with a reason that names somebody."""
    decisions.send_back(
        submission=waiting, level=Review.Level.PROVINCE, reason=REASON, sender=sender(world.suda)
    )
    return waiting


def sends(**options: Any) -> str:
    """Run the command; what it says."""
    said = StringIO()
    call_command("send_digest", stdout=said, stderr=said, **options)
    return said.getvalue()


def fails(**options: Any) -> tuple[str, str]:
    """Run the command, which must end as an error; what it says, and the error."""
    said = StringIO()
    with pytest.raises(CommandError) as error:
        call_command("send_digest", stdout=said, stderr=said, **options)
    assert error.value.returncode == 1
    return said.getvalue(), str(error.value)


def readers() -> list[str]:
    return sorted(name for message in mail.outbox for name in message.to)


def mail_to(user: str) -> EmailMultiAlternatives:
    [message] = [one for one in mail.outbox if one.to == [f"{user}@example.org"]]
    assert isinstance(message, EmailMultiAlternatives)
    return message


def both(message: EmailMultiAlternatives) -> list[str]:
    """The plain text and the HTML."""
    [html] = message.alternatives
    assert html.mimetype == "text/html"
    return [str(message.body), str(html.content)]


def told(on: date = TODAY) -> dict[str, list[tuple[str, int]]]:
    """Who is told how many steps of which kind."""
    return {
        digest.person.staff_id: [(part.kind, part.steps) for part in digest.parts]
        for digest in digests(on)
    }


# ---------------------------------------------------------------- who is told what


def test_nida_is_told_the_eight_late_steps_of_her_village(world: World) -> None:
    assert told() == {"nida": [("late", 8)]}


def test_suda_is_told_what_waits_and_nida_no_longer_that_it_is_late(
    world: World, waiting: Submission
) -> None:
    assert told() == {"nida": [("late", 7)], "suda": [("waiting", 1)]}


def test_what_came_back_is_told_to_nida_and_is_late_as_well(
    world: World, returned: Submission
) -> None:
    """As on home: a returned step past its day is late."""
    assert told() == {"nida": [("returned", 1), ("late", 8)]}


def test_where_the_chief_comes_first_it_is_prasit_then_suda(world: World) -> None:
    step = world.step("1.4")
    type(step).objects.filter(pk=step.pk).update(reviewer="both")
    work.briefing(world)
    submission = work.hand_in(world)
    assert "suda" not in told()
    assert told()["prasit"] == [("waiting", 1)]

    decisions.verify(submission=submission, level=Review.Level.CHIEF, sender=sender(world.prasit))
    assert "prasit" not in told()
    assert told()["suda"] == [("waiting", 1)]


def test_nobody_is_told_to_review_their_own_work(world: World, waiting: Submission) -> None:
    """Nida reviews for the province as well, but not what she recorded."""
    post(world.nida, Role.PROVINCE, "33")
    assert told()["nida"] == [("late", 7)]


def test_who_works_in_two_roles_gets_one_mail_with_both(world: World, waiting: Submission) -> None:
    post(world.kanya, Role.PROVINCE, "33")
    assign(
        enrolments=[world.enrolment_of(world.malu)], officer=world.kanya, sender=sender(world.anan)
    )
    sends()

    assert told()["kanya"] == [("late", 8), ("waiting", 1)]
    for text in both(mail_to("kanya")):
        assert "บ้านบึงมะลู หมู่ที่ 1" in text
        assert "บ้านตระกาจ หมู่ที่ 8" in text


def test_who_has_nothing_to_do_gets_no_mail(world: World) -> None:
    sends()
    assert readers() == ["nida@example.org"]


@pytest.mark.parametrize("why", ["closed", "no address", "posting ended", "moved away"])
def test_who_cannot_act_or_be_reached_gets_no_mail(world: World, why: str) -> None:
    nida = User.objects.filter(pk=world.nida.pk)
    if why == "closed":
        nida.update(is_active=False)
    elif why == "no address":
        nida.update(email="")
    else:
        Posting.objects.filter(user=world.nida).update(ends_on=date(2017, 3, 22))
    if why == "moved away":
        post(world.nida, Role.OFFICER, "3304", starts=TODAY)

    assert told() == {}


def test_reviewers_of_another_place_are_not_told(world: World, waiting: Submission) -> None:
    Posting.objects.filter(user=world.suda).update(area="34")
    assert "suda" not in told()


def test_late_is_asked_of_the_latest_year_and_returned_of_every_year(
    world: World, returned: Submission
) -> None:
    following = copy_programme(source=world.programme, year=2561, sender=sender(world.anan))
    enrol(
        villages=[world.trakat], programme=following, officer=world.nida, sender=sender(world.anan)
    )
    assert told()["nida"] == [("returned", 1), ("late", 8)]  # 2561 has not begun
    assert told(on=date(2017, 12, 1))["nida"] == [("returned", 1), ("late", 1)]


def test_after_the_year_nothing_is_judged_later_than_its_last_day(world: World) -> None:
    [digest] = digests(date(2018, 3, 1))
    notes = {line.note for part in digest.parts for line in part.lines}
    assert "เกินกำหนด 304 วัน" in notes  # 1.1, from 30 November 2559 to 30 September 2560


# ---------------------------------------------------------------- the numbers are those of the app


def rows_behind(client: Client, url: str) -> int:
    assert url.startswith(SITE)
    return client.get(url.removeprefix(SITE)).context["page"].paginator.count


def test_each_number_is_that_of_the_list_it_leads_to(
    world: World, returned: Submission, signed_in: SignedIn
) -> None:
    phing = Enrolment.objects.filter(village=world.phing)
    assign(enrolments=phing, officer=world.nida, sender=sender(world.anan))
    nida = signed_in(world.nida)

    [digest] = digests(TODAY)

    assert [(part.kind, part.villages) for part in digest.parts] == [("returned", 1), ("late", 2)]
    assert [rows_behind(nida, part.url) for part in digest.parts] == [1, 2]


def test_every_link_opens_for_whom_it_was_sent_to(
    world: World, waiting: Submission, signed_in: SignedIn
) -> None:
    sends()
    for name in ("nida", "suda"):
        text, html = both(mail_to(name))
        links = re.findall(r"https?://\S+", text)
        assert set(links) == set(re.findall(r'href="([^"]*)"', html.replace("&amp;", "&")))
        client = signed_in(getattr(world, name))
        for link in links:
            assert link.startswith(f"{SITE}/")
            assert client.get(link.removeprefix(SITE)).status_code == 200, link


def test_a_long_part_shows_the_most_pressing_and_counts_the_rest(world: World) -> None:
    places = [village(f"3314020{moo}", "หนองแวง") for moo in (4, 5, 6)]
    enrol(
        villages=places,
        programme=world.programme,
        officer=world.nida,
        sender=sender(world.anan),
    )
    [digest] = digests(TODAY)
    [part] = digest.parts

    assert (part.steps, len(part.lines), part.more) == (32, LONGEST, 32 - LONGEST)
    assert part.lines[0].step.startswith("1.1")
    sends()
    assert str(part.more) in str(mail_to("nida").body).split(part.lines[-1].url)[1]


def test_as_many_officers_as_there_are_cost_the_same_queries(world: World) -> None:
    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            digests(TODAY)
        return len(queries)

    User.objects.filter(pk__in=[world.prasit.pk, world.suda.pk]).update(email="")  # who reviews
    one = asked()
    for at, officer in [(world.phing, world.somsak), (world.malu, world.kanya)]:
        assign(enrolments=[world.enrolment_of(at)], officer=officer, sender=sender(world.anan))

    assert len(told()) == 3
    assert asked() == one <= 10


# ---------------------------------------------------------------- what it says


def test_it_is_in_thai_whatever_language_the_command_speaks(
    world: World, returned: Submission
) -> None:
    with translation.override("en"):
        sends()
    message = mail_to("nida")
    for text in both(message):
        assert "บ้านตระกาจ หมู่ที่ 8 ต.ศรีแก้ว อ.ศรีรัตนะ" in text
        assert "ปีงบประมาณ 2560" in text
        assert "23 มี.ค. 2560" in text  # when it came back
        assert "เกินกำหนด 62 วัน" in text
    assert '<html lang="th">' in both(message)[1]


def test_not_one_english_word_is_in_it(world: World, returned: Submission) -> None:
    work.hand_in(world)
    sends()
    for message in mail.outbox:
        for text in [str(message.subject), *both(message)]:
            words = re.sub(r"https?://\S+|<[^>]*>", "", text)
            assert re.findall("[A-Za-z]{2,}", words) == []


def test_the_subject_has_the_counts(world: World, returned: Submission) -> None:
    sends()
    assert re.findall("[0-9]+", str(mail_to("nida").subject)) == ["1", "8"]


def test_nobody_is_named_in_it_and_no_reason_quoted(world: World, returned: Submission) -> None:
    work.hand_in(world)
    sends()
    assert readers() == ["nida@example.org", "suda@example.org"]
    people = [getattr(world, name).name for name in PEOPLE]
    heads = list(world.trakat.households.values_list("head_name", flat=True))
    assert len(heads) > 20
    for message in mail.outbox:
        for text in [str(message.subject), *both(message)]:
            assert [name for name in [*people, *heads, REASON] if name in text] == []
            assert "example.org" not in text


def test_a_name_with_signs_of_html_is_shown_as_it_is(world: World) -> None:
    type(world.trakat).objects.filter(pk=world.trakat.pk).update(name_th="<ตระกาจ> & บุตร")
    sends()
    text, html = both(mail_to("nida"))
    assert "บ้าน<ตระกาจ> & บุตร" in text
    assert "บ้าน&lt;ตระกาจ&gt; &amp; บุตร" in html


def test_it_says_that_a_machine_sent_it(world: World) -> None:
    sends()
    assert mail_to("nida").extra_headers == {"Auto-Submitted": "auto-generated"}


# ---------------------------------------------------------------- sending


def test_a_dry_run_says_who_would_get_what_and_sends_nothing(
    world: World, waiting: Submission
) -> None:
    said = sends(dry_run=True)

    assert f"account {world.nida.pk}: " in said
    assert f"account {world.suda.pk}: " in said
    assert "Nothing was sent." in said
    assert "นิดา" not in said
    assert "บ้านตระกาจ" not in said
    assert (mail.outbox, History.objects.filter(verb="send_digest").count()) == ([], 0)


def test_a_dry_run_can_show_each_mail_in_full(world: World) -> None:
    assert "บ้านตระกาจ หมู่ที่ 8" in sends(dry_run=True, verbosity=2)
    assert mail.outbox == []


def test_twice_in_one_day_sends_once_and_a_week_later_again(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    sends()
    assert "1 got the digest of this day before" in sends()
    assert "Nothing was sent." in sends(dry_run=True)
    assert readers() == ["nida@example.org"]

    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW.replace(day=30))
    sends()
    assert readers() == ["nida@example.org"] * 2


def test_that_it_was_sent_is_history_without_a_word_of_it(world: World) -> None:
    sends()
    entry = History.objects.get(verb="send_digest")
    assert (entry.by, entry.subject_id, entry.note) == (None, str(world.nida.pk), "2017-03-23")
    assert not entry.values_kept.exists()


def test_one_refused_address_stops_nobody_else_and_is_tried_again(
    world: World, waiting: Submission, monkeypatch: pytest.MonkeyPatch
) -> None:
    refuses(
        monkeypatch, "nida@example.org", SMTPRecipientsRefused({"nida@example.org": (550, b"")})
    )

    said, error = fails()

    assert readers() == ["suda@example.org"]
    assert f"account {world.nida.pk}: SMTPRecipientsRefused" in said
    assert "Not sent: 1." in error
    assert "nida" not in said + error

    monkeypatch.undo()
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)
    sends()
    assert readers() == ["nida@example.org", "suda@example.org"]


def test_a_broken_off_connection_is_opened_again_for_the_next(
    world: World, waiting: Submission, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []
    monkeypatch.setattr(EmailBackend, "open", lambda self: opened.append("open"))
    monkeypatch.setattr(EmailBackend, "close", lambda self: opened.append("close"))
    refuses(monkeypatch, "nida@example.org", SMTPServerDisconnected())

    fails()

    assert readers() == ["suda@example.org"]
    assert opened == ["open", "close", "open", "close"]


def refuses(monkeypatch: pytest.MonkeyPatch, address: str, error: OSError) -> None:
    """The mail server refuses what goes to one address."""
    send = EmailBackend.send_messages

    def sends_all_but_one(self: EmailBackend, messages: list[EmailMultiAlternatives]) -> int:
        if address in messages[0].to:
            raise error
        return send(self, messages)

    monkeypatch.setattr(EmailBackend, "send_messages", sends_all_but_one)


def test_without_a_mail_server_it_says_so_at_once(world: World, settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1

    _said, error = fails()

    assert "The mail server cannot be reached (ConnectionRefusedError)." in error
    assert not History.objects.filter(verb="send_digest").exists()


@pytest.mark.parametrize("day", ["30/4/2560", "2017-04-30", "30 เม.ย. 2560"])
def test_a_dry_run_may_look_at_another_day(world: World, day: str) -> None:
    assert "Nothing was sent." in sends(dry_run=True, on=day)
    assert "That day has not come" in fails(on=day)[1]
    assert mail.outbox == []


def test_a_day_before_the_year_began_has_nothing(world: World) -> None:
    sends(on=START.isoformat())
    assert mail.outbox == []


@pytest.mark.parametrize(("day", "why"), [("31/2/2560", "no_such_day"), ("23/3/60", "two_digit")])
def test_a_day_that_cannot_be_read_is_refused(world: World, day: str, why: str) -> None:
    assert why in fails(on=day)[1]
    assert mail.outbox == []
