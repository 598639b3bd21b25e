"""Recording on a phone: what the page makes easier, and that nothing typed or sent gets lost."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import translation
from django.utils.translation import gettext as _
from PIL import Image
from playwright.sync_api import Locator, Page, Request, expect

from accounts.models import User
from steps.models import Activity, Evidence, ReceivedFile
from tests.cast import World
from villages.models import Household

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

OpenPhone = Callable[..., Page]
YEAR = "/villages/33140108/2560"
ONE_IN_THE_MORNING = "2017-03-23T01:00:00+07:00"  # still the day before in Greenwich
HEIC = b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic" + b"\x00" * 2000
EITHER_WAY = pytest.mark.parametrize(
    "javascript", [True, False], ids=["with JavaScript", "without JavaScript"]
)


@pytest.fixture(autouse=True)
def in_thai() -> Iterator[None]:
    """The words looked for are those of the Thai catalogue."""
    with translation.override("th"):
        yield


def become(page: Page, user: User, live_server: Any) -> None:
    """Give the browser the session of somebody."""
    client = Client()
    client.force_login(user, backend="accounts.backends.StaffIdOrEmail")
    session = {"name": "sessionid", "value": client.cookies["sessionid"].value}
    page.context.add_cookies([{**session, "url": live_server.url}])


@pytest.fixture
def open_record(world: World, open_phone: OpenPhone, live_server: Any) -> Callable[..., Page]:
    """The record page of a step of Ban Trakat, opened by Nida."""

    def open_page(number: str = "1.4", *, javascript: bool = True) -> Page:
        page = open_phone(javascript=javascript)
        page.clock.set_fixed_time(ONE_IN_THE_MORNING)
        become(page, world.nida, live_server)
        page.goto(f"{YEAR}/{number}/record/")
        return page

    return open_page


# ---------------------------------------------------------------- what a person does


def fill(page: Page, held_on: str = "11 ม.ค. 2560") -> None:
    """What every record needs, and some of what may be typed besides."""
    page.locator("[name=held_on]").fill(held_on)
    page.locator("[name=place]").fill("วัดบ้านตระกาจ")
    page.locator("[name=summary]").fill("ตกลงตั้งกลุ่ม\nแบ่งงานกันแล้ว")
    if page.locator("[name=topic]").count():
        page.locator("[name=topic]").first.check()
    for name in ("present", "representative"):
        if page.locator(f"[name={name}]").count():
            page.locator(f"[name={name}]").nth(2).check()


def assert_kept(page: Page) -> None:
    """Everything ``fill`` typed and ticked stands in the form again."""
    expect(page.locator("[name=place]")).to_have_value("วัดบ้านตระกาจ")
    expect(page.locator("[name=summary]")).to_have_value("ตกลงตั้งกลุ่ม\nแบ่งงานกันแล้ว")
    assert "2560" in page.locator("[name=held_on]").input_value()
    expect(page.locator("[name=topic]").first).to_be_checked()
    for name in ("present", "representative"):
        expect(page.locator(f"[name={name}]").nth(2)).to_be_checked()


def touch(page: Page, words: str) -> None:
    """Press a button of the script, which sends nothing."""
    page.get_by_role("button", name=words, exact=True).click()


def press(page: Page, words: str) -> None:
    """Press a button that sends the form, and wait for the answer."""
    with page.expect_navigation():
        page.get_by_role("button", name=words, exact=True).click()


def save(page: Page) -> None:
    press(page, _("Save"))


def saved(page: Page) -> None:
    """Saved, and told so."""
    save(page)
    told = page.locator(".notice.saved, .error-summary").first
    told.wait_for()
    assert "saved" in (told.get_attribute("class") or ""), told.inner_text()


def unfold(page: Page, words: str) -> Locator:
    details = page.locator("details", has=page.get_by_text(words, exact=True))
    details.locator("summary").click()
    return details


# ---------------------------------------------------------------- what the script adds


def test_today_and_yesterday_are_those_of_thailand_and_read_back_in_words(
    open_record: Callable[..., Page],
) -> None:
    page = open_record()
    date, echo = page.locator("[name=held_on]"), page.locator("output")
    touch(page, "วันนี้")
    expect(date).to_have_value("23/3/2560")
    expect(echo).to_have_text("23 มีนาคม พ.ศ. 2560")
    touch(page, "เมื่อวาน")
    expect(echo).to_have_text("22 มีนาคม พ.ศ. 2560")
    for typed, read in {
        "๒๐ ก.พ. ๒๕๖๐": "20 กุมภาพันธ์ พ.ศ. 2560",
        "2017-02-08": "8 กุมภาพันธ์ พ.ศ. 2560",
        "31/2/2560": "",
    }.items():
        date.fill(typed)
        expect(echo).to_have_text(read)
    touch(page, "เมื่อวาน")
    page.locator("[name=place]").fill("ศาลากลางบ้าน")
    saved(page)
    assert str(Activity.objects.get().held_on) == "2017-03-22"


def test_the_list_of_names_counts_filters_and_ticks_for_a_representative(
    open_record: Callable[..., Page], world: World
) -> None:
    page = open_record()
    count, rows = page.locator("[data-tick-count]"), page.locator("#id_present_0 li")
    present, sent = page.locator("[name=present]"), page.locator("[name=representative]")
    present.nth(0).check()
    sent.nth(1).check()
    expect(present.nth(1)).to_be_checked()
    expect(count).to_have_text("2")
    present.nth(1).uncheck()
    expect(sent.nth(1)).not_to_be_checked()
    expect(count).to_have_text("1")
    wanted = list(world.trakat.households.in_house_order())[5]
    page.locator("[data-tick-filter]").fill(wanted.head_name)
    expect(rows.filter(visible=True)).to_have_count(1)
    rows.filter(visible=True).locator("[name=present]").check()
    page.locator("[data-tick-filter]").fill("")
    expect(rows.filter(visible=True)).to_have_count(len(rows.all()))
    expect(count).to_have_text("2")


def test_target_and_model_are_ticked_apart_and_only_targets_are_counted(
    open_record: Callable[..., Page],
) -> None:
    page = open_record()
    page.goto(f"{YEAR}/targets/")
    count = page.locator("[data-tick-count]")
    target, model = page.locator("[name^=target-]"), page.locator("[name^=model-]")
    target.nth(0).check()
    model.nth(1).check()
    expect(target.nth(1)).not_to_be_checked()
    expect(count).to_have_text("1")
    model.nth(0).check()
    target.nth(0).uncheck()
    expect(model.nth(0)).to_be_checked()
    expect(count).to_have_text("0")


def test_a_date_is_read_back_on_every_page_in_the_administration_too(
    open_record: Callable[..., Page], world: World, live_server: Any
) -> None:
    page = open_record()
    page.goto("/villages/33140108/committee/add/")
    page.locator("[name=joined_on]").fill("๒๕/๑/๒๕๖๐")
    expect(page.locator("output")).to_have_text("25 มกราคม พ.ศ. 2560")
    become(page, world.anan, live_server)
    page.goto(f"/admin/steps/step/{world.step('1.4').pk}/change/")
    due_on = page.locator("#id_due_on")
    due_on.fill("15 เม.ย. 2560")
    expect(page.locator("output[for=id_due_on]")).to_have_text("15 เมษายน พ.ศ. 2560")


def test_a_row_added_in_the_administration_reads_its_dates_back(
    open_record: Callable[..., Page], world: World, live_server: Any
) -> None:
    page = open_record()
    become(page, world.anan, live_server)
    page.goto(f"/admin/accounts/user/{world.nida.pk}/change/")
    rows = page.locator(".dynamic-postings")
    before = rows.count()
    page.locator(".add-row a").click()
    expect(rows).to_have_count(before + 1)
    rows.last.locator("[name$=starts_on]").fill("1/4/2560")
    expect(rows.last.locator("output").first).to_have_text("1 เมษายน พ.ศ. 2560")


def big_photo(path: Path, *, turned: bool) -> Path:
    """Twelve megapixels as a phone stores them; turned ones stand upright by their EXIF tag."""
    exif = Image.Exif()
    exif[0x0112] = 6 if turned else 1
    noise = Image.effect_noise((800, 600), 120 if turned else 100).convert("RGB")
    noise.resize((4000, 3000)).save(path, "JPEG", quality=92, exif=exif)
    return path


def test_a_photo_of_twelve_megapixels_is_made_small_before_it_is_sent(
    open_record: Callable[..., Page], tmp_path: Path
) -> None:
    paths = [big_photo(tmp_path / f"{turned}.jpg", turned=turned) for turned in (False, True)]
    page = open_record()
    sent: list[Request] = []
    page.on("request", lambda request: sent.append(request) if request.method == "POST" else None)
    fill(page)
    page.locator("[name=photos]").set_input_files([str(path) for path in paths])
    saved(page)
    bytes_sent = sum(int(request.all_headers()["content-length"]) for request in sent)
    bytes_taken = sum(path.stat().st_size for path in paths)
    assert 10_000 < bytes_sent < bytes_taken / 3
    stored = Evidence.objects.select_related("blob")
    assert {(row.blob.width, row.blob.height) for row in stored} == {(1600, 1200), (1200, 1600)}


# ---------------------------------------------------------------- nothing is lost


@EITHER_WAY
def test_a_wrong_file_takes_nothing_else_with_it(
    open_record: Callable[..., Page], photos: list[str], tmp_path: Path, javascript: bool
) -> None:
    heic, text = tmp_path / "IMG_0001.HEIC", tmp_path / "note.jpg"
    heic.write_bytes(HEIC)
    text.write_text("not a photo at all")
    page = open_record(javascript=javascript)
    fill(page)
    page.locator("[name=photos]").set_input_files([str(heic), photos[0], str(text)])
    save(page)
    at_the_field = page.locator("#id_photos_error")
    expect(at_the_field).to_contain_text("IMG_0001.HEIC")
    expect(at_the_field).to_contain_text("note.jpg")
    received = page.locator("#files .photo")
    expect(received).to_have_count(1)
    expect(received).to_contain_text("photo-0.jpg")
    assert_kept(page)
    assert Activity.objects.count() == 0
    received.locator("[name^=caption-]").fill("ประชุมที่ศาลา")
    saved(page)
    assert [row.caption for row in Evidence.objects.all()] == ["ประชุมที่ศาลา"]
    assert Activity.objects.get().attendances.count() == 1


@EITHER_WAY
def test_a_household_is_added_inside_the_form_and_comes_back_ticked(
    open_record: Callable[..., Page], photos: list[str], world: World, javascript: bool
) -> None:
    page = open_record(javascript=javascript)
    fill(page)
    page.locator("[name=photos]").set_input_files(photos[0])
    unfold(page, _("Add a household here"))
    page.locator("[name=new-house_no]").fill("199/9")
    press(page, _("Add and tick it"))  # without a name
    expect(page.locator("#id_new-head_name_error")).to_be_visible()
    page.locator("[name=new-head_name]").fill("นางใหม่ มาทีหลัง")
    press(page, _("Add and tick it"))
    row = page.locator("#id_present_0 li", has_text="นางใหม่ มาทีหลัง")
    expect(row.locator("[name=present]")).to_be_checked()
    assert_kept(page)
    saved(page)
    new = Household.objects.get(village=world.trakat, house_no="199/9")
    activity = Activity.objects.get()
    assert new.pk in activity.attendances.values_list("household", flat=True)
    assert activity.attendances.count() == 2
    assert activity.evidence.count() == 1


@pytest.mark.parametrize(
    ("javascript", "with_photo"),
    [(True, True), (False, False)],
    ids=["with JavaScript and a photo", "without either"],
)
def test_a_lapsed_session_keeps_what_was_typed(
    open_record: Callable[..., Page], photos: list[str], javascript: bool, with_photo: bool
) -> None:
    page = open_record(javascript=javascript)
    fill(page)
    if with_photo:
        page.locator("[name=photos]").set_input_files(photos[0])
    page.context.clear_cookies(name="sessionid")
    save(page)
    page.locator("[name=password]").wait_for()
    told = _("Photos and files could not be kept. Choose them again after signing in.")
    lost = page.locator("main", has_text=told)
    expect(lost).to_have_count(1 if with_photo else 0)
    page.locator("[name=username]").fill("nida")
    page.locator("[name=password]").fill("sammachip")
    press(page, _("Sign in"))
    press(page, _("Continue"))
    page.locator(".notice.saved").first.wait_for()
    activity = Activity.objects.get()
    assert (str(activity.held_on), activity.place) == ("2017-01-11", "วัดบ้านตระกาจ")
    assert activity.attendances.count() == 1
    assert activity.topics.count() == 1
    assert (activity.evidence.count(), ReceivedFile.objects.count()) == (0, 0)


# ---------------------------------------------------------------- for more than one


@EITHER_WAY
def test_one_trip_counts_for_two_steps(
    open_record: Callable[..., Page], photos: list[str], world: World, javascript: bool
) -> None:
    page = open_record(javascript=javascript)
    fill(page)
    page.locator("[name=photos]").set_input_files(photos[0])
    topics = page.locator("[name=topic]").count()
    unfold(page, _("Also counts for another step")).locator("[value='2.1']").check()
    press(page, _("Show what these steps ask"))
    label = world.step("2.1").requirements.get(code="2.1-e").label
    expect(page.locator("legend", has_text=label)).to_be_visible()
    assert page.locator("[name=topic]").count() > topics
    assert_kept(page)
    page.locator("[name=topic]").last.check()
    saved(page)
    activities = Activity.objects.order_by("step__number")
    assert [row.step.number for row in activities] == ["1.4", "2.1"]
    assert len({row.occasion for row in activities}) == 1
    assert [row.evidence.count() for row in activities] == [1, 1]
    assert [row.topics.count() for row in activities] == [1, 1]


@EITHER_WAY
def test_district_work_is_recorded_for_two_villages_with_core_leaders_of_each(
    open_record: Callable[..., Page], world: World, javascript: bool
) -> None:
    page = open_record("1.2", javascript=javascript)
    fill(page, "8/12/2559")
    expect(page.locator("[name=present], [name=member]")).to_have_count(0)  # nobody of one village
    page.locator("[name=group-district_team]").fill("๖")
    unfold(page, _("Record for several villages")).locator("[value='33140203']").check()
    press(page, _("Show what is asked of these villages"))
    page.locator("[name=group-core_leader-33140108]").fill("3")
    page.locator("[name=group-core_leader-33140203]").fill("4")
    saved(page)
    found = {
        row.enrolment.village: dict(row.group_counts.values_list("group__pk", "people"))
        for row in Activity.objects.all()
    }
    leaders = {village: groups.get("core_leader") for village, groups in found.items()}
    assert leaders == {world.trakat: 3, world.phing: 4}
    assert [groups["district_team"] for groups in found.values()] == [6, 6]


def test_a_second_record_of_the_day_is_pointed_out_and_stored_when_meant(
    open_record: Callable[..., Page],
) -> None:
    page = open_record("1.3")
    for place in ("ห้องประชุมเช้า", "ห้องประชุมบ่าย"):
        page.goto(f"{YEAR}/1.3/record/")
        page.locator("[name=held_on]").fill("20/12/2559")
        page.locator("[name=place]").fill(place)
        save(page)
    expect(page.locator(".notice.warn")).to_contain_text("ห้องประชุมเช้า")
    assert Activity.objects.count() == 1
    page.locator("[name=again]").check()
    saved(page)
    assert Activity.objects.count() == 2
