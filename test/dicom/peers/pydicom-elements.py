"""Prints one JSON line per file given on standard input: what pydicom reads, element by element.

{"file", "error"} or {"file", "transferSyntax", "elements": [[path, VR, length, SHA-1 of the raw value, texts|null]]}
A path is made of tags and item numbers, "00081140/0/00081150". Encapsulated pixel data is hashed as received.
"""
import hashlib
import json
import sys
import warnings

warnings.simplefilter("ignore")
import pydicom
import pydicom._private_dict
from pydicom import config
from pydicom.dataelem import RawDataElement
from pydicom.filewriter import correct_ambiguous_vr

config.replace_un_with_known_vr = False
# Private elements of implicit VR stay UN, as the standard has it.
pydicom._private_dict.private_dictionaries.clear()
TEXT = {"AE", "AS", "CS", "DA", "DS", "DT", "IS", "LO", "LT", "PN", "SH", "ST", "TM", "UC", "UI", "UR", "UT"}


def raw_values(dataset, prefix, out):
    for tag in sorted(dataset.keys()):
        element = dataset.get_item(tag)
        path = prefix + "%08X" % tag
        if isinstance(element, RawDataElement):
            value = element.value or b""
            if element.VR == "SQ" or (element.VR is None and dataset[tag].VR == "SQ"):
                value = None
            out[path] = value
        elif element.VR != "SQ":
            out[path] = element.value if isinstance(element.value, bytes) else None
        if dataset[tag].VR == "SQ":
            out[path] = None
            for number, item in enumerate(dataset[tag].value):
                raw_values(item, "%s/%d/" % (path, number), out)


def texts(element):
    if element.VR not in TEXT or element.value is None:
        return None
    value = element.value
    if isinstance(value, (str, bytes)) or not hasattr(value, "__iter__") or element.VR == "PN" and not element.VM > 1:
        value = [value]
    return [str(v.original_string) if hasattr(v, "original_string") and element.VR in ("DS", "IS") else str(v) for v in value]


def described(dataset, prefix, raw, out):
    for element in dataset:
        path = prefix + "%08X" % element.tag
        value = raw.get(path)
        digest = None if value is None else hashlib.sha1(value).hexdigest()
        out.append([path, element.VR, None if value is None else len(value), digest, texts(element)])
        if element.VR == "SQ":
            for number, item in enumerate(element.value):
                described(item, "%s/%d/" % (path, number), raw, out)


for line in sys.stdin:
    name = line.rstrip("\n")
    try:
        dataset = pydicom.dcmread(name, force=True)
        raw, out = {}, []
        raw_values(dataset, "", raw)
        try:
            correct_ambiguous_vr(dataset, True)
        except Exception:
            pass
        described(dataset, "", raw, out)
        syntax = getattr(dataset.file_meta, "TransferSyntaxUID", None)
        result = {"file": name, "transferSyntax": syntax, "elements": out}
    except Exception as error:
        result = {"file": name, "error": type(error).__name__ + ": " + str(error)[:100]}
    print(json.dumps(result))
