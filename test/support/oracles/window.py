"""The window of a grey image: the one it states, read with pydicom, else the automatic one, made with numpy."""

import math

import numpy

from draw import SEGMENTATIONS, groups, look_up, padding, rescale, table

PET = ("1.2.840.10008.5.1.4.1.1.128", "1.2.840.10008.5.1.4.1.1.128.1", "1.2.840.10008.5.1.4.1.1.130")
NUCLEAR = ("1.2.840.10008.5.1.4.1.1.20", "1.2.840.10008.5.1.4.1.1.5")


def several(value):
    if value is None or value == "":
        return []
    return [float(one) for one in (value if hasattr(value, "__iter__") and not isinstance(value, str) else [value])]


def stated(ds, frame):
    """First window of the frame's group, of the shared one, of the image (PS3.3 C.7.6.16.2.10, C.11.2); 'table', or None."""
    places = [group.FrameVOILUTSequence[0] for group in groups(ds, frame) if group.get("FrameVOILUTSequence")]
    for place in places + [ds]:
        for center, width in zip(several(place.get("WindowCenter", None)), several(place.get("WindowWidth", None))):
            if math.isfinite(center) and math.isfinite(width) and width > 0:
                kind = str(place.get("VOILUTFunction", None) or "LINEAR")
                if kind not in ("SIGMOID", "LINEAR_EXACT"):
                    kind = "LINEAR_EXACT" if width < 1 else "LINEAR"
                return {"center": center, "width": width, "voiFunction": kind}
        if place.get("VOILUTSequence"):
            return "table"
    return None


def automatic(frames, ds, head):
    """
    The window docs/pixel-formats.md promises where the image states none, from the stored values of all its frames; None
    where wide values are sampled.
    """
    modality = ds.get("ModalityLUTSequence", None)
    uid, device = str(ds.get("SOPClassUID", "")), str(ds.get("Modality", ""))
    dose = uid == "1.2.840.10008.5.1.4.1.1.481.2" or device == "RTDOSE"
    counting = uid in PET + NUCLEAR or device in ("PT", "NM")
    kept = []
    for frame, stored in frames.items():
        gap = padding(ds, head)
        rest = stored if gap is None else stored[(stored < gap[0]) | (stored > gap[1])]
        slope, intercept = rescale(ds, frame)
        if modality:
            first, _, entries = table(modality[0], head.signed, ds.is_little_endian)
            kept.append(look_up(rest, first, entries))
        else:
            kept.append(rest * slope + intercept)
    values = numpy.concatenate(kept)
    values = values[numpy.isfinite(values)]
    if (head.stored == 1 and not head.signed) or (head.float is None and head.stored <= 8 and not head.signed and not modality and not dose and not counting):
        slope, intercept = rescale(ds, 1)
        ends = [intercept, (2**head.stored - 1) * slope + intercept]
        return exact(min(ends), max(ends))
    if values.size == 0 or ((head.float is not None or head.stored > 16) and not dose):
        return None
    if dose:
        return exact(min(0.0, values.min()), values.max())
    low, high = percentiles(values)
    if counting and high > 0:
        return exact(0.0, high)
    return exact(low, high) if low < high else exact(values.min(), values.max())


def percentiles(values):
    """Half a per cent off at either end; a least or greatest value of more than half of all pixels is background."""
    ordered = numpy.sort(values)
    least, greatest = ordered[0], ordered[-1]
    dark, bright = (ordered == least).mean() > 0.5, (ordered == greatest).mean() > 0.5
    inner = ordered
    if dark:
        inner = inner[inner > least]
    if bright:
        inner = inner[inner < greatest]
    if inner.size == 0:
        return least, greatest
    outside = inner.size * 0.005
    low = least if dark else inner[min(int(outside), inner.size - 1)]
    high = greatest if bright else inner[max(inner.size - 1 - int(outside), 0)]
    return low, high


def exact(low, high):
    width = high - low
    if width <= 0 or not math.isfinite(width):
        return {"center": low + 0.5, "width": 1.0, "voiFunction": "LINEAR_EXACT"}
    return {"center": low + width / 2, "width": width, "voiFunction": "LINEAR_EXACT"}


def compare_window(one, ds, head, all_frames):
    """A row that tells whether the gateway's window is the one stated or promised; None where there is none to tell."""
    if head.samples == 3 or head.photometric == "PALETTE COLOR" or str(ds.get("SOPClassUID", "")) in SEGMENTATIONS:
        return None
    ours, theirs, oracle = one["transform"]["window"], stated(ds, one["frame"]), "pydicom"
    if theirs is None and all_frames is not None:
        theirs, oracle = automatic(all_frames, ds, head), "numpy"
    if theirs is None:
        return None
    if theirs == "table" or ours is None:
        same = theirs == "table" and ours is None and one["transform"]["voiTable"]
    else:
        near = all(math.isclose(ours[key], theirs[key], rel_tol=1e-9, abs_tol=1e-9) for key in ("center", "width"))
        same = near and ours["voiFunction"] == theirs["voiFunction"]
    return {"step": "window", "frame": one["frame"], "oracle": oracle, "same": bool(same), "how": f"{ours}, not {theirs}"}
