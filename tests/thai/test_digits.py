from hypothesis import given
from hypothesis import strategies as st

from sammachip.thai.digits import to_arabic, to_thai


def test_each_digit_has_its_twin():
    assert to_thai("0123456789") == "๐๑๒๓๔๕๖๗๘๙"
    assert to_arabic("๐๑๒๓๔๕๖๗๘๙") == "0123456789"


def test_everything_but_digits_stays():
    assert to_arabic("บ้านตระกาจ หมู่ที่ ๘ (Moo 8)") == "บ้านตระกาจ หมู่ที่ 8 (Moo 8)"
    assert to_thai("ร้อยละ 88.5") == "ร้อยละ ๘๘.๕"


@given(st.integers())
def test_a_number_survives_the_way_there_and_back(number):
    assert int(to_arabic(to_thai(str(number)))) == number
