"""An administrator brings in villages: from a bad file to the officer's list."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import openpyxl
import pytest
from django.utils import translation
from playwright.sync_api import Page, expect

from tests.browser.conftest import sign_in
from tests.cast import World
from villages.models import Area, Village

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

OpenPhone = Callable[..., Page]
FILE = """ทะเบียนหมู่บ้าน อำเภอศรีรัตนะ
ที่,ตำบล,หมู่ที่,ชื่อหมู่บ้าน,รหัสหมู่บ้าน
1,สระเยาว์,๑,บ้านสระเยาว์,
2,,ม.2,บ้านหนองใหญ่ (บ้านโนน),33140302
3,,3,บ้านห้วย,331403
4,,สี่,,33140304
รวม 4 หมู่บ้าน
"""


@pytest.fixture(autouse=True)
def in_english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture
def sits_down(open_phone: OpenPhone, live_server: object) -> Callable[[str], Page]:
    def sit(staff_id: str) -> Page:
        page = open_phone(javascript=False, width=1280)
        cookie = {"name": "django_language", "value": "en", "url": live_server.url}  # type: ignore[attr-defined]
        page.context.add_cookies([cookie])
        sign_in(page, staff_id)
        return page

    return sit


def press(page: Page, words: str) -> None:
    with page.expect_navigation():
        page.get_by_role("button", name=words, exact=True).click()


def counts(page: Page) -> list[str]:
    return page.locator(".counts .count").all_inner_texts()


def bring_in(page: Page, path: Path) -> None:
    """Choose a file, and compare it with what is stored."""
    page.goto("/import/villages/")
    page.locator("[name=file]").set_input_files(path)
    press(page, "Read the file")
    press(page, "Compare with what is stored")


def confirm(page: Page, rows: int) -> None:
    page.locator("[name=rows]").fill(str(rows))
    press(page, "Confirm and write")
    expect(page.locator(".notice.saved").first).to_contain_text("written")


def mended(path: Path) -> Path:
    """The returned file, as somebody at a spreadsheet mends it."""
    workbook = openpyxl.load_workbook(path)
    rows = list(workbook.active.iter_rows(min_row=2))
    heading = [cell.value for cell in workbook.active[1]]
    assert "เหตุผล" in heading
    rows[0][heading.index("รหัสหมู่บ้าน")].value = "33140303"
    rows[1][heading.index("ชื่อหมู่บ้าน")].value = "บ้านสี่แยก"
    workbook.save(path)
    return path


def test_a_new_subdistrict_is_loaded_mended_undone_and_loaded_again(
    world: World, sits_down: Callable[[str], Page], tmp_path: Path
) -> None:
    Area.objects.create(code="331403", name_th="สระเยาว์", name_en="Sa Yao", parent_id="3314")
    file = tmp_path / "หมู่บ้าน.csv"
    file.write_bytes(FILE.encode("cp874"))
    page = sits_down("anan")

    bring_in(page, file)
    assert "Windows-874" in page.locator("main").inner_text()
    assert [words.split()[0] for words in counts(page)] == ["2", "0", "0", "2"]
    assert not Village.objects.filter(subdistrict="331403").exists()
    page.get_by_role("link", name="Problem").click()
    assert "331403 has 6 digits and needs 8" in page.locator("main").inner_text()
    page.go_back()
    with page.expect_download() as returned:
        page.get_by_role("button", name="Download the problems (.xlsx)").click()
    problems = tmp_path / "problems.xlsx"
    returned.value.save_as(problems)
    confirm(page, 2)

    bring_in(page, mended(problems))
    assert [words.split()[0] for words in counts(page)] == ["2", "0", "0", "0"]
    confirm(page, 2)
    mended_import = page.url
    assert Village.objects.filter(subdistrict="331403").count() == 4

    page.get_by_role("link", name="Take this import back").click()
    press(page, "Take it back")
    assert Village.objects.filter(subdistrict="331403").count() == 2
    assert page.url == mended_import
    press(page, "Check again")
    confirm(page, 2)

    officer = sits_down("nida")
    officer.goto("/villages/?area=331403")
    listed = officer.locator("main").inner_text()
    for code, name in Village.objects.filter(subdistrict="331403").values_list("code", "name_th"):
        assert name in listed, f"{code} {name}"
    assert "Brought in a file" not in listed
