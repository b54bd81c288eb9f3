"""Planning (排班): cases and calendars become a problem, the answer becomes rounds."""
