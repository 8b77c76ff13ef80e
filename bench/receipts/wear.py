"""What happens to a picture on its way to us: turned, compressed, cropped, blurred, shrunk, photographed."""

from __future__ import annotations

import io
import random

import numpy as np
from PIL import Image, ImageFilter


def turned(picture: Image.Image, dice: random.Random) -> Image.Image:
    """Turn by up to four degrees either way."""
    angle = dice.choice((-1, 1)) * dice.uniform(0.8, 4.0)
    return picture.rotate(angle, Image.Resampling.BICUBIC, expand=True, fillcolor=picture.getpixel((2, 2)))


def cropped(picture: Image.Image, dice: random.Random) -> Image.Image:
    """Cut the edges: the clock of the telephone, and most of the margins."""
    width, height = picture.size
    left, right = (int(width * dice.uniform(0.02, 0.045)) for _ in range(2))
    return picture.crop((left, int(90 * width / 1080), width - right, height - int(height * 0.02)))


def shrunk(picture: Image.Image, dice: random.Random) -> Image.Image:
    """As messengers hand it on: half the size or a little more."""
    share = dice.uniform(0.5, 0.68) * 1080 / picture.width
    return picture.resize((int(picture.width * share), int(picture.height * share)), Image.Resampling.BILINEAR)


def noisy(picture: Image.Image, dice: random.Random) -> Image.Image:
    """Grain, of a sensor in a dim room."""
    grain = np.random.default_rng(dice.randrange(2**32)).normal(0, dice.uniform(4, 11), (*picture.size[::-1], 3))
    return Image.fromarray(np.clip(np.asarray(picture, dtype=float) + grain, 0, 255).astype("uint8"))


def blurred(picture: Image.Image, dice: random.Random) -> Image.Image:
    """A hand that moved a little."""
    return picture.filter(ImageFilter.GaussianBlur(dice.uniform(0.6, 1.3)))


def photographed(picture: Image.Image, dice: random.Random) -> Image.Image:
    """A photograph of a screen: light from one side, a table around it, a little grain and blur."""
    width, height = picture.size
    table = Image.new("RGB", (int(width * 1.16), int(height * 1.1)), dice.choice(("#4a3a2c", "#86898c", "#22262b")))
    table.paste(picture, (int(width * 0.08), int(height * 0.05)))
    turn = table.rotate(dice.uniform(-2.5, 2.5), Image.Resampling.BICUBIC, fillcolor=table.getpixel((1, 1)))
    rows, columns = np.mgrid[0 : turn.height, 0 : turn.width]
    light = 0.72 + 0.36 * (columns / turn.width * dice.uniform(0.3, 1) + rows / turn.height * dice.uniform(0, 0.6))
    lit = np.clip(np.asarray(turn, dtype=float) * light[..., None], 0, 255).astype("uint8")
    return noisy(blurred(Image.fromarray(lit), dice), dice)


def jpeg(picture: Image.Image, dice: random.Random) -> bytes:
    """Compress with a quality of 40 to 80."""
    made = io.BytesIO()
    picture.save(made, "JPEG", quality=dice.randrange(40, 81))
    return made.getvalue()


def png(picture: Image.Image) -> bytes:
    made = io.BytesIO()
    picture.save(made, "PNG")
    return made.getvalue()


def scanned(picture: Image.Image) -> bytes:
    """A PDF that is only a picture."""
    made = io.BytesIO()
    picture.save(made, "PDF", resolution=150)
    return made.getvalue()


def softened(picture: Image.Image, dice: random.Random) -> Image.Image:
    """What shrinking and growing again leaves."""
    return picture.filter(ImageFilter.GaussianBlur(dice.uniform(0.3, 0.6)))
