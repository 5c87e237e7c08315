"""
Compares what the gateway has decoded, drawn and encoded with what other tools make of the same files. Reads one JSON
object from standard input, {"folder", "jobs"}, and prints one JSON array of rows for each job, a line each, in order.
"""

import io
import json
import os
import sys
import tempfile
import warnings
from concurrent.futures import ThreadPoolExecutor

import numpy
from PIL import Image, ImageCms
from pydicom import dcmread

from decode import Header, Undecodable, oracles
from draw import by_dcmtk, color, grey, rescale
from video import compare_video
from window import compare_window

warnings.simplefilter("ignore")


def difference(ours, theirs):
    """Largest difference and the number of samples that are more than one apart; None where the sizes differ."""
    if ours.size != theirs.size:
        return {"sizes": [int(ours.size), int(theirs.size)]}
    apart = numpy.abs(ours.astype(numpy.float64) - theirs.astype(numpy.float64))
    apart = numpy.nan_to_num(apart, nan=0.0)
    return {"max": float(apart.max()) if apart.size else 0.0, "beyondOne": int((apart > 1).sum()), "of": int(apart.size)}


def psnr(image, pixels):
    apart = numpy.asarray(image).astype(float).reshape(-1) - pixels
    mean = float((apart**2).mean())
    return None if mean == 0 else 10 * numpy.log10(255**2 / mean)


def in_standard_rgb(image, profile):
    """Colours of an ICC profile as those of sRGB, perceptual intent, by LittleCMS."""
    return ImageCms.profileToProfile(
        image, io.BytesIO(profile), ImageCms.createProfile("sRGB"), renderingIntent=ImageCms.Intent.PERCEPTUAL, outputMode="RGB"
    )


def jpeg(one, drawn, profile=None):
    """PSNR against the drawn image: of the gateway's JPEG and of Pillow's at the same quality, both 4:4:4."""
    shape = (one["height"], one["width"]) if one["channels"] == 1 else (one["height"], one["width"], 3)
    buffer = io.BytesIO()
    image = Image.fromarray(drawn.reshape(shape))
    if profile is not None and one["channels"] == 3:
        image = in_standard_rgb(image, bytes(profile))
        drawn = numpy.asarray(image).reshape(-1)
    image.save(buffer, "JPEG", quality=one["quality"], subsampling=0)
    ours = Image.open(one["jpeg"])
    layers = getattr(ours, "layer", [])
    sampled = sorted({(layer[1], layer[2]) for layer in layers})
    return {
        "step": "jpeg",
        "ours": psnr(ours, drawn.astype(float)),
        "pillow": psnr(Image.open(buffer), drawn.astype(float)),
        "bytes": os.path.getsize(one["jpeg"]),
        "pillowBytes": len(buffer.getvalue()),
        "mode": ours.mode,
        "subsampled": len(sampled) > 1,
        "metadata": sorted(key for key in ours.info if key not in ("jfif", "jfif_version", "jfif_unit", "jfif_density")),
    }


def attempt(rows, row, action):
    """Runs one oracle; what it cannot do is said in its row."""
    try:
        rows.append({**row, **action()})
    except Undecodable as error:
        rows.append({**row, "error": str(error)})
    except Exception as error:  # Third-party decoders raise anything.
        rows.append({**row, "error": f"{type(error).__name__}: {error}"[:200]})


def compare_video_file(job):
    """The planes as ffmpeg writes them, with numpy's RGB."""
    rows = []
    for one in job["frames"]:
        drawn = numpy.fromfile(one["drawn"], "u1")
        row = {"frame": one["frame"], "oracle": "ffmpeg+numpy", "step": "drawn"}
        attempt(rows, row, lambda: compare_video(drawn, job["path"], one["frame"]))
        attempt(rows, {"frame": one["frame"], "oracle": "Pillow"}, lambda: jpeg(one, drawn))
    return rows


def compare_frame(job, one, ds, head, decoded, whole, folder):
    rows = []
    frame = one["frame"]
    ours = numpy.fromfile(one["stored"], "<f8")
    base = None
    if "made" in one:
        made = numpy.fromfile(one["made"], "<f8")
        tolerance = one["tolerance"]
        rows.append({"step": "stored", "frame": frame, "oracle": "made", "tolerance": tolerance, **difference(ours, made)})
        base = None if tolerance > 0 else made if head.float else made.astype(numpy.int64)
        whole = {frame: base} if head.frames == 1 and base is not None else None
    for name, frames in decoded.items():
        if isinstance(frames, str):
            rows.append({"step": "stored", "frame": frame, "oracle": name, "error": frames})
            continue
        if frame not in frames:
            rows.append({"step": "stored", "frame": frame, "oracle": name, "error": "frame not found"})
            continue
        rows.append({"step": "stored", "frame": frame, "oracle": name, **difference(ours, frames[frame])})
        # What was made is known; else the first that has read it is believed, and not where it has not.
        base = frames[frame] if base is None and frames[frame].size == ours.size else base
    drawn = numpy.fromfile(one["drawn"], "u1")
    if base is not None:
        colored = head.samples == 3 or head.photometric == "PALETTE COLOR"

        def by_numpy():
            theirs = color(base, one["space"], ds, head) if colored else grey(base, ds, head, frame, one["transform"])
            return difference(drawn, theirs)

        def by_dcmj2pnm():
            theirs, how = by_dcmtk(job["path"], ds, head, frame, one["transform"], base, one["space"], folder)
            return {**difference(drawn, theirs), "how": how}

        attempt(rows, {"step": "drawn", "frame": frame, "oracle": "numpy"}, by_numpy)
        attempt(rows, {"step": "drawn", "frame": frame, "oracle": "DCMTK"}, by_dcmj2pnm)
        if not colored and "ModalityLUTSequence" not in ds:
            slope, intercept = rescale(ds, frame)
            same = [slope, intercept] == [one["transform"]["rescaleSlope"], one["transform"]["rescaleIntercept"]]
            rows.append({"step": "rescale", "frame": frame, "oracle": "pydicom", "same": same})
        window = compare_window(one, ds, head, whole)
        rows += [] if window is None else [window]
    attempt(rows, {"frame": frame, "oracle": "Pillow"}, lambda: jpeg(one, drawn, ds.get("ICCProfile", None)))
    return rows


def compare(job):
    if any(one["stored"] is None for one in job["frames"]):
        return compare_video_file(job)
    rows = []
    with tempfile.TemporaryDirectory(dir=request["folder"]) as folder:
        try:
            ds = dcmread(job["path"], force=True)
            head = Header(ds)
        except Exception as error:
            return [{"step": "stored", "oracle": "pydicom", "error": f"{type(error).__name__}: {error}"[:200]}]
        wanted = [one["frame"] for one in job["frames"]]
        decoded = {}
        for name, decode in oracles(job["syntax"]).items():
            try:
                decoded[name] = decode(job["path"], wanted, folder=folder)
            except Undecodable as error:
                decoded[name] = str(error)
            except Exception as error:  # Third-party decoders raise anything.
                decoded[name] = f"{type(error).__name__}: {error}"[:200]
        opinions = [frames for frames in decoded.values() if not isinstance(frames, str)]
        # An automatic window is of all frames.
        whole = opinions[0] if opinions and len(opinions[0]) == head.frames else None
        for one in job["frames"]:
            rows += compare_frame(job, one, ds, head, decoded, whole, folder)
    return rows


request = json.load(sys.stdin)
with ThreadPoolExecutor(max_workers=os.cpu_count() or 1) as pool:
    for rows in pool.map(compare, request["jobs"]):
        print(json.dumps(rows))
