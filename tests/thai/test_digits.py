import pytest
from hypothesis import given
from hypothesis import strategies as st

from sammachip.thai.digits import to_arabic, to_thai


def test_each_digit_has_its_twin():
    assert to_thai("0123456789") == "๐๑๒๓๔๕๖๗๘๙"
    assert to_arabic("๐๑๒๓๔๕๖๗๘๙") == "0123456789"


def test_everything_but_digits_stays():
    assert to_arabic("บ้านตระกาจ หมู่ที่ ๘ (Moo 8)") == "บ้านตระกาจ หมู่ที่ 8 (Moo 8)"
    assert to_thai("ร้อยละ 88.5") == "ร้อยละ ๘๘.๕"


ADDRESSES = (
    "https://cdd33.go.th/2560/01?p=3",
    "http://10.0.0.1:8000/",
    "www.cdd33.go.th",
    "cdd33.go.th",
    "cdd33.go.th/2560",
    "saraban33@cdd.go.th",
    "@cdd33",
)


@pytest.mark.parametrize("address", ADDRESSES)
def test_addresses_on_the_net_and_of_mail_stay_as_they_are(address):
    assert to_thai(f"ปี 2560 ดูที่{address} หน้า 9") == f"ปี ๒๕๖๐ ดูที่{address} หน้า ๙"
    assert to_thai(address) == address


def test_a_number_with_dots_is_no_address():
    assert (
        to_thai("ข้อ 1.4.OTOP โทร. 0-4567-0000 10.30 น.") == "ข้อ ๑.๔.OTOP โทร. ๐-๔๕๖๗-๐๐๐๐ ๑๐.๓๐ น."
    )


@given(st.integers())
def test_a_number_survives_the_way_there_and_back(number):
    assert int(to_arabic(to_thai(str(number)))) == number
