"""Carrying out a survey: no web, no database."""
