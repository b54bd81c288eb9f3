"""Janus as an engine: the same words as our own, another program that carries the packets."""
