"""XML whose texts come out of files."""

import re

from flask import Response
from lxml import etree

_NO_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def root(namespace: str, name: str) -> etree._Element:
    """Return the first element of a document, whose elements are all of one namespace."""
    return etree.Element(etree.QName(namespace, name), nsmap={None: namespace})  # type: ignore[dict-item]  # the stubs


def add(parent: etree._Element, name: str, text: str = "", **attributes: str) -> etree._Element:
    """Put an element of the same namespace into `parent`, and return it; what XML can't write becomes U+FFFD."""
    writable = {key: _NO_XML.sub("\ufffd", value) for key, value in attributes.items()}
    child = etree.SubElement(parent, etree.QName(etree.QName(parent).namespace, name), writable)
    child.text = _NO_XML.sub("\ufffd", text) or None
    return child


def response(document: etree._Element, media_type: str) -> Response:
    """Answer with a document, given its first element."""
    return Response(etree.tostring(document, xml_declaration=True, encoding="UTF-8"), mimetype=media_type)
