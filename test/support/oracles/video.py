"""
Frames of videos: planes by ffmpeg, colours by the formulas of ITU-R BT.601 and BT.709 in numpy. How chrominance is spread
over the pixels is nowhere fixed, so luminance is compared by pixel and colour on the average.
"""

import json
import subprocess

import numpy
from pydicom import dcmread

from decode import Undecodable

# Weights of red and blue in the luminance.
WEIGHTS = {"bt709": (0.2126, 0.0722), "smpte170m": (0.299, 0.114), "bt470bg": (0.299, 0.114)}


def compare_video(drawn, path, frame):
    """Largest difference of luminance in levels of RGB, and the mean difference of red, green and blue."""
    theirs, (red, blue) = video(path, frame)
    ours = drawn.reshape(-1, 3).astype(float)
    if ours.shape != theirs.shape:
        return {"sizes": [int(ours.size), int(theirs.size)]}
    weights = numpy.array([red, 1 - red - blue, blue])
    # Colours outside RGB are cut, and their luminance with them.
    inside = ((ours > 0) & (ours < 255) & (theirs > 0) & (theirs < 255)).all(axis=1)
    luminance = numpy.abs((ours - theirs) @ weights)[inside]
    mean = float(numpy.abs(ours - theirs).mean())
    if mean > 0.5:
        raise Undecodable(f"colours differ by {mean:.2f} on the average")
    return {"max": round(float(luminance.max()), 2), "beyondOne": int((luminance > 1).sum()), "of": int(luminance.size)}


def video(path, frame):
    """RGB of one frame, counted from 1 in the order of display, and the weights of red and blue."""
    ds = dcmread(path, force=True)
    stream = stream_of(ds)
    probe = subprocess.run(
        ["ffprobe", "-v", "error", "-select_streams", "v:0", "-show_streams", "-of", "json", "-"], input=stream, capture_output=True
    )
    (found,) = json.loads(probe.stdout)["streams"]
    width, height = int(found["width"]), int(found["height"])
    done = subprocess.run(
        ["ffmpeg", "-v", "error", "-i", "-", "-map", "0:v:0", "-vsync", "passthrough", "-f", "rawvideo", "-pix_fmt", "yuv420p", "-"],
        input=stream,
        capture_output=True,
    )
    size = width * height + 2 * ((width + 1) // 2) * ((height + 1) // 2)
    planes = numpy.frombuffer(done.stdout, "u1")[(frame - 1) * size : frame * size].astype(float)
    if planes.size != size:
        raise Undecodable("frame not found")
    chroma = ((height + 1) // 2, (width + 1) // 2)
    y = planes[: width * height].reshape(height, width)
    cb, cr = (half.reshape(chroma) for half in numpy.split(planes[width * height :], 2))
    red, blue = WEIGHTS.get(found.get("color_space"), WEIGHTS["smpte170m"])
    full = found.get("color_range") == "pc"
    return rgb(y, spread(cb, y.shape), spread(cr, y.shape), red, blue, full).reshape(-1, 3), (red, blue)


def stream_of(ds):
    from pydicom.encaps import generate_pixel_data_fragment, get_frame_offsets
    from pydicom.filebase import DicomBytesIO

    file = DicomBytesIO(ds.PixelData)
    file.is_little_endian = True
    get_frame_offsets(file)
    return b"".join(generate_pixel_data_fragment(file))


def spread(half, shape):
    """Chrominance of every pixel, linearly between samples that lie between two columns and two rows."""
    rows = numpy.clip((numpy.arange(shape[0]) - 0.5) / 2, 0, half.shape[0] - 1)
    columns = numpy.clip((numpy.arange(shape[1]) - 0.5) / 2, 0, half.shape[1] - 1)
    top, left = numpy.floor(rows).astype(int), numpy.floor(columns).astype(int)
    low, right = numpy.minimum(top + 1, half.shape[0] - 1), numpy.minimum(left + 1, half.shape[1] - 1)
    down, across = (rows - top)[:, None], (columns - left)[None, :]
    upper = half[top][:, left] * (1 - across) + half[top][:, right] * across
    lower = half[low][:, left] * (1 - across) + half[low][:, right] * across
    return upper * (1 - down) + lower * down


def rgb(y, cb, cr, red, blue, full):
    y, scale = (y / 255, 255) if full else ((y - 16) / 219, 224)
    cb, cr = (cb - 128) / scale, (cr - 128) / scale
    r = y + 2 * (1 - red) * cr
    b = y + 2 * (1 - blue) * cb
    g = (y - red * r - blue * b) / (1 - red - blue)
    return numpy.clip(numpy.rint(numpy.stack([r, g, b], 2) * 255), 0, 255)
