"""Words, and the fonts that can write them."""

import glob
import os

from PIL import ImageFont

SCRIPTS = {
    "latin": None,
    "diacritics": "ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÑÒÓÔÕÖØÙÚÛÜÝàáâãäåæçèéêëìíîïñòóôõöøùúûüýÿĀăĄąĆćČčĎďĐđĒěĘęĞğİıŁłŃńŇňŐőŒœŘřŚśŞşŠšŢţŤťŮůŰűŸŹźŻżŽž",
    "greek": "ΑΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡΣΤΥΦΧΨΩαβγδεζηθικλμνξοπρστυφχψω",
    "cyrillic": "АБВГДЕЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯабвгдежзийклмнопрстуфхцчшщъыьэюя",
    "han": None,
    "kana": "".join(chr(c) for c in range(0x30A1, 0x30F7)) + "".join(chr(c) for c in range(0x3041, 0x3094)),
    "hangul": None,
    "arabic": "".join(chr(c) for c in range(0x0627, 0x064B)),
    "hebrew": "".join(chr(c) for c in range(0x05D0, 0x05EB)),
    "thai": "".join(chr(c) for c in range(0x0E01, 0x0E2F)),
    "devanagari": "".join(chr(c) for c in range(0x0905, 0x093A)),
}

LATIN = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
VOWELS = "aeiouy"
LABELS = "Name ID DOB Date Time Sex Age Ref Inst Hospital Dr Acc Study Series Image Se Im kV mA ms mm cm Hz MHz dB TI MI Gain Depth FR R L A P H F RIGHT LEFT SUPINE ERECT PORTABLE AP PA LAT W C WL WW Zoom Vol Exp Tech Patient Clinic Radiology ACQ FOV TR TE T2 FLAIR".split()


def latin_word(rng):
    kind = rng.random()
    if kind < 0.22:
        return rng.choice(LABELS) + rng.choice(["", "", ":", "."])
    if kind < 0.45:  # numbers of all kinds
        shape = rng.choice(["##", "###", "####", "#.#", "##.##", "########", "##.##.####", "####-##-##", "##/##/####", "##:##:##", "##%", "-###", "#x#", "(##)", "#########", "A######", "##AA####", "#:#", "##-###-##"])
        return "".join(rng.choice("0123456789") if c == "#" else rng.choice(LATIN) if c == "A" else c for c in shape)
    length = rng.choice([1, 2, 2, 3, 3, 4, 5, 6, 7, 8, 9, 11])
    letters = "".join(rng.choice(VOWELS) if (i + length) % 2 else rng.choice(LATIN.lower()) for i in range(length))
    return rng.choice([letters.upper(), letters.upper(), letters.capitalize(), letters])


def mark_of(rng, script):
    """One or two characters."""
    if script != "latin":
        return words_of(rng, script, 1)[0][: rng.choice([1, 1, 2])]
    return rng.choice(["L", "R", "L", "R", rng.choice(LATIN), rng.choice(LATIN), rng.choice("0123456789"), rng.choice(["AP", "PA", "RL", "LR", "HF", "S1", "12"]), rng.choice("#+%") + rng.choice("0123456789")])


def words_of(rng, script, count):
    if script == "latin":
        return [latin_word(rng) for _ in range(count)]
    if script == "han":
        return ["".join(chr(rng.randrange(0x4E00, 0x9FA5)) for _ in range(rng.randrange(1, 6))) for _ in range(count)]
    if script == "hangul":
        return ["".join(chr(rng.randrange(0xAC00, 0xD7A4)) for _ in range(rng.randrange(1, 5))) for _ in range(count)]
    letters = SCRIPTS[script]
    if script == "diacritics":
        letters = letters + LATIN + LATIN.lower()
    words = ["".join(rng.choice(letters) for _ in range(rng.randrange(1, 9))) for _ in range(count)]
    if rng.random() < 0.3:
        words[rng.randrange(count)] = latin_word(rng)
    return words


class Fonts:
    """Fonts of the system by the script they are used for. `weights` sets how often a family is drawn."""

    LATIN_ONLY = "Routed|routed|osifont|DSEG|OCR|Px_|spleen|3270|Atari|Proggy|dkg|Breip|Kristi|femke|Delphine|SteveHand|TomsonTalks|breipfont"
    SKIP = ("Weather", "Hairline", "Thin", "ExtraLight", "D050000L", "StandardSymbols", "DejaVuMath", "Mini-", "misaki", "Engadget", "dejima", "unifont_csur", "unifont_upper", "OCRBE", "OCRBF", "OCRBL", "OCRBS", "OCRBX", "Oblique.otb")

    def __init__(self):
        files = [f for pattern in ("ttf", "otf", "ttc", "otb") for f in glob.glob("/usr/share/fonts/**/*." + pattern, recursive=True)]
        files = sorted(f for f in files if not any(part in f for part in self.SKIP))
        name = os.path.basename
        plain = [f for f in files if name(f).split("-")[0].split(".")[0] in {
            "DejaVuSans", "DejaVuSansMono", "DejaVuSansCondensed", "DejaVuSerif", "LiberationSans", "LiberationMono", "LiberationSerif", "LiberationSansNarrow",
            "NimbusSans", "NimbusMonoPS", "NimbusRoman", "NimbusSansNarrow", "NotoSans", "NotoMono", "NotoSansMono", "NotoSerif", "Roboto", "RobotoCondensed",
            "OpenSans", "Lato", "Hack", "FiraCode", "Inconsolata", "B612", "B612Mono", "Go", "URWGothic", "C059", "P052"} and f.endswith(("ttf", "otf"))]
        machine = [f for f in files if name(f).startswith(("Px_", "spleen", "3270", "AtariSmall", "ProggyTiny", "terminus", "unifont", "osifont", "routed", "OCR", "PTM", "tiresias", "PTN"))]
        segments = [f for f in files if name(f).startswith("DSEG")]
        hands = [f for f in files if name(f).startswith(("dkg", "Breip", "breipfont", "Kristi", "femkeklaver", "Delphine", "SteveHand", "TomsonTalks"))]
        starts = lambda *names: [f for f in files if name(f).startswith(names)]
        wide = starts("DejaVuSans", "DejaVuSerif", "LiberationSans", "LiberationSerif", "LiberationMono", "NotoSans-", "NotoSerif-", "Roboto", "OpenSans")
        wide = [f for f in wide if f.endswith("ttf")]
        self.groups = {
            "latin": [(0.6, plain), (0.27, machine), (0.02, segments), (0.11, hands)],
            "diacritics": [(1, wide)],
            "greek": [(1, wide)],
            "cyrillic": [(1, wide)],
            "han": [(1, starts("DroidSansFallback", "wqy"))],
            "kana": [(1, starts("DroidSansFallback", "wqy"))],
            "hangul": [(1, starts("Nanum"))],
            "arabic": [(1, starts("NotoKufiArabic", "NotoNaskhArabic", "NotoSansArabic"))],
            "hebrew": [(1, starts("NotoSansHebrew", "NotoSerifHebrew"))],
            "thai": [(1, starts("NotoSansThai", "NotoSerifThai", "NotoLoopedThai"))],
            "devanagari": [(1, starts("NotoSansDevanagari", "NotoSerifDevanagari"))],
        }
        self.open = {}

    def one(self, rng, script, size):
        pick = rng.random()
        for share, files in self.groups[script]:
            if pick < share or (share, files) == self.groups[script][-1]:
                path = rng.choice(files)
                break
            pick -= share
        if "terminus" in path:
            size = min((12, 14, 16, 18, 20, 22, 24, 28, 32), key=lambda s: abs(s - size))
        key = (path, size)
        if key not in self.open:
            if len(self.open) > 1500:
                self.open.clear()
            try:
                self.open[key] = ImageFont.truetype(path, size, layout_engine=ImageFont.Layout.BASIC if script != "arabic" and script != "devanagari" else ImageFont.Layout.RAQM)
            except OSError:
                self.open[key] = None
        return self.open[key] or self.one(rng, script, size)
