"""Places as spreadsheets have them, and the datums between which they move."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.models.coordinates import (
    Datum,
    from_wgs84,
    metres_between,
    parse_degrees,
    parse_place,
    to_wgs84,
)

WEIYANG, XINCHENG, YUNXI = (108.9469, 34.2932), (108.9607, 34.2665), (113.2724, 29.4729)


@pytest.mark.parametrize(("place", "metres"), [(WEIYANG, 463), (XINCHENG, 466), (YUNXI, 636)])
def test_gcj02_is_hundreds_of_metres_off(place, metres):
    assert metres_between(place, from_wgs84(place, Datum.GCJ02)) == pytest.approx(metres, abs=1)


@given(st.floats(75, 135), st.floats(18, 54))
def test_going_to_gcj02_and_back_loses_less_than_a_millimetre(longitude, latitude):
    place = (longitude, latitude)
    back = to_wgs84(from_wgs84(place, Datum.GCJ02), Datum.GCJ02)
    assert metres_between(place, back) < 0.001


def test_cgcs2000_and_places_abroad_are_left_alone():
    assert to_wgs84(WEIYANG, Datum.CGCS2000) == WEIYANG
    chicago = (-87.66, 41.98)
    assert to_wgs84(chicago, Datum.GCJ02) == from_wgs84(chicago, Datum.GCJ02) == chicago


@pytest.mark.parametrize(
    ("text", "degrees"),
    [
        ("108.9469", 108.9469),
        ("108°56′48.8″", 108.946889),
        ("108度56分48.8秒", 108.946889),
        ("E108°56'48.8\"", 108.946889),
        ("１０８．９４６９", 108.9469),
        ("西经 87.5", -87.5),
        ("-87.5", -87.5),
        ("34°17'N", 34.283333),
    ],
)
def test_one_coordinate_is_read_as_people_write_it(text, degrees):
    assert parse_degrees(text) == pytest.approx(degrees, abs=1e-6)


@pytest.mark.parametrize("text", ["", "东经", "108°61′", "1089.46", "abc", "108°56′61″"])
def test_what_is_no_coordinate_is_none(text):
    assert parse_degrees(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "108.9469,34.2932",
        "108.9469，34.2932",
        "34.2932，108.9469",
        "108.9469 34.2932",
        "N34.2932 E108.9469",
        "东经108.9469、北纬34.2932",
    ],
)
def test_both_coordinates_in_one_cell_in_either_order(text):
    assert parse_place(text) == pytest.approx(WEIYANG)


@pytest.mark.parametrize("text", ["0,0", "108.9", "1,2,3", "108.9,x", "91,92"])
def test_what_is_no_place_is_none(text):
    assert parse_place(text) is None


@given(st.text(max_size=30))
def test_any_text_at_all_is_a_place_or_none(text):
    parse_place(text)
    parse_degrees(text)
