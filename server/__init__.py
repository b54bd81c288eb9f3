"""The application: records, people, web. Composes `inspection` and `scheduler`."""
