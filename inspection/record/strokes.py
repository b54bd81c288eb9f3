"""A signature's strokes as a picture: SVG made of numbers only, so nothing else can be in it."""

from itertools import pairwise

from inspection.record.survey import Strokes

#: Width of the pen for a signature as wide as this many units.
_PEN = 2.2
_HEIGHT = 100.0


def svg(strokes: Strokes) -> str:
    """The strokes, scaled to one height and smoothed, as an SVG document in black ink."""
    points = [point for line in strokes.lines for point in line]
    left, top = min(x for x, _ in points), min(y for _, y in points)
    wide, high = max(x for x, _ in points) - left, max(y for _, y in points) - top
    scale = _HEIGHT / max(high, wide / 6, 1e-9)  # a flat dash is not blown up to full height

    paths = []
    for line in strokes.lines:
        moved = [((x - left) * scale + _PEN, (y - top) * scale + _PEN) for x, y in line]
        if moved:
            paths.append(f'<path d="{_smooth(moved)}"/>')
    width, height = wide * scale + 2 * _PEN, high * scale + 2 * _PEN
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.1f} {height:.1f}"'
        f' fill="none" stroke="#10171d" stroke-width="{_PEN}"'
        f' stroke-linecap="round" stroke-linejoin="round">{"".join(paths)}</svg>'
    )


def _smooth(line: list[tuple[float, float]]) -> str:
    """A curve through the middles of neighbouring points, as a pen would go."""
    (x, y), *rest = line
    drawn = [f"M{x:.1f} {y:.1f}"]
    for (x, y), (next_x, next_y) in pairwise(rest):
        drawn.append(f"Q{x:.1f} {y:.1f} {(x + next_x) / 2:.1f} {(y + next_y) / 2:.1f}")
    x, y = line[-1]
    drawn.append(f"L{x:.1f} {y:.1f}")
    return "".join(drawn)
