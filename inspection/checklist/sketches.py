"""Sketches (示意图): what is right beside what is wrong, for points that applicants often fail.

They say without words what a camera should show. The files are in `static/sketches`.
"""

from __future__ import annotations

SKETCHES = (
    *("ceiling-whole", "covered-bin", "cylinder-chained", "depth-mark", "door-gap", "exit-clear"),
    *("exit-light", "fire-extinguisher", "fridge-thermometer", "hand-basin", "hidden-lens"),
    *("licence-on-the-wall", "off-the-floor", "rail-gap", "raw-below-cooked", "separate-sinks"),
    *("sharps-box", "shelf-labels", "sterile-pack", "tank-vent", "thermo-hygrometer"),
)
