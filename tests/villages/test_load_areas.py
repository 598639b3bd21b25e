"""load_areas: our table says what the geothai package says, and only differences are written."""

import re
from io import StringIO

import geothai
import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection
from django.test.utils import CaptureQueriesContext
from geothai.abolished import abolished_areas

from sammachip.thai.text import clean
from villages import areas
from villages.areas import load_areas, official_areas, standing_successor, villages_touched
from villages.models import Area, Village


@pytest.fixture
def loaded(db):
    load_areas()


def run() -> str:
    said = StringIO()
    call_command("load_areas", stdout=said)
    return said.getvalue()


def test_every_area_of_the_package_is_loaded(loaded):
    provinces = geothai.provinces()
    districts = [one for province in provinces for one in geothai.districts(province.code)]
    subdistricts = [one for district in districts for one in geothai.subdistricts(district.code)]
    in_force = Area.objects.current()
    assert in_force.of_level(Area.PROVINCE).count() == len(provinces) > 0
    assert in_force.of_level(Area.DISTRICT).count() == len(districts) > 0
    assert in_force.of_level(Area.SUBDISTRICT).count() == len(subdistricts) > 0
    assert Area.objects.exclude(abolished_on=None).count() == len(abolished_areas()) > 0


def test_si_rattana_has_its_seven_subdistricts(loaded):
    si_rattana = Area.objects.get(code="3314")
    assert (si_rattana.name_th, si_rattana.name_en) == ("ศรีรัตนะ", "Si Rattana")
    assert si_rattana.parent.name_th == "ศรีสะเกษ"
    assert list(si_rattana.children.in_official_order().values_list("code", "name_th")) == [
        ("331401", "ศรีแก้ว"),
        ("331402", "พิงพวย"),
        ("331403", "สระเยาว์"),
        ("331404", "ตูม"),
        ("331405", "เสื่องข้าว"),
        ("331406", "ศรีโนนงาม"),
        ("331407", "สะพุง"),
    ]


def test_all_but_provinces_have_a_parent(loaded):
    assert {area.level for area in Area.objects.filter(parent=None)} == {Area.PROVINCE}


def test_an_abolished_code_names_the_day_and_its_successor(loaded):
    before_si_rattana_was_a_district = Area.objects.get(code="330498")
    assert before_si_rattana_was_a_district.abolished_on is not None
    assert before_si_rattana_was_a_district.successor_id == "331401"


def test_an_area_that_was_split_names_no_single_successor(loaded):
    bang_na = Area.objects.get(code="104701")
    assert bang_na.abolished_on is not None
    assert bang_na.successor is None


def test_bangkok_districts_have_their_bare_name(loaded):
    bangkok = Area.objects.filter(parent="10")
    assert bangkok.get(code="1001").name_th == "พระนคร"
    assert not bangkok.filter(name_th__startswith="เขต").exists()


def test_english_names_have_capitals_where_words_begin(loaded):
    names = dict(Area.objects.values_list("code", "name_en"))
    assert names["3305"] == "Khukhan"
    assert names["551201"] == "Bo Kluea Nuea"
    assert names["961001"] == "Su-ngai Kolok"
    assert not [name for name in names.values() if re.search("[a-z][A-Z]|(^|[ (])[a-z]", name)]


def test_thai_names_are_stored_clean_and_spelt_right(loaded):
    names = dict(Area.objects.values_list("code", "name_th"))
    assert all(name == clean(name) for name in names.values())
    assert names["570714"] == names["571501"] == "เทอดไทย"  # the former has two เ in the package


def test_loading_says_what_it_found(db):
    everything = len(list(official_areas()))
    there = Area.objects.count()
    assert run().startswith(f"Areas: {everything - there} new, 0 changed, {there} same\n")
    assert run() == f"Areas: 0 new, 0 changed, {everything} same\n"


def test_loading_again_writes_nothing(loaded):
    with CaptureQueriesContext(connection) as queries:
        load_areas()
    said = [query["sql"].split()[0] for query in queries]
    assert "SELECT" in said
    assert not {"INSERT", "UPDATE", "DELETE"} & set(said)


def test_a_name_that_differs_is_put_right_and_its_villages_are_listed(loaded):
    Village.objects.create(code="33140201", subdistrict_id="331402", moo=1, name_th="พิงพวย")
    Area.objects.filter(code="331401").update(name_th="ศรีเก้า", abolished_on="2017-01-01")
    said = run()
    area = Area.objects.get(code="331401")
    assert (area.name_th, area.abolished_on) == ("ศรีแก้ว", None)
    assert " 0 new, 1 changed," in said
    assert "33140108 ตระกาจ: 331401 or an area above it changed" in said
    assert "33140201" not in said


def test_villages_of_an_abolished_subdistrict_are_listed_at_every_run(loaded):
    Village.objects.create(code="33049801", subdistrict_id="330498", moo=1, name_th="ตระกาจ")
    Village.objects.create(code="10470101", subdistrict_id="104701", moo=1, name_th="บางนา")
    said = run()
    assert "Villages in areas that changed or were abolished: 2" in said
    moved = "manage.py recode_village 33049801 33140101"
    assert f"33049801 ตระกาจ: 330498 abolished, now 331401: {moved}\n" in said
    assert "10470101 บางนา: 104701 abolished, no single successor is known" in said


def test_a_code_that_is_taken_is_not_proposed(loaded):
    Village.objects.create(code="33049808", subdistrict_id="330498", moo=8, name_th="ตระกาจเดิม")
    assert "now 331401: manage.py recode_village 33049808 331401NN\n" in run()


def test_a_successor_that_was_abolished_too_leads_on_to_its_own(loaded):
    Area.objects.create(code="331498", name_th="เก่า", parent_id="3314", abolished_on="2000-01-01")
    Area.objects.filter(code="331498").update(successor="330498")
    assert standing_successor(Area.objects.get(code="331498")).code == "331401"


def test_successors_in_a_ring_lead_nowhere(loaded):
    for code in ("331497", "331498"):
        Area.objects.create(code=code, name_th=code, parent_id="3314", abolished_on="2000-01-01")
    Area.objects.filter(code="331497").update(successor="331498")
    Area.objects.filter(code="331498").update(successor="331497")
    assert standing_successor(Area.objects.get(code="331497")) is None


def test_abolished_codes_and_successors_are_marked_on_areas_that_stood_before(loaded):
    """As after an update of the package: the code was in force, now it is not."""
    Area.objects.filter(code="330498").update(abolished_on=None, successor=None, name_th="เดิม")
    assert " 0 new, 1 changed," in run()
    area = Area.objects.get(code="330498")
    assert (area.successor_id, area.abolished_on is None) == ("331401", False)


def test_villages_of_a_renamed_district_are_listed(loaded):
    ban_trakat = Village.objects.get(code="33140108")
    assert list(villages_touched(Area.objects.filter(code="3314"))) == [ban_trakat]
    assert list(villages_touched(Area.objects.filter(code="3313"))) == []


def test_an_area_the_package_does_not_know_stays_as_it_is(loaded):
    Area.objects.create(code="331499", name_th="ตำบลใหม่", parent_id="3314")
    assert " 0 new, 0 changed," in run()
    assert Area.objects.get(code="331499").name_th == "ตำบลใหม่"


def test_nothing_is_loaded_when_a_write_fails(db, monkeypatch):
    broken = Area(code="0", name_th="no code of this form")
    monkeypatch.setattr(areas, "official_areas", lambda: [*official_areas(), broken])
    there = Area.objects.count()
    with pytest.raises(IntegrityError):
        load_areas()
    assert Area.objects.count() == there
