"""Prints the items of a QTI 1.2 package, with what each takes for right, as JSON."""

import json
import re
import sys
import xml.etree.ElementTree as tree
import zipfile


def plain(element, path):
    """The text below a path, without its HTML."""
    found = element.find(path)
    return "" if found is None else "".join(found.itertext())


def without_namespaces(root):
    for element in root.iter():
        element.tag = element.tag.split("}")[-1]
    return root


def full_marks(item):
    """The conditions under which an item gives all points."""
    for condition in item.iter("respcondition"):
        if any((score.text or "").strip() == "100" for score in condition.iter("setvar")):
            return condition.find("conditionvar")
    return None


def read(item):
    kind = next(
        field.findtext("fieldentry")
        for field in item.iter("qtimetadatafield")
        if field.findtext("fieldlabel") == "question_type"
    )
    points = next(
        field.findtext("fieldentry")
        for field in item.iter("qtimetadatafield")
        if field.findtext("fieldlabel") == "points_possible"
    )
    conditions = full_marks(item)
    right, ends = [], {}
    if conditions is not None:
        denied = {id(inner) for outer in conditions.iter("not") for inner in outer.iter("varequal")}
        chosen = [e.text for e in conditions.iter("varequal") if id(e) not in denied]
        labels = [label.get("ident") for label in item.iter("response_label")]
        right = [labels.index(ident) for ident in chosen if ident in labels]
        for end in ("vargte", "varlte"):
            ends[end] = [float(e.text) for e in conditions.iter(end)]
    return {
        "title": item.get("title"),
        "type": kind,
        "points": float(points),
        "text": plain(item, "presentation/material/mattext"),
        "options": len(list(item.iter("response_label"))),
        "right": right,
        "low": ends.get("vargte", []),
        "high": ends.get("varlte", []),
        "feedback": ["".join(f.itertext()).strip() for f in item.iter("itemfeedback")],
    }


items = []
with zipfile.ZipFile(sys.argv[1]) as package:
    for name in package.namelist():
        if re.fullmatch(r".*\.xml", name) and b"<questestinterop" in package.read(name):
            root = without_namespaces(tree.fromstring(package.read(name)))
            items += [read(item) for item in root.iter("item")]
print(json.dumps(items))
