"""Pictures to write on: given ones, slices of given volumes, and drawn ones that look like what scanners make."""

import glob
import plistlib
import random
import tarfile

import numpy as np
from PIL import Image, ImageDraw, ImageFilter


class Backgrounds:
    """Gives one picture after another, `size` pixels on each side, as bytes of red, green and blue."""

    def __init__(self, folders, volumes, photographs):
        self.pictures = [np.asarray(Image.open(path).convert("RGB")) for folder in folders for path in sorted(glob.glob(folder + "/*.png"))]
        self.volumes = [volume_of(path) for path in volumes]
        self.photographs = []
        for path in photographs:
            photograph = Image.open(path).convert("RGB")
            photograph.thumbnail((1400, 1400))
            self.photographs.append(np.asarray(photograph))

    def one(self, rng, size):
        kind = rng.random()
        if kind < 0.5 and self.pictures:
            picture = rng.choice(self.pictures)
        elif kind < 0.69 and self.volumes:
            picture = slice_of(rng, rng.choice(self.volumes))
        elif kind < 0.75 and self.photographs:
            picture = rng.choice(self.photographs)
        else:
            return drawn(rng, size)
        return changed(rng, cut(rng, picture, size))


def volume_of(path):
    """Values of a NIfTI file, or of a project of InVesalius, without the outermost of them, from 0 to 1."""
    if path.endswith(".inv3"):
        values = project_of(path)
    else:
        import nibabel

        values = np.asarray(nibabel.load(path).dataobj, dtype=np.float32)
    low, high = np.percentile(values, [1, 99.9])
    return np.clip((values - low) / (high - low + 1e-6), 0, 1).astype(np.float16)


def project_of(path):
    with tarfile.open(path) as files:
        member = lambda end: next(m for m in files if m.name.endswith(end))
        about = plistlib.load(files.extractfile(member("main.plist")))["matrix"]
        values = np.frombuffer(files.extractfile(member(about["filename"])).read(), dtype=about["dtype"])
    return values.reshape(about["shape"]).astype(np.float32)


def slice_of(rng, volume):
    """A slice through a window of some width, or the mean or most of a thick one, as a radiograph has it."""
    axis = rng.randrange(3)
    length = volume.shape[axis]
    at = rng.randrange(int(length * 0.1), int(length * 0.9))
    values = np.moveaxis(volume, axis, 0)
    if rng.random() < 0.3:
        slab = values[max(0, at - rng.randrange(2, 60)) : at + 2].astype(np.float32)
        plane = slab.mean(axis=0) if rng.random() < 0.7 else slab.max(axis=0)
        plane = plane / max(1e-3, float(plane.max()))
    else:
        plane = values[at].astype(np.float32)
    if rng.random() < 0.5:
        middle, width = rng.uniform(0.1, 0.9), rng.uniform(0.08, 0.8)
        plane = np.clip((plane - middle) / width + 0.5, 0, 1)
    plane = (plane * 255).astype(np.uint8)
    if rng.random() < 0.3:  # voxels are longer along one side
        factor = rng.uniform(0.6, 1.8)
        plane = np.asarray(Image.fromarray(plane).resize((max(16, int(plane.shape[1] * factor)), plane.shape[0]), Image.BICUBIC))
    plane = np.rot90(plane, rng.randrange(4))
    if rng.random() < 0.15:  # a montage
        rows, columns = rng.randrange(2, 4), rng.randrange(2, 5)
        plane = np.tile(plane, (rows, columns))
    return np.repeat(plane[:, :, None], 3, axis=2)


def cut(rng, picture, size):
    """A piece of the picture, enlarged or reduced; repeated black around where the picture is smaller."""
    height, width = picture.shape[:2]
    scale = np.exp(rng.uniform(np.log(0.5), np.log(2.2)))
    need = max(8, int(size / scale))
    if need >= height and need >= width and rng.random() < 0.7:
        need = max(8, min(height, width))
    left = rng.randrange(-need // 6, max(1, width - need + need // 6))
    top = rng.randrange(-need // 6, max(1, height - need + need // 6))
    piece = np.zeros((need, need, 3), np.uint8)
    piece[:] = rng.choice([0, 0, 0, 255, 16, rng.randrange(256)])
    x0, y0, x1, y1 = max(0, left), max(0, top), min(width, left + need), min(height, top + need)
    if x1 > x0 and y1 > y0:
        piece[y0 - top : y1 - top, x0 - left : x1 - left] = picture[y0:y1, x0:x1]
    way = rng.choice([Image.NEAREST, Image.BILINEAR, Image.BICUBIC, Image.BICUBIC])
    return np.asarray(Image.fromarray(piece).resize((size, size), way))


def changed(rng, picture):
    if rng.random() < 0.5:
        picture = picture[:, ::-1]
    if rng.random() < 0.3:
        picture = picture[::-1]
    if rng.random() < 0.3:
        picture = np.transpose(picture, (1, 0, 2))
    values = picture.astype(np.float32)
    if rng.random() < 0.5:  # another window
        low, high = rng.uniform(-60, 120), rng.uniform(130, 330)
        values = (values - low) / (high - low) * 255
    if rng.random() < 0.3:
        values = 255 * np.power(np.clip(values, 0, 255) / 255, rng.uniform(0.4, 2.2))
    if rng.random() < 0.2:
        values = 255 - values
    if rng.random() < 0.25:
        values = values + np.random.default_rng(rng.getrandbits(32)).normal(0, rng.uniform(1, 14), values.shape[:2])[:, :, None]
    return np.clip(values, 0, 255).astype(np.uint8)


def noise_field(rng, size, cell):
    count = max(2, size // cell + 2)
    field = np.random.default_rng(rng.getrandbits(32)).integers(0, 256, (count, count), dtype=np.uint8)
    return np.asarray(Image.fromarray(field).resize((size, size), Image.BICUBIC), dtype=np.float32)


def drawn(rng, size):
    """Flat, shaded, speckled and grained grounds with soft shapes."""
    kind = rng.randrange(6)
    base = rng.choice([0, 0, 0, 0, 8, 20, 255, 255, 240, rng.randrange(256), rng.randrange(256)])
    values = np.full((size, size), float(base), np.float32)
    noise = np.random.default_rng(rng.getrandbits(32))
    if kind >= 1:
        cell = rng.choice([3, 5, 9, 20, 40, 80, 160])
        values = values + (noise_field(rng, size, cell) - 128) * rng.uniform(0.05, 1.2)
    if kind >= 2:
        values = values + noise.normal(0, rng.uniform(1, 30), values.shape)
        if rng.random() < 0.5:
            values = blurred(values, rng.uniform(0.4, 2))
    if kind >= 3:
        layer = Image.new("L", (size, size), 0)
        pen = ImageDraw.Draw(layer)
        for _ in range(rng.randrange(1, 14)):
            x, y = rng.randrange(-50, size + 50), rng.randrange(-50, size + 50)
            w, h = int(np.exp(rng.uniform(1, 5.3))), int(np.exp(rng.uniform(1, 5.3)))
            shade = rng.randrange(256)
            shape = rng.randrange(4)
            if shape == 0:
                pen.ellipse((x, y, x + w, y + h), fill=shade)
            elif shape == 1:
                pen.ellipse((x, y, x + w, y + h), outline=shade, width=rng.randrange(1, 8))
            elif shape == 2:
                pen.polygon([(x + rng.randrange(-w, w + 1), y + rng.randrange(-h, h + 1)) for _ in range(rng.randrange(3, 7))], fill=shade)
            else:
                pen.arc((x, y, x + w, y + h), rng.randrange(360), rng.randrange(360), fill=shade, width=rng.randrange(1, 12))
        shapes = np.asarray(layer.filter(ImageFilter.GaussianBlur(rng.choice([0, 0.7, 1.5, 4]))), dtype=np.float32)
        values = values + (shapes - 40) * rng.uniform(0.1, 1.0) * (1 if rng.random() < 0.7 else -1)
    if kind == 5:  # speckle as of ultrasound, perhaps in a fan
        speckle = blurred(noise.rayleigh(1.0, values.shape) * 60, rng.uniform(0.5, 1.6))
        fan = noise_field(rng, size, 60) / 255
        values = values * 0.4 + speckle * fan * rng.uniform(0.5, 2)
    values = np.clip(values, 0, 255)
    if rng.random() < 0.75:
        return np.repeat(values[:, :, None], 3, axis=2).astype(np.uint8)
    one = np.array([rng.random() for _ in range(3)])
    other = np.array([rng.random() for _ in range(3)])
    share = (values / 255)[:, :, None]
    return np.clip((one * (1 - share) + other * share) * 255, 0, 255).astype(np.uint8)


def blurred(values, radius):
    import cv2

    return cv2.GaussianBlur(np.float32(values), (0, 0), radius)
