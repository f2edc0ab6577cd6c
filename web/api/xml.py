"""XML documents in one namespace, with text from files."""

import re

from flask import Response
from lxml import etree

_INVALID = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def root(namespace: str, name: str) -> etree._Element:
    """Return the root element of a new document in `namespace`."""
    return etree.Element(etree.QName(namespace, name), nsmap={None: namespace})  # type: ignore[dict-item]  # the stubs


def add(parent: etree._Element, name: str, text: str = "", **attributes: str) -> etree._Element:
    """Add an element to `parent` in its namespace, and return it; characters that XML forbids become U+FFFD."""
    valid = {key: _INVALID.sub("\ufffd", value) for key, value in attributes.items()}
    child = etree.SubElement(parent, etree.QName(etree.QName(parent).namespace, name), valid)
    child.text = _INVALID.sub("\ufffd", text) or None
    return child


def response(root: etree._Element, media_type: str) -> Response:
    """Return a response with the document of a root element."""
    return Response(etree.tostring(root, xml_declaration=True, encoding="UTF-8"), mimetype=media_type)
