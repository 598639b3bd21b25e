import pytest
from django.utils.translation import deactivate_all, override

from sammachip.thai.bilingual import bilingual, in_thai


class Place:
    name = bilingual("name")

    def __init__(self, name_th, name_en):
        self.name_th, self.name_en = name_th, name_en


@pytest.mark.parametrize(
    ("language", "name"), [("th", "ศรีแก้ว"), ("en", "Si Kaeo"), ("en-gb", "Si Kaeo")]
)
def test_the_name_is_read_in_the_active_language(language, name):
    with override(language):
        assert Place("ศรีแก้ว", "Si Kaeo").name == name


def test_where_no_english_name_is_known_the_thai_one_is_read():
    with override("en"):
        assert Place("โนนกุง", "").name == "โนนกุง"


def test_where_no_language_is_active_thai_is_read():
    with override("en"):
        deactivate_all()
        assert Place("ศรีแก้ว", "Si Kaeo").name == "ศรีแก้ว"


def test_a_given_language_goes_before_the_active_one():
    with override("en"):
        assert in_thai("th")
        assert not in_thai()


def test_the_property_has_no_value_on_the_class():
    assert isinstance(Place.name, bilingual)
