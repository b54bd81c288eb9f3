"""Identifiers as bureaus have them: valid, wrong, meant, masked."""

import pytest

from server.models.applicant import IdentifierKind
from server.models.identifiers import (
    Fault,
    address_key,
    is_basic_code,
    is_district_code,
    is_task_code,
    kind_of,
    mask_address,
    mask_identifier,
    mask_name,
    mask_phone,
    phone_fault,
    resident_fault,
    uscc_fault,
    uscc_meant,
)


@pytest.mark.parametrize("code", ["91110000600037341L", "91110108551385082Q", "916101126000000130"])
def test_credit_codes_with_a_right_check_character_pass(code):
    assert uscc_fault(code) is None
    assert kind_of(code) is IdentifierKind.USCC


@pytest.mark.parametrize(
    ("code", "fault"),
    [
        ("91110000600037342L", Fault.CHECK),
        ("916101126000000131", Fault.CHECK),  # the remainder is 0: the check character is 0
        ("9111000060003734", Fault.LENGTH),
        ("91I10000600037341L", Fault.CHARACTERS),
    ],
)
def test_a_wrong_credit_code_says_what_is_wrong(code, fault):
    assert uscc_fault(code) is fault


def test_letter_o_in_a_credit_code_suggests_zero_and_never_guesses_wildly():
    assert uscc_meant("911100006OOO37341L") == "91110000600037341L"
    assert uscc_meant("911100006OOO37342L") is None
    assert uscc_meant("91110000600037341L") is None


@pytest.mark.parametrize("number", ["360426199101010071", "120103198806018241", "610112800101123"])
def test_resident_numbers_of_18_and_the_old_15_digits_pass(number):
    assert resident_fault(number) is None
    assert kind_of(number) is IdentifierKind.RESIDENT


def test_an_abolished_county_does_not_make_an_id_wrong():
    assert resident_fault("999999199001010014") in (None, Fault.CHECK)
    body = "99999919900101001"
    assert any(resident_fault(body + last) is None for last in "0123456789X")


@pytest.mark.parametrize(
    ("number", "fault"),
    [
        ("360426199101010072", Fault.CHECK),
        ("36042619910101007", Fault.LENGTH),
        ("36042619910101007A", Fault.CHARACTERS),
        ("610112801301123", Fault.DATE),
    ],
)
def test_a_wrong_resident_number_says_what_is_wrong(number, fault):
    assert resident_fault(number) is fault


@pytest.mark.parametrize("number", ["13909200316", "029-86524321", "02986524321", "86524321"])
def test_mobiles_and_landlines_pass(number):
    assert phone_fault(number) is None


@pytest.mark.parametrize(
    ("number", "fault"),
    [("1392921037", Fault.LENGTH), ("12909200316", Fault.CHARACTERS), ("无", Fault.CHARACTERS)],
)
def test_a_wrong_telephone_number_says_what_is_wrong(number, fault):
    assert phone_fault(number) is fault


def test_codes_of_districts_and_item_types():
    assert is_district_code("610112")
    assert is_district_code("610112003")
    assert not is_district_code("61011")
    assert not is_district_code("XA-CB")
    assert is_basic_code("00016421300Y")
    assert is_basic_code("000164213003")
    assert not is_basic_code("XK0010100Y")
    assert is_task_code("91110000600037341L" + "3" + "00016421300Y")
    assert not is_task_code("91110000600037342L" + "3" + "00016421300Y")


def test_one_place_has_one_key_however_it_is_typed():
    typed = [
        "凤城五路 88 号",
        "凤城五路８８号",
        "凤城五路88#",
        "凤城五路88号，",
        "凤城五路\u00a088号",
    ]
    assert len({address_key(address) for address in typed}) == 1
    assert address_key("凤城五路8-8号") != address_key("凤城五路88号")


def test_what_others_see_is_masked():
    assert mask_identifier("610112199001011234") == "610***********1234"
    assert mask_phone("13812345678") == "138****5678"
    assert mask_phone("029-86524321") == "029-****4321"
    assert mask_name("张桂兰") == "张*"
    assert mask_address("西安市未央区凤城五路 88 号 3 楼") == "西安市未央区凤城五路***"
    assert "1139" not in mask_address("1139 W BRYN MAWR AVE")
