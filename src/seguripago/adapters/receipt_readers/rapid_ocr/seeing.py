"""Sees text in a picture: PP-OCR by onnxruntime, in this process, with the models that come in rapidocr's wheel.

Nothing is downloaded. One thread, because the machine has others to serve; the engine is loaded by the first picture
and stays as long as its process, so it belongs into one process that is given up when it is idle.
"""

from __future__ import annotations

import os
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any, Final

from PIL import Image, ImageOps

from seguripago.ports.receipt_lines import Seen

MOST_PIXELS: Final = 40_000_000
LONGEST_SIDE: Final = 2_000
FOUND_AT: Final = 960
"""Where text stands is looked for in a picture of this size, what it says is read in the large one: half the time."""
SHORTEST_SIDE: Final = 720
"""A picture whose shorter side is smaller is enlarged: letters of ten pixels are read better when they have twenty."""
SLIMMEST: Final = 32
"""No line of letters is lower than this once the longest side fits. What is, holds nothing to read: the engine would
enlarge it to millions of pixels (4,000 by 1 took seven seconds and three gigabytes)."""
SEEN: Final = 0.999
"""As sure as a look can be: only data is 1."""
MODELS: Final = ("PP-OCRv6_det_small.onnx", "PP-OCRv6_rec_small.onnx")
DARK: Final = 110
"""Below this mean a picture is taken for one in dark colours and turned into its negative."""


def see(picture: Image.Image) -> list[Seen]:
    """Every piece of text in a picture, with its corners in the picture's own pixels, and what its codes say."""
    if min(picture.size) * min(1.0, LONGEST_SIDE / max(picture.size)) < SLIMMEST:
        return []
    prepared, scale = _prepared(picture)
    found: list[Seen] = []
    answer = _engine()(_pixels(prepared))
    if answer.boxes is not None:
        for corners, text, sure in zip(answer.boxes, answer.txts, answer.scores, strict=True):
            found.append(Seen(text, [(float(x) / scale, float(y) / scale) for x, y in corners], min(float(sure), SEEN)))
    return found


def trouble() -> str:
    """Why no picture can be seen here, in words; nothing when all is there. Loads no model."""
    try:
        for name in ("cv2", "numpy", "onnxruntime", "zxingcpp"):
            import_module(name)
        models = _models()
    except (ImportError, OSError) as error:
        return f"{type(error).__name__}: {error}"
    lost = [name for name in MODELS if not (models / name).is_file() or not (models / name).stat().st_size]
    return f"falta {', '.join(lost)} en {models}" if lost else ""


def codes_in(picture: Image.Image) -> list[str]:
    """What the QR codes of a picture say, as text."""
    import zxingcpp

    return [found.text for found in zxingcpp.read_barcodes(picture.convert("L")) if found.text]


def _models() -> Path:
    import rapidocr

    return Path(rapidocr.__file__).parent / "models"


def _prepared(picture: Image.Image) -> tuple[Image.Image, float]:
    plain = picture.convert("RGB")
    longest, shortest = max(plain.size), min(plain.size)
    scale = min(LONGEST_SIDE / longest, max(1.0, SHORTEST_SIDE / shortest))
    if scale != 1.0:
        size = (max(1, round(plain.width * scale)), max(1, round(plain.height * scale)))
        plain = plain.resize(size, Image.Resampling.BICUBIC if scale > 1 else Image.Resampling.LANCZOS)
    small = plain.convert("L").resize((64, 64))
    if sum(small.tobytes()) / (64 * 64) < DARK:
        plain = ImageOps.invert(plain)
    return plain, scale


def _pixels(picture: Image.Image) -> Any:
    import numpy

    return numpy.asarray(picture)[:, :, ::-1]


@cache
def _engine() -> Any:
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    import cv2
    import rapidocr

    cv2.setNumThreads(1)
    models = _models()
    return rapidocr.RapidOCR(
        params={
            "Global.use_cls": False,
            "Global.log_level": "error",
            "Global.max_side_len": LONGEST_SIDE,
            "Det.limit_type": "max",
            "Det.limit_side_len": FOUND_AT,
            "Rec.rec_batch_num": 1,
            "Det.model_path": str(models / MODELS[0]),
            "Rec.model_path": str(models / MODELS[1]),
            "EngineConfig.onnxruntime.intra_op_num_threads": 1,
            "EngineConfig.onnxruntime.inter_op_num_threads": 1,
        }
    )
