"""
Training samples: a picture with text on it, and for every second pixel of it whether it is in the core of a line, and
whether there is ink. Everything is drawn from one seed.
"""

import io
import random

import numpy as np
import cv2
from PIL import Image, ImageDraw, ImageFilter

from texts import Fonts, mark_of, words_of

"""The core of a line is as high as half of the line, and in the middle of it."""
INSET = 0.25


def block_of(rng, fonts):
    """Lines of text: ink (float, 0 to 1), and cores (bool), of one size."""
    script = "latin" if rng.random() < 0.72 else rng.choice(["diacritics", "diacritics", "greek", "cyrillic", "han", "han", "kana", "hangul", "arabic", "hebrew", "thai", "devanagari"])
    cap = int(round(np.exp(rng.uniform(np.log(5.5 if script == "latin" else 8), np.log(46)))))
    if rng.random() < 0.35:
        cap = rng.randrange(6, 16)
    font = fonts.one(rng, script, max(7, int(round(cap / 0.72))))
    kind = rng.random()
    alone = kind < 0.1  # a mark of the side, a number of an image
    stacked = not alone and kind < 0.16
    lines = 1 if stacked or alone else rng.choice([1, 1, 1, 1, 2, 2, 3, 4, 6, 8])
    most = max(1, int(330 / cap / 2.6))
    if alone:
        texts = [mark_of(rng, script)]
    else:
        texts = [" ".join(words_of(rng, script, rng.randrange(1, max(2, min(6, most + 1))))) for _ in range(lines)]
    if stacked:
        letters = [c for c in texts[0].replace(" ", "")[: rng.randrange(3, 12)]]
    binary = rng.random() < 0.35
    leading = rng.uniform(1.0, 1.7)
    wide_gap = rng.random() < 0.25  # values in a column of their own
    ink_boxes = []
    size_of = lambda text: font.getbbox(text, anchor="ls")
    height_of = size_of("Hg" if script in ("latin", "diacritics") else texts[0] or "x")
    step = max(4, int((height_of[3] - height_of[1]) * leading))
    align = rng.choice(["left", "left", "left", "right", "center"])
    width = max(int(max(size_of(text)[2] for text in texts) * (1.0 if not wide_gap else 1.8)) + 8, 8) + 4 * cap
    height = step * lines + 3 * cap + 8
    if stacked:
        pitch = int(cap * rng.uniform(1.15, 1.9)) + 1
        width, height = 5 * cap + 8, pitch * len(letters) + 3 * cap
    image = Image.new("L", (min(width, 1600), min(height, 1200)), 0)
    pen = ImageDraw.Draw(image)
    pen.fontmode = "1" if binary else "L"
    bold = rng.choice([0, 0, 0, 0, 1]) if cap >= 12 else 0

    def put(text, x, y):
        pen.text((x, y), text, font=font, fill=255, anchor="ls", stroke_width=bold)
        l, t, r, b = font.getbbox(text, anchor="ls", stroke_width=bold)
        return (x + l, y + t, x + r, y + b)

    if stacked:
        boxes = []
        for index, letter in enumerate(letters):
            l, t, r, b = size_of(letter)
            boxes.append(put(letter, width // 2 - (l + r) // 2, cap * 2 + index * pitch))
        boxes = [b for b in boxes if b[2] > b[0] and b[3] > b[1]]
        if not boxes:
            return None
        ink_boxes.append((min(b[0] for b in boxes), boxes[0][1], max(b[2] for b in boxes), boxes[-1][3], True))
    else:
        y = 2 * cap + 2
        for text in texts:
            total = size_of(text)[2]
            x = 2 * cap if align == "left" else max(cap, width - 2 * cap - total) if align == "right" else max(cap, (width - total) // 2)
            parts = text.split(" ", 1) if wide_gap and " " in text else [text]
            for index, part in enumerate(parts):
                if part.strip() == "":
                    continue
                at = x if index == 0 else x + size_of(parts[0])[2] + int(cap * rng.uniform(1.2, 5))
                box = put(part, at, y)
                if box[2] <= box[0]:
                    continue
                if script in ("latin", "diacritics", "greek", "cyrillic"):
                    box = (box[0], min(box[1], y - int(cap * 0.9)), box[2], max(box[3], y))
                ink_boxes.append((*box, False))
            y += step
    ink = np.asarray(image, dtype=np.float32) / 255
    core = Image.new("L", image.size, 0)
    pen = ImageDraw.Draw(core)
    for left, top, right, bottom, upright in ink_boxes:
        thick = (right - left) if upright else (bottom - top)
        inset = INSET * thick
        end_x = min(inset, 0.32 * (right - left))
        end_y = min(inset, 0.32 * (bottom - top))
        if upright:
            pen.rectangle((left + inset, top + end_y, right - inset - 1, bottom - end_y - 1), fill=255)
        else:
            pen.rectangle((left + end_x, top + inset, right - end_x - 1, bottom - inset - 1), fill=255)
    core = np.asarray(core)
    rows, columns = np.nonzero(ink > 0.1)
    if len(rows) == 0:
        return None
    top, bottom, left, right = rows.min(), rows.max() + 1, columns.min(), columns.max() + 1
    pad = 3
    top, left = max(0, top - pad), max(0, left - pad)
    ink, core = ink[top : bottom + pad, left : right + pad], core[top : bottom + pad, left : right + pad]
    return deformed(rng, ink, core, cap)


def deformed(rng, ink, core, cap):
    """As devices, prints and films do it: pixels doubled, squeezed, blurred, turned."""
    kind = rng.random()
    if kind < 0.08 and cap <= 16:
        times = rng.choice([2, 2, 3])
        ink, core = ink.repeat(times, 0).repeat(times, 1), core.repeat(times, 0).repeat(times, 1)
    elif kind < 0.2:
        across, down = rng.uniform(0.7, 1.5), rng.uniform(0.75, 1.3)
        if cap * down < 5.5:
            down = 1
        size = (max(4, int(ink.shape[1] * across)), max(4, int(ink.shape[0] * down)))
        ink = cv2.resize(ink, size, interpolation=cv2.INTER_AREA if down < 1 else cv2.INTER_LINEAR)
        core = cv2.resize(core, size, interpolation=cv2.INTER_NEAREST)
    turn = rng.random()
    if turn < 0.14:
        times = rng.choice([1, 1, 3, 3, 2])
        ink, core = np.rot90(ink, times), np.rot90(core, times)
    elif turn < 0.24:
        angle = rng.gauss(0, 4) if turn < 0.18 else rng.uniform(-90, 90)
        ink, core = turned(ink, angle, cv2.INTER_CUBIC), turned(core, angle, cv2.INTER_NEAREST)
    if rng.random() < 0.2:
        ink = cv2.GaussianBlur(np.ascontiguousarray(ink), (0, 0), rng.uniform(0.3, min(2.2, 0.35 + cap / 22)))
    if rng.random() < 0.1:
        ink = np.clip(ink * rng.uniform(0.5, 1.5), 0, 1)
    return np.clip(ink, 0, 1), core > 127


def turned(values, angle, way):
    height, width = values.shape
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), angle, 1)
    c, s = abs(matrix[0, 0]), abs(matrix[0, 1])
    w, h = int(height * s + width * c) + 2, int(height * c + width * s) + 2
    matrix[0, 2] += w / 2 - width / 2
    matrix[1, 2] += h / 2 - height / 2
    return cv2.warpAffine(np.ascontiguousarray(values), matrix, (w, h), flags=way)


def distracted(rng, picture):
    """Lines, scales, grids, marks, curves: what machines draw that is no text."""
    size = picture.shape[0]
    image = Image.fromarray(picture)
    pen = ImageDraw.Draw(image)
    shade = lambda: tuple([rng.choice([255, 255, 200, 0, rng.randrange(256)])] * 3) if rng.random() < 0.6 else tuple(rng.randrange(256) for _ in range(3))
    for _ in range(rng.choice([0, 0, 1, 1, 2, 3, 5])):
        kind = rng.randrange(12)
        color = shade()
        x, y = rng.randrange(size), rng.randrange(size)
        length = rng.randrange(10, size)
        if kind == 0:
            pen.line((x, y, rng.randrange(size), rng.randrange(size)), fill=color, width=rng.choice([1, 1, 2, 3]))
        elif kind == 1:  # a ruler
            step, tick, every = rng.randrange(3, 24), rng.randrange(2, 10), rng.choice([5, 10])
            flat = rng.random() < 0.5
            for index in range(length // step + 1):
                size_of_tick = tick * (2 if index % every == 0 else 1)
                at = index * step
                pen.line((x + at, y, x + at, y + size_of_tick) if flat else (x, y + at, x + size_of_tick, y + at), fill=color)
            if rng.random() < 0.6:
                pen.line((x, y, x + length, y) if flat else (x, y, x, y + length), fill=color)
        elif kind == 2:
            step = rng.randrange(4, 40)
            for at in range(0, length, step):
                pen.line((x + at, y, x + at, y + length), fill=color)
                pen.line((x, y + at, x + length, y + at), fill=color)
        elif kind == 3:
            pen.rectangle((x, y, x + rng.randrange(3, 120), y + rng.randrange(3, 120)), outline=color, width=rng.choice([1, 1, 2]))
        elif kind == 4:  # calipers
            arm = rng.randrange(2, 9)
            for _ in range(rng.randrange(1, 5)):
                px, py = x + rng.randrange(-80, 80), y + rng.randrange(-80, 80)
                pen.line((px - arm, py, px + arm, py), fill=color)
                pen.line((px, py - arm, px, py + arm), fill=color)
        elif kind == 5:  # dashes and dots
            step = rng.randrange(3, 12)
            dx, dy = rng.choice([(1, 0), (0, 1), (0.7, 0.7), (0.9, -0.4)])
            for at in range(0, length, step):
                px, py = x + at * dx, y + at * dy
                pen.line((px, py, px + dx * step / 2, py + dy * step / 2), fill=color, width=rng.choice([1, 1, 2]))
        elif kind == 6:  # a trace
            generator = np.random.default_rng(rng.getrandbits(32))
            walk = np.cumsum(generator.normal(0, rng.uniform(0.3, 3), length))
            if rng.random() < 0.5:
                walk = walk * 0.3 + rng.uniform(3, 30) * np.abs(np.sin(np.arange(length) / rng.uniform(4, 40))) ** rng.choice([1, 8])
            pen.line([(x + i, y + v) for i, v in enumerate(walk)], fill=color)
        elif kind == 7:  # a bar of shades
            w, h = rng.randrange(4, 24), rng.randrange(40, 200)
            tint = np.array([rng.random() for _ in range(3)]) if rng.random() < 0.5 else np.ones(3)
            for row in range(h):
                v = 255 * (1 - row / h)
                pen.line((x, y + row, x + w, y + row), fill=tuple(int(v * t) for t in tint))
        elif kind == 8:
            r = rng.randrange(2, 60)
            pen.ellipse((x - r, y - r, x + r, y + r), outline=color, width=rng.choice([1, 1, 2, 4]))
        elif kind == 9:  # arrows and triangles
            a = rng.randrange(3, 14)
            pen.polygon([(x, y), (x + a, y + 2 * a), (x - a, y + 2 * a)], fill=color if rng.random() < 0.6 else None, outline=color)
        elif kind == 10:  # specks
            for _ in range(rng.randrange(5, 60)):
                px, py = rng.randrange(size), rng.randrange(size)
                r = rng.choice([0, 0, 1, 1, 2, 3])
                pen.ellipse((px - r, py - r, px + r, py + r), fill=color)
        else:  # a hatch
            step = rng.randrange(3, 9)
            for at in range(0, rng.randrange(20, 120), step):
                pen.line((x + at, y, x + at - rng.randrange(0, 30), y + 30), fill=color)
    return np.asarray(image)


class Samples:
    def __init__(self, backgrounds, seed):
        self.backgrounds = backgrounds
        self.fonts = Fonts()
        self.rng = random.Random(seed)

    def one(self, size):
        rng = self.rng
        picture = self.backgrounds.one(rng, size)
        if rng.random() < 0.55:
            picture = distracted(rng, picture)
        values = picture.astype(np.float32)
        ink_all = np.zeros((size, size), np.float32)
        core_all = np.zeros((size, size), bool)
        taken = np.zeros((size, size), bool)
        blocks = 0 if rng.random() < 0.22 else rng.choice([1, 1, 2, 2, 3, 4, 5])
        for _ in range(blocks):
            try:
                block = block_of(rng, self.fonts)
            except OSError:  # a bitmap font without this size, or without strokes
                block = None
            if block is None:
                continue
            for _ in range(4):
                if self.put(rng, values, ink_all, core_all, taken, *block):
                    break
        values = spoiled(rng, np.clip(values, 0, 255))
        if rng.random() < (0.25 if blocks == 0 else 0.05):
            values = equalised(rng, values, blocks == 0)
        half = size // 2
        ink = ink_all.reshape(half, 2, half, 2).max(axis=(1, 3)) > 0.35
        core = core_all.reshape(half, 2, half, 2).mean(axis=(1, 3)) >= 0.5
        return values, core, ink

    def put(self, rng, values, ink_all, core_all, taken, ink, core):
        size = values.shape[0]
        height, width = ink.shape
        edge = rng.randrange(4) if rng.random() < 0.15 else None  # as near to it as devices write
        left = rng.randrange(-width // 5, max(1, size - width + width // 5)) if width < size * 1.4 else rng.randrange(size - width, 1)
        top = rng.randrange(-height // 5, max(1, size - height + height // 5)) if height < size * 1.4 else rng.randrange(size - height, 1)
        if edge is not None and width < size and height < size:
            near = rng.randrange(-2, 3)
            left = near if edge == 0 else size - width - near if edge == 1 else left
            top = near if edge == 2 else size - height - near if edge == 3 else top
        x0, y0, x1, y1 = max(0, left), max(0, top), min(size, left + width), min(size, top + height)
        if x1 - x0 < 3 or y1 - y0 < 3 or taken[max(0, y0 - 2) : y1 + 2, max(0, x0 - 3) : x1 + 3].any():
            return False
        ink, core = ink[y0 - top : y1 - top, x0 - left : x1 - left], core[y0 - top : y1 - top, x0 - left : x1 - left]
        region = values[y0:y1, x0:x1]
        mask = ink > 0.5
        if not mask.any():
            return False
        boxed = rng.random() < 0.18
        ground = region.mean(axis=2)
        if boxed:
            shade = np.array([rng.choice([0, 0, 255, rng.randrange(256)])] * 3 if rng.random() < 0.7 else [rng.randrange(256) for _ in range(3)], np.float32)
            region[:] = shade * (1 if rng.random() < 0.8 else 0.6) + (0 if rng.random() < 0.8 else region * 0.4)
            ground = region.mean(axis=2)
        near = ground[mask]
        middle, spread = float(np.median(near)), float(near.std())
        # Nobody can read what its ground hides: the fainter, the smoother it has to be.
        least = max(10 + rng.uniform(0, 10), 0.9 * spread)
        for _ in range(12):
            grey = rng.random() < 0.72
            color = np.array([rng.choice([255, 255, 255, 240, 200, 0, 0, rng.randrange(256), rng.randrange(256)])] * 3 if grey else [rng.choice([0, 255, rng.randrange(256)]) for _ in range(3)], np.float32)
            if rng.random() < 0.35:
                color = np.clip(np.array([middle] * 3) + rng.choice([-1, 1]) * rng.uniform(least, least + 40), 0, 255).astype(np.float32)
            if abs(float(color @ np.array([0.3, 0.59, 0.11])) - middle) >= least:
                break
        else:
            color = np.array([255.0] * 3 if middle < 128 else [0.0] * 3, np.float32)
            if abs(float(color[0]) - middle) < least and not boxed and spread > 75:
                return False
        if not boxed and rng.random() < 0.15:  # an outline, or a shadow, of the other end
            other = 0.0 if float(color.mean()) > 127 else 255.0
            grown = cv2.dilate(np.ascontiguousarray(ink), np.ones((3, 3), np.uint8))
            if rng.random() < 0.4:
                grown = np.roll(np.roll(np.ascontiguousarray(ink), 1, 0), 1, 1)
            region[:] = region * (1 - grown[:, :, None]) + other * grown[:, :, None]
        alpha = ink[:, :, None] * (1.0 if rng.random() < 0.85 else rng.uniform(0.6, 1))
        region[:] = region * (1 - alpha) + color * alpha
        ink_all[y0:y1, x0:x1] = np.maximum(ink_all[y0:y1, x0:x1], ink)
        core_all[y0:y1, x0:x1] |= core
        taken[y0:y1, x0:x1] = True
        return True


def equalised(rng, values, empty):
    """As values beyond the window are shown; where nothing is written, also the noise of a few levels alone."""
    grey = cv2.cvtColor(np.ascontiguousarray(values), cv2.COLOR_RGB2GRAY)
    if empty and rng.random() < 0.7:
        noise = np.random.default_rng(rng.getrandbits(32)).normal(0, rng.uniform(0.3, 2), grey.shape)
        if rng.random() < 0.6:
            noise = cv2.GaussianBlur(noise, (0, 0), rng.uniform(0.4, 1.5))
        grey = np.clip(grey / rng.uniform(6, 60) + noise + 8, 0, 255).astype(np.uint8)
    return np.repeat(cv2.equalizeHist(grey)[:, :, None], 3, axis=2)


def spoiled(rng, values):
    generator = np.random.default_rng(rng.getrandbits(32))
    if rng.random() < 0.15:
        values = cv2.GaussianBlur(np.ascontiguousarray(values, dtype=np.float32), (0, 0), rng.uniform(0.3, 0.9))
    if rng.random() < 0.2:
        values = values + generator.normal(0, rng.uniform(1, 8), values.shape[:2])[:, :, None]
    if rng.random() < 0.15:
        middle = rng.uniform(0, 255)
        values = middle + (values - middle) * rng.uniform(0.45, 1)
    if rng.random() < 0.1:
        values = 255 - values
    values = np.clip(values, 0, 255).astype(np.uint8)
    if rng.random() < 0.3:
        _, coded = cv2.imencode(".jpg", np.ascontiguousarray(values[:, :, ::-1]), [cv2.IMWRITE_JPEG_QUALITY, rng.randrange(40, 97)])
        values = cv2.imdecode(coded, cv2.IMREAD_COLOR)[:, :, ::-1]
    return values
