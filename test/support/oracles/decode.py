"""Stored values of single frames, as tools other than the gateway find them."""

import io
import os
import struct
import subprocess
import zlib

import numpy
from pydicom import dcmread
from pydicom.encaps import generate_pixel_data_frame
from PIL import Image

JPEG = ["50", "51", "53", "55", "57", "70"]
JPEG_LS = ["80", "81"]
JPEG_2000 = ["90", "91"]
HTJ2K = ["201", "202", "203"]
JPEG_XL = ["110", "111", "112"]
ROOT = "1.2.840.10008.1.2"


class Undecodable(Exception):
    pass


def run(*args):
    done = subprocess.run(args, capture_output=True, timeout=120)
    if done.returncode != 0:
        raise Undecodable(f"{os.path.basename(args[0])} ended with {done.returncode}")
    return done


class Header:
    """The Image Pixel module of one file."""

    def __init__(self, ds):
        self.rows = int(ds.Rows)
        self.columns = int(ds.Columns)
        self.samples = int(ds.get("SamplesPerPixel", 1) or 1)
        self.photometric = str(ds.get("PhotometricInterpretation", None) or "MONOCHROME2").upper()
        self.frames = int(ds.get("NumberOfFrames", 1) or 1)
        self.planar = int(ds.get("PlanarConfiguration", 0) or 0) if self.samples == 3 else 0
        self.float = None
        for keyword, kind in (("FloatPixelData", "f4"), ("DoubleFloatPixelData", "f8")):
            if keyword in ds:
                self.float = kind
        if self.float is not None:
            self.allocated = self.stored = 8 * int(self.float[1])
            self.high, self.signed = self.allocated - 1, True
            return
        self.allocated = int(ds.BitsAllocated)
        self.stored = int(ds.get("BitsStored", self.allocated))
        self.high = int(ds.get("HighBit", self.stored - 1))
        if self.high < self.stored - 1 or self.high >= self.allocated:
            self.high = self.stored - 1
        self.signed = int(ds.get("PixelRepresentation", 0) or 0) == 1


def cut(cells, head):
    """Stored values out of cells: PS3.5 8.1.1."""
    values = (cells.astype(numpy.int64) >> (head.high + 1 - head.stored)) & ((1 << head.stored) - 1)
    if head.signed and head.allocated > 1:
        values = numpy.where(values >= 1 << (head.stored - 1), values - (1 << head.stored), values)
    return values


def native(path, frames, **_):
    """Uncompressed pixel data, read with numpy."""
    ds = dcmread(path, force=True)
    head = Header(ds)
    order = ">" if str(ds.file_meta.get("TransferSyntaxUID", "")) == ROOT + ".2" else "<"
    data = bytes(ds.get("PixelData", None) or ds.get("FloatPixelData", None) or ds.get("DoubleFloatPixelData"))
    if order == ">" and head.float is None and head.allocated != 16 and ds["PixelData"].VR == "OW":
        # PS3.5 8.1.1: words of 16 bits are swapped, whatever they hold; the least significant word comes first.
        data, order = numpy.frombuffer(data, ">u2").astype("<u2").tobytes(), "<"
    count = head.rows * head.columns * head.samples
    paired = head.photometric in ("YBR_FULL_422", "YBR_PARTIAL_422")
    # Tools that decode JPEG leave the photometric interpretation of the code stream and give three samples.
    if paired and len(data) < count * head.frames * head.allocated // 8:
        count = head.rows * ((head.columns + 1) // 2) * 4
    out = {}
    if head.allocated == 1:
        bits = numpy.unpackbits(numpy.frombuffer(data, "u1"), bitorder="little")
        for frame in frames:
            out[frame] = bits[(frame - 1) * count : frame * count].astype(numpy.int64)
        return out
    kind = head.float or f"u{(head.allocated + 7) // 8}"
    if head.allocated == 12:
        # ACR-NEMA: two cells in three bytes
        first, middle, last = numpy.frombuffer(data, "u1").astype("<u2").reshape(-1, 3).T
        data = numpy.stack([first | (middle & 15) << 8, middle >> 4 | last << 4], axis=1).astype("<u2").tobytes()
        kind = "u2"
    cells = numpy.frombuffer(data, order + kind, count=count * head.frames)
    for frame in frames:
        one = cells[(frame - 1) * count : frame * count]
        if head.planar == 1:
            one = one.reshape(3, -1).T.reshape(-1)
        out[frame] = one.astype(numpy.float64) if head.float else cut(one, head)
    return out


def by_tool(*command):
    def decode(path, frames, folder, **_):
        target = os.path.join(folder, f"{os.path.basename(command[0])}.dcm")
        run(*command, path, target)
        return native(target, frames)

    return decode


def encoded(path, frames):
    """Header and encoded bytes of the frames asked for."""
    ds = dcmread(path, force=True)
    head = Header(ds)
    parts = {}
    for index, data in enumerate(generate_pixel_data_frame(ds.PixelData, head.frames)):
        if index + 1 in frames:
            parts[index + 1] = data
    return ds, head, parts


def by_frame(decode):
    def all_frames(path, frames, folder, **_):
        _, head, parts = encoded(path, frames)
        return {frame: decode(data, head, folder) for frame, data in parts.items()}

    return all_frames


def save(folder, name, data):
    path = os.path.join(folder, name)
    with open(path, "wb") as file:
        file.write(data)
    return path


def openjpeg(data, head, folder):
    boxed = data[4:8] == b"jP  "
    source = save(folder, "frame.jp2" if boxed else "frame.j2k", data)
    target = os.path.join(folder, "frame.rawl")
    run("opj_decompress", "-i", source, "-o", target)
    # SIZ: Ssiz of the first component is byte 42 after the start of the code stream.
    start = data.index(b"\xff\x4f\xff\x51")
    sign, depth = data[start + 42] >> 7, (data[start + 42] & 0x7F) + 1
    kind = ("<i" if sign else "<u") + ("1" if depth <= 8 else "2")
    planes = numpy.fromfile(target, kind).astype(numpy.int64).reshape(head.samples, -1)
    return as_header_says(planes.T.reshape(-1), head, depth, bool(sign))


def as_header_says(values, head, depth, sign):
    """A code stream of all bits stored is read by Pixel Representation, a narrower one by its own sign."""
    if depth < head.stored or sign == head.signed:
        return values
    half, full = 1 << (head.stored - 1), 1 << head.stored
    low = values & (full - 1)
    return numpy.where(low >= half, low - full, low) if head.signed else low


def read_pnm(path):
    """Binary PNM of any depth: values, interleaved, and the number of channels."""
    with open(path, "rb") as file:
        data = file.read()
    fields, at = [], 0
    while len(fields) < 4:
        while data[at : at + 1].isspace():
            at += 1
        if data[at : at + 1] == b"#":
            at = data.index(b"\n", at)
            continue
        end = at
        while not data[end : end + 1].isspace():
            end += 1
        fields.append(data[at:end])
        at = end
    width, height, top = (int(field) for field in fields[1:])
    channels = 3 if fields[0] == b"P6" else 1
    values = numpy.frombuffer(data, "u1" if top < 256 else ">u2", offset=at + 1)
    return values[: width * height * channels].astype(numpy.int64), width, height, channels


def openjph(data, head, folder):
    source = save(folder, "frame.j2c", data[data.index(b"\xff\x4f\xff\x51") :])
    start = data.index(b"\xff\x4f\xff\x51")
    if data[start + 42] >> 7:
        raise Undecodable("ojph_expand writes no signed samples")
    target = os.path.join(folder, "frame.ppm" if head.samples == 3 else "frame.pgm")
    run("ojph_expand", "-i", source, "-o", target)
    return read_pnm(target)[0]


def djxl(data, head, folder):
    source = save(folder, "frame.jxl", data)
    target = os.path.join(folder, "frame.ppm" if head.samples == 3 else "frame.pgm")
    run("djxl", source, target, "--quiet")
    return read_pnm(target)[0]


def djxl_jpeg(data, head, folder):
    """The JPEG file that was recompressed, decoded by libjpeg-turbo."""
    source = save(folder, "frame.jxl", data)
    target = os.path.join(folder, "frame.jpg")
    run("djxl", source, target, "--quiet")
    image = Image.open(target)
    return numpy.asarray(image.convert("RGB" if head.samples == 3 else "L")).astype(numpy.int64).reshape(-1)


def plain(data, head, folder):
    count = head.rows * head.columns * head.samples
    if head.allocated == 1:
        return numpy.unpackbits(numpy.frombuffer(data, "u1"), bitorder="little")[:count].astype(numpy.int64)
    order = f"<u{head.allocated // 8}"
    if len(data) < count * head.allocated // 8 and head.photometric.endswith("_422"):
        count = head.rows * ((head.columns + 1) // 2) * 4
    one = numpy.frombuffer(data, order, count=count)
    return cut(one.reshape(3, -1).T.reshape(-1) if head.planar == 1 else one, head)


def inflated(data, head, folder):
    return plain(zlib.decompressobj(-15).decompress(data), head, folder)


def rle(data, head, folder):
    """PS3.5 Annex G, pydicom's decoder of segments."""
    from pydicom.pixel_data_handlers.rle_handler import _rle_decode_frame

    raw = _rle_decode_frame(data, head.rows, head.columns, head.samples, head.allocated)
    planes = numpy.frombuffer(raw, f"<u{head.allocated // 8}").reshape(head.samples, -1)
    return cut(planes.T.reshape(-1), head)


def libjpeg_turbo(data, head, folder):
    """JPEG of 8 bits by Pillow, without conversion of colours."""
    try:
        image = Image.open(io.BytesIO(data))
    except OSError as error:
        raise Undecodable("libjpeg-turbo decodes 8 bits only") from error
    if head.samples == 3 and image.mode == "RGB" and ybr_stream(data, head):
        image.draft("YCbCr", None)
    return numpy.asarray(image).astype(numpy.int64).reshape(-1)


def ybr_stream(data, head):
    if b"Adobe" in data[:4096]:
        at = data.index(b"Adobe")
        return data[at + 11] == 1
    if b"JFIF" in data[:64]:
        return True
    ids = jpeg_component_ids(data)
    return ids != b"RGB" and ids != b"rgb"


def jpeg_component_ids(data):
    at = 2
    while at + 4 < len(data):
        marker, length = data[at + 1], struct.unpack(">H", data[at + 2 : at + 4])[0]
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            return bytes(data[at + 10 + 3 * index] for index in range(data[at + 9]))
        at += 2 + length
    return b""


def oracles(syntax):
    """Decoders of a transfer syntax by name, the most independent first."""
    last = syntax.removeprefix(ROOT + ".4.")
    gdcm = {"GDCM": by_tool("gdcmconv", "--raw")}
    if syntax in (ROOT, ROOT + ".1", ROOT + ".2", ROOT + ".1.99", ""):
        return {"numpy": native}
    if syntax == ROOT + ".1.98":
        return {"numpy": by_frame(plain)}
    if syntax == ROOT + ".8.1":
        return {"zlib": by_frame(inflated)}
    if syntax == ROOT + ".5":
        return {"pydicom": by_frame(rle), "DCMTK": by_tool("dcmdrle"), **gdcm}
    if last in JPEG:
        eight = {"libjpeg-turbo": by_frame(libjpeg_turbo)} if last in ("50", "51") else {}
        return {"DCMTK": by_tool("dcmdjpeg", "+cn"), **gdcm, **eight}
    if last in JPEG_LS:
        return {"DCMTK": by_tool("dcmdjpls"), **gdcm}
    if last in JPEG_2000:
        return {"OpenJPEG": by_frame(openjpeg), **gdcm}
    if last in HTJ2K:
        return {"OpenJPEG": by_frame(openjpeg), "OpenJPH": by_frame(openjph)}
    if last == "111":
        return {"libjxl": by_frame(djxl), "libjxl+libjpeg": by_frame(djxl_jpeg)}
    if last in JPEG_XL:
        return {"libjxl": by_frame(djxl)}
    return {}
