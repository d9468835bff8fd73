"""Photographs SVG files in one start of Chromium, and compares them with reference photographs.

    render.py FOLDER REFERENCES

FOLDER holds NAME.svg for each, and `list`, a line for each, in words: name, width, height, colour scheme of the page,
name of the reference. It gets NAME.png. Prints, a line for each: name, how many blocks of 4 × 4 pixels there are, and
how many differ from the reference (`all` when that is missing or has another size).
"""

import contextlib
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile

from PIL import Image, ImageChops

PAGE_WIDTH = 1240
GAP = 8
DEADLINE_SECONDS = 240
# Means of blocks are compared, out of 255 in any channel, so that the edges of letters do not count: another version of
# the font renderer draws them otherwise. Letters moved by 0.3 pixels give no block that differs, 18 for 12 some ten.
BLOCK = 4
DIFFERENCE_MAX = 32


def place(pictures):
    """Rows from the left to the right; the box of each, and the height of it all."""
    boxes, x, y, row = {}, 0, 0, 0
    for name, width, height, *_ in pictures:
        if x + width > PAGE_WIDTH:
            x, y, row = 0, y + row + GAP, 0
        boxes[name] = (x, y, x + width, y + height)
        x, row = x + width + GAP, max(row, height)
    return boxes, y + row


def page(pictures, boxes):
    """Each as an image, as it stands in a README: no script and no style of the page reaches it."""
    images = "".join(
        f'<img src="{name}.svg" style="left:{boxes[name][0]}px;top:{boxes[name][1]}px;color-scheme:{scheme}">'
        for name, _, _, scheme, _ in pictures
    )
    return (
        '<!doctype html><meta charset="utf-8"><style>body{margin:0;background:#fff}'
        f"img{{position:absolute}}</style>{images}"
    )


def photograph(folder, height):
    """Without network, graphics card, sandbox (which root cannot have) or a profile that lasts."""
    browser = next(filter(None, map(shutil.which, ["chromium", "chromium-browser", "google-chrome"])), None)
    if browser is None:
        sys.exit("there is no Chromium: run make test")
    sheet = folder / "sheet.png"
    sheet.unlink(missing_ok=True)
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        arguments = [
            browser, "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
            "--disable-background-networking", "--disable-component-update", "--disable-extensions", "--disable-sync",
            "--hide-scrollbars", "--force-device-scale-factor=1", "--force-color-profile=srgb", "--disable-lcd-text",
            "--font-render-hinting=none", f"--user-data-dir={profile}", f"--screenshot={sheet}",
            f"--window-size={PAGE_WIDTH},{height}", (folder / "page.html").resolve().as_uri(),
        ]
        environment = {"PATH": os.environ["PATH"], "HOME": profile, "TMPDIR": profile, "LANG": "C.UTF-8"}
        with open(folder / "browser.log", "wb") as log:
            child = subprocess.Popen(
                arguments, env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
            )
            try:
                child.wait(DEADLINE_SECONDS)
            except subprocess.TimeoutExpired:
                pass
            finally:
                # Its helpers are in its group, and some outlive it.
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(child.pid, signal.SIGKILL)
                child.wait()
    if not sheet.exists():
        sys.exit("Chromium took no photograph: " + (folder / "browser.log").read_text(errors="replace")[-2000:])
    return Image.open(sheet).convert("RGB")


def blocks(image):
    return image.reduce(BLOCK)


def differing(image, reference):
    """How many blocks differ; None when there is nothing to compare with."""
    if not reference.exists():
        return None
    other = Image.open(reference).convert("RGB")
    if other.size != image.size:
        return None
    red, green, blue = ImageChops.difference(blocks(image), blocks(other)).split()
    highest = ImageChops.lighter(ImageChops.lighter(red, green), blue)
    return sum(highest.histogram()[DIFFERENCE_MAX + 1 :])


def main():
    folder, references = map(pathlib.Path, sys.argv[1:])
    lines = [line.split() for line in (folder / "list").read_text().splitlines()]
    pictures = [(name, int(width), int(height), *rest) for name, width, height, *rest in lines]
    boxes, height = place(pictures)
    (folder / "page.html").write_text(page(pictures, boxes))
    sheet = photograph(folder, height)
    for name, *_, reference in pictures:
        image = sheet.crop(boxes[name])
        image.save(folder / f"{name}.png", optimize=True)
        count = differing(image, references / f"{reference}.png")
        size = blocks(image).size
        print(name, size[0] * size[1], "all" if count is None else count)


main()
