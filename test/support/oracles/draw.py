"""8-bit images of stored values: by the formulas of PS3.3 in numpy, and by DCMTK."""

import os
import struct

import numpy
from pydicom import dcmread
from pydicom.dataset import Dataset, FileDataset, FileMetaDataset
from pydicom.pixel_data_handlers.util import _expand_segmented_lut
from pydicom.uid import ExplicitVRLittleEndian

from decode import ROOT, Header, Undecodable, read_pnm, run

SEGMENTATIONS = ("1.2.840.10008.5.1.4.1.1.66.4", "1.2.840.10008.5.1.4.1.1.66.7")


def groups(ds, frame):
    """Places where functional groups of a frame may stand, the most special first."""
    per_frame = ds.get("PerFrameFunctionalGroupsSequence", None) or []
    shared = ds.get("SharedFunctionalGroupsSequence", None) or []
    own = [per_frame[frame - 1]] if frame <= len(per_frame) else []
    return own + list(shared[:1])


def rescale(ds, frame):
    """Slope and intercept: PS3.3 C.7.6.16.2.9, else C.11.1."""
    places = [group.PixelValueTransformationSequence[0] for group in groups(ds, frame) if group.get("PixelValueTransformationSequence")]
    for place in places + [ds]:
        slope, intercept = place.get("RescaleSlope", None), place.get("RescaleIntercept", None)
        if slope is None and intercept is None:
            continue
        slope = 1.0 if slope is None or float(slope) == 0 else float(slope)
        return slope, 0.0 if intercept is None else float(intercept)
    # PS3.3 C.8.8.3.2: the values of a dose are the stored ones times the scaling.
    return float(ds.get("DoseGridScaling", None) or 1.0), 0.0


def table(item, signed, little):
    """First value mapped, bits and entries of one item of a LUT sequence: PS3.3 C.11.1.1."""
    count, first, bits = (int(value) for value in item.LUTDescriptor)
    count = count or 65536
    first = first - 65536 if signed and first > 32767 else first
    data = item.LUTData
    if isinstance(data, bytes):
        entries = words(data, count, little)
    else:
        entries = numpy.array(data, dtype=numpy.int64).reshape(-1)[:count]
    needed = max(8, int(entries.max()).bit_length())
    return first, max(bits, needed) if 8 <= bits <= 16 else needed, entries.astype(numpy.int64)


def words(data, count, little):
    """Entries of 16 bits, or of 8 bits, two to a word (PS3.3 C.7.6.3.1.6)."""
    swapped = numpy.frombuffer(data[: len(data) // 2 * 2], "<u2" if little else ">u2").astype("<u2")
    return swapped[:count] if len(data) >= 2 * count else swapped.view("u1")[:count]


def look_up(values, first, entries):
    return entries[numpy.clip(numpy.rint(values).astype(numpy.int64) - first, 0, len(entries) - 1)]


def padding(ds, head):
    """Stored values that stand for no measurement, low and high, or None."""
    if head.float is not None:
        keyword = "FloatPixelPaddingValue" if head.float == "f4" else "DoubleFloatPixelPaddingValue"
        value = ds.get(keyword, None)
        return None if value is None else (value, value)
    value = ds.get("PixelPaddingValue", None)
    if value is None or head.allocated > 16:
        return None
    limit = ds.get("PixelPaddingRangeLimit", None)
    ends = [int(value), int(value if limit is None else limit)]
    half, full = 1 << (head.stored - 1), 1 << head.stored
    ends = [end - full if head.signed and half <= end < full else end for end in ends]
    return min(ends), max(ends)


def grey(values, ds, head, frame, transform):
    """Levels 0 to 255 of one grey frame; the window is the one the gateway says it has applied."""
    if str(ds.get("SOPClassUID", "")) in SEGMENTATIONS:
        return segmentation(values, ds, head)
    slope, intercept = rescale(ds, frame)
    modality = ds.get("ModalityLUTSequence", None)
    stored = values
    if modality:
        first, _, entries = table(modality[0], head.signed, ds.is_little_endian)
        values = look_up(values, first, entries)
    else:
        values = values * slope + intercept
    window, voi = transform.get("window"), ds.get("VOILUTSequence", None)
    if window:
        center, width, kind = window["center"], window["width"], window["voiFunction"]
        if kind == "SIGMOID":
            levels = 255 / (1 + numpy.exp(-4 * (values - center) / width))
        elif kind == "LINEAR_EXACT":
            levels = ((values - center) / width + 0.5) * 255
        elif width == 1:
            levels = numpy.where(values <= center - 0.5, 0.0, 255.0)
        else:
            levels = ((values - (center - 0.5)) / (width - 1) + 0.5) * 255
    elif voi and transform.get("voiTable"):
        signed = not modality and (head.signed or intercept < 0 or slope < 0)
        first, bits, entries = table(voi[0], signed, ds.is_little_endian)
        levels = look_up(values, first, entries) * (255 / (2**bits - 1))
    else:
        gap = padding(ds, head)
        kept = values[numpy.isfinite(stored)] if gap is None else values[numpy.isfinite(stored) & ((stored < gap[0]) | (stored > gap[1]))]
        low, high = (kept.min(), kept.max()) if kept.size else (0, 0)
        if head.stored == 1:
            low, high = 0, 1
        levels = (values - low) * (255 / (high - low)) if high > low else values * 0.0
    levels = numpy.clip(numpy.nan_to_num(levels, nan=0.0), 0, 255)
    if ds.get("PresentationLUTSequence"):
        _, bits, entries = table(ds.PresentationLUTSequence[0], False, ds.is_little_endian)
        entry = entries[numpy.floor(levels / 255 * (len(entries) - 1) + 0.5).astype(int)]
        return numpy.floor(entry * 255 / (2**bits - 1) + 0.5).astype("u1")
    levels = numpy.floor(levels + 0.5)
    inverse = head.photometric == "MONOCHROME1" or str(ds.get("PresentationLUTShape", "")) == "INVERSE"
    return (255 - levels if inverse else levels).astype("u1")


def segmentation(values, ds, head):
    """White masks, fractions of the maximum, labels evenly over grey in the order of their numbers."""
    if str(ds.get("SOPClassUID", "")) == SEGMENTATIONS[1] or str(ds.get("SegmentationType", "")) == "LABELMAP":
        gap = padding(ds, head)
        background = {0} | (set(range(gap[0], gap[1] + 1)) if gap else set())
        numbers = sorted({int(item.SegmentNumber) for item in ds.SegmentSequence} - background)
        shown = {number: round(255 * (index + 1) / len(numbers)) for index, number in enumerate(numbers)}
        levels = {value: 0 if value in background else shown.get(value, 255) for value in numpy.unique(values).tolist()}
        return numpy.vectorize(levels.get)(values).astype("u1")
    full = int(ds.get("MaximumFractionalValue", 255)) if str(ds.get("SegmentationType", "")) == "FRACTIONAL" and head.allocated > 1 else 1
    return numpy.floor(numpy.minimum(values, full) * 255 / full + 0.5).astype("u1")


def palette(values, ds, head):
    """PS3.3 C.7.6.3.1.5 and C.7.9; pydicom expands segments."""
    planes = []
    for name in ("Red", "Green", "Blue"):
        count, first, bits = (int(value) for value in ds[f"{name}PaletteColorLookupTableDescriptor"].value)
        count, first = count or 65536, first - 65536 if head.signed and first > 32767 else first
        segments = ds.get(f"Segmented{name}PaletteColorLookupTableData", None)
        if segments is not None:
            order = "<" if ds.is_little_endian else ">"
            values_of = struct.unpack(f"{order}{len(segments) // 2}H", segments)
            entries = numpy.array(_expand_segmented_lut(values_of, f"{order}H"))
        else:
            data = ds[f"{name}PaletteColorLookupTableData"].value
            entries = words(data, count, ds.is_little_endian)
        entries = entries[:count].astype(numpy.int64)
        planes.append(entries[numpy.clip(values - first, 0, count - 1)])
    rgb = numpy.stack(planes, 1)
    return (rgb >> 8 if max(plane.max() for plane in planes) > 255 else rgb).astype("u1").reshape(-1)


def color(values, space, ds, head):
    """RGB of one colour frame: PS3.3 C.7.6.3.1.2 and C.7.9."""
    if head.photometric == "PALETTE COLOR":
        return palette(values, ds, head)
    if head.signed:
        values = values + (1 << (head.stored - 1))
    if head.stored > 8:
        values = values >> (head.stored - 8)
    elif head.stored < 8:
        values = numpy.rint(values * (255 / (2**head.stored - 1)))
    count = head.rows * head.columns
    if len(values) < 3 * count:
        pairs = values.reshape(head.rows, -1, 4)
        luminance = pairs[:, :, :2].reshape(head.rows, -1)[:, : head.columns]
        chroma = [numpy.repeat(pairs[:, :, index], 2, axis=1)[:, : head.columns] for index in (2, 3)]
        values = numpy.stack([luminance, *chroma], 2).reshape(-1)
    if space == "RGB":
        return values.astype("u1")
    y, cb, cr = (values.reshape(-1, 3)[:, index].astype(float) for index in range(3))
    if "PARTIAL" in space:
        y, cb, cr = (y - 16) * 255 / 219, (cb - 128) * 255 / 224, (cr - 128) * 255 / 224
    else:
        cb, cr = cb - 128, cr - 128
    rgb = numpy.stack([y + 1.402 * cr, y - 0.344136 * cb - 0.714136 * cr, y + 1.772 * cb], 1)
    return numpy.clip(numpy.rint(rgb), 0, 255).astype("u1").reshape(-1)


def window_options(head, ds, transform, single):
    """Options by which dcmj2pnm applies what the gateway has applied."""
    if head.samples == 3 or head.photometric == "PALETTE COLOR":
        return []
    window = transform.get("window")
    if not window:
        return ["+Wl", "1"] if transform.get("voiTable") else ["+Wm"]
    center, width, kind = window["center"], window["width"], window["voiFunction"]
    if kind == "SIGMOID":
        return ["+Wfs", "+Ww", repr(center), repr(width)]
    if kind == "LINEAR_EXACT":
        # DCMTK 3.6.7 knows LINEAR only: it gives the same line with a centre half a unit and a width one unit larger.
        center, width = center + 0.5, width + 1
    elif not single and first_number(ds, "WindowCenter") == center and first_number(ds, "WindowWidth") == width:
        return ["+Wi", "1"]
    return ["+Wfl", "+Ww", repr(center), repr(width)]


def first_number(ds, keyword):
    value = ds.get(keyword, None)
    try:
        return float(value[0] if hasattr(value, "__getitem__") and not isinstance(value, str) else value)
    except (TypeError, ValueError, IndexError):
        return None


def dcmj2pnm(path, frame, options, folder):
    target = os.path.join(folder, "drawn.pnm")
    run("dcmj2pnm", "-O", "+op", "+F", str(frame), *options, path, target)
    pixels, *_ = read_pnm(target)
    return pixels


def write_single(values, space, ds, head, frame, folder):
    """One frame as an uncompressed object with its own rescale at the top level, which is all DCMTK looks at."""
    if head.float is not None:
        raise Undecodable("DCMTK knows no float pixels")
    one = Dataset()
    for element in ds:
        keep = element.tag.group in (0x0028, 0x2050) or element.keyword in ("SOPClassUID", "SOPInstanceUID", "Modality")
        if keep:
            one[element.tag] = element
    one.NumberOfFrames = 1
    one.BitsAllocated = {1: 8, 12: 16}.get(head.allocated, head.allocated)
    one.BitsStored, one.HighBit = head.stored, head.stored - 1
    if "ModalityLUTSequence" not in one:
        one.RescaleSlope, one.RescaleIntercept = (repr(value)[:16] for value in rescale(ds, frame))
    if head.samples == 3:
        one.PlanarConfiguration = 0
        one.PhotometricInterpretation = space
    kind = f"<{'i' if head.signed else 'u'}{one.BitsAllocated // 8}"
    data = values.astype(kind).tobytes()
    one.PixelData = data + b"\0" * (len(data) % 2)
    one["PixelData"].VR = "OW" if one.BitsAllocated > 8 else "OB"
    meta = FileMetaDataset()
    meta.TransferSyntaxUID = ExplicitVRLittleEndian
    meta.MediaStorageSOPClassUID = ds.get("SOPClassUID", "1.2.840.10008.5.1.4.1.1.7")
    meta.MediaStorageSOPInstanceUID = ds.get("SOPInstanceUID", "1.2.3")
    target = os.path.join(folder, "single.dcm")
    made = FileDataset(target, one, file_meta=meta, preamble=b"\0" * 128)
    made.is_little_endian, made.is_implicit_VR = True, False
    made.save_as(target, write_like_original=False)
    return target


def by_dcmtk(path, ds, head, frame, transform, values, space, folder):
    """What DCMTK draws, and of what: the file itself where dcmj2pnm can read it, else one made of the oracle's values."""
    grouped = any(group.get("PixelValueTransformationSequence") for group in groups(ds, frame))
    if not grouped and "DoseGridScaling" not in ds:
        try:
            return dcmj2pnm(path, frame, window_options(head, ds, transform, False), folder), "dcmj2pnm"
        except Undecodable:
            pass
    single = write_single(values, space, ds, head, frame, folder)
    slope, intercept = rescale(ds, frame)
    if slope != round(slope) and slope > 0 and "ModalityLUTSequence" not in ds:
        transform = in_stored_units(transform, slope, intercept)
        overwrite(single, {"RescaleSlope": "1", "RescaleIntercept": "0"})
    return dcmj2pnm(single, 1, window_options(head, ds, transform, True), folder), "decoded, dcmj2pnm"


def in_stored_units(transform, slope, intercept):
    """The same line of stored values: DCMTK rounds what the rescale gives to whole numbers."""
    window = transform.get("window")
    if not window or window["voiFunction"] == "SIGMOID":
        return transform
    half, more = (0.5, 1) if window["voiFunction"] == "LINEAR" else (0, 0)
    center, width = (window["center"] - half - intercept) / slope, (window["width"] - more) / slope
    return {**transform, "window": {"center": center, "width": width, "voiFunction": "LINEAR_EXACT"}}


def overwrite(path, values):
    ds = dcmread(path)
    for keyword, value in values.items():
        setattr(ds, keyword, value)
    ds.save_as(path)
