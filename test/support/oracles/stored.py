"""
Holds stored values against those that other tools find in the same files. Reads a JSON array of {"path", "syntax",
"frames": [{"frame", "expected"}]} from standard input, `expected` a file of 64-bit floats; prints one JSON object for each
file, a line each: by oracle the largest difference, or why there is none.
"""

import json
import sys
import tempfile
import warnings

import numpy

from decode import oracles

warnings.simplefilter("ignore")

for job in json.load(sys.stdin):
    said = {}
    wanted = {one["frame"]: numpy.fromfile(one["expected"], "<f8") for one in job["frames"]}
    for name, decode in oracles(job["syntax"]).items():
        try:
            with tempfile.TemporaryDirectory() as folder:
                found = decode(job["path"], set(wanted), folder=folder)
            worst = 0.0
            for frame, expected in wanted.items():
                values = numpy.asarray(found[frame], dtype=numpy.float64)
                if values.size != expected.size:
                    worst = f"{values.size} samples, not {expected.size}"
                    break
                apart = numpy.nan_to_num(numpy.abs(values - expected), nan=0.0)
                worst = max(worst, float(apart.max()) if apart.size else 0.0)
            said[name] = worst
        except Exception as error:  # Third-party decoders raise anything.
            said[name] = f"{type(error).__name__}: {error}"[:200]
    print(json.dumps(said), flush=True)
