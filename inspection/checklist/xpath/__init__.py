"""XPath 1.0 by libxml2, with the functions that ODK XForms 1.0 adds and changes."""

from inspection.checklist.xpath.evaluate import XPath, XPathRefused, compiled

__all__ = ["XPath", "XPathRefused", "compiled"]
