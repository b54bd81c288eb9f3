"""The demonstration: a made-up bureau, its people, and the main job on one machine."""
