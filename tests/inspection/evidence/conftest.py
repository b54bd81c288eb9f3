"""Photos as phones send them, and as nobody should."""

import io
from collections.abc import Callable

import numpy as np
import pytest
from PIL import Image


def _photo(width: int, height: int) -> Image.Image:
    """A grainy picture, so that its file weighs what a real photo weighs."""
    random = np.random.default_rng(7)
    coarse = random.integers(0, 255, (height // 50 + 1, width // 50 + 1, 3), dtype=np.uint8)
    smooth = Image.fromarray(coarse).resize((width, height), Image.Resampling.BICUBIC)
    grain = Image.fromarray(random.integers(0, 255, (height, width, 3), dtype=np.uint8))
    return Image.blend(smooth, grain, 0.1)


@pytest.fixture(scope="session")
def encode() -> Callable[..., bytes]:
    """A picture as a file; ``exif`` and other words go to Pillow's writer."""

    def write(image: Image.Image, kind: str = "JPEG", **how: object) -> bytes:
        file = io.BytesIO()
        image.save(file, kind, **how)
        return file.getvalue()

    return write


@pytest.fixture(scope="session")
def small_photo() -> Image.Image:
    return _photo(800, 600)


@pytest.fixture(scope="session")
def phone_photo(encode: Callable[..., bytes]) -> bytes:
    """12 million pixels, about 3 MB."""
    return encode(_photo(4032, 3024), quality=88)
