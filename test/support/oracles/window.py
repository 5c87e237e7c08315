"""The window of a grey image: the one it states, read with pydicom, else the automatic one, made with numpy."""

import math

import numpy

from draw import SEGMENTATIONS, groups, look_up, padding, rescale, table

PET = ("1.2.840.10008.5.1.4.1.1.128", "1.2.840.10008.5.1.4.1.1.128.1", "1.2.840.10008.5.1.4.1.1.130")
CT = tuple(f"1.2.840.10008.5.1.4.1.1.2{end}" for end in ("", ".1", ".2"))
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
    if low >= high:
        return exact(values.min(), values.max())
    # What CT devices put outside the circle is below air.
    unit = next((str(place.get("RescaleType", None) or "HU") for place in transformations(ds)), "HU")
    is_hounsfield = uid in CT and unit == "HU" and "LOCALIZER" not in str(ds.get("ImageType", ""))
    return exact(max(low, -1024.0) if is_hounsfield and high > -1024 else low, high)


def transformations(ds):
    """Where the first frame's Rescale Type may stand, the most special first."""
    return [group.PixelValueTransformationSequence[0] for group in groups(ds, 1) if group.get("PixelValueTransformationSequence")] + [ds]


def percentiles(values):
    """Half a per cent off at either end; a value of more than half of all pixels is background: in, but not counted."""
    distinct, counts = numpy.unique(values, return_counts=True)
    background = distinct[counts > values.size / 2]
    inner = numpy.sort(values[~numpy.isin(values, background)])
    if inner.size == 0:
        return distinct[0], distinct[-1]
    outside = int(inner.size * 0.005)
    low, high = inner[min(outside, inner.size - 1)], inner[max(inner.size - 1 - outside, 0)]
    return min([low, *background]), max([high, *background])


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
