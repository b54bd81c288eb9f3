"""Scripted checklists: what must be asked, what was answered, what it suggests."""
