"""Image, video and PDF files made on the spot, small and real."""

import io
from pathlib import Path

from PIL import Image, ImageDraw

PALETTE = [(22, 92, 150), (178, 92, 44), (52, 120, 84), (112, 78, 160), (40, 60, 90), (190, 150, 60)]


def picture(width: int = 1200, height: int = 800, number: int = 0, file_format: str = "PNG") -> bytes:
    """A gradient with a few shapes, so that screenshots show something."""
    base = PALETTE[number % len(PALETTE)]
    image = Image.new("RGB", (width, height), base)
    draw = ImageDraw.Draw(image)
    for row in range(height):
        share = row / height
        draw.line([(0, row), (width, row)], fill=tuple(int(c * (1 - share * 0.55)) for c in base))
    radius = min(width, height) // 5
    x, y = width * 3 // 4, height // 4
    draw.ellipse([x - radius, y - radius, x + radius, y + radius], fill=(250, 214, 120))
    peaks = [(0, height), (width * 0.28, height * 0.42), (width * 0.5, height * 0.7)]
    draw.polygon([*peaks, (width * 0.72, height * 0.35), (width, height)], fill=(24, 36, 48))
    buffer = io.BytesIO()
    image.save(buffer, file_format)
    return buffer.getvalue()


def pdf(pages: int = 3) -> bytes:
    """A PDF with so many empty pages."""
    from pypdf import PdfWriter

    writer = PdfWriter()
    for _ in range(pages):
        writer.add_blank_page(612, 792)
    buffer = io.BytesIO()
    writer.write(buffer)
    return buffer.getvalue()


def write_picture(path: Path, **how: int) -> Path:
    """A picture as a file; its suffix says the format."""
    path.parent.mkdir(parents=True, exist_ok=True)
    file_format = {".jpg": "JPEG", ".png": "PNG", ".gif": "GIF"}[path.suffix]
    path.write_bytes(picture(file_format=file_format, **how))
    return path


def clip() -> bytes:
    """Two seconds of moving test pattern, H.264 in MP4."""
    return (Path(__file__).parent / "clip.mp4").read_bytes()
