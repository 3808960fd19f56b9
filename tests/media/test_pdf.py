"""Pages are counted as pypdf counts them, and hostile files take bounded work."""

import io
import zlib
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pypdf import PdfReader, PdfWriter

from publisher.media import pdf as module
from publisher.media.pdf import count_pages
from tests.support.pictures import pdf


def counted(path: Path, raw: bytes) -> int:
    path.write_bytes(raw)
    return count_pages(path)


def packed(pages: int) -> bytes:
    """A PDF 1.5 whose page tree lies in an object stream, and whose trailer is a cross-reference stream."""
    objects = [(1, b"<</Type/Catalog/Pages 2 0 R>>"), (2, b"<</Type/Pages/Kids[]/Count %d>>" % pages)]
    index, content = b"", b""
    for number, body in objects:
        index += b"%d %d " % (number, len(content))
        content += body + b" "
    stream = zlib.compress(index + content)
    head = b"<</Type/ObjStm/N 2/First %d/Filter/FlateDecode/Length %d>>" % (len(index), len(stream))
    xref = b"4 0 obj <</Type/XRef/Root 1 0 R/Size 5/Length 0>> stream\n\nendstream endobj\n"
    return (
        b"%PDF-1.5\n3 0 obj " + head + b" stream\n" + stream + b"\nendstream endobj\n" + xref
        + b"startxref\n9\n%%EOF\n"
    )  # fmt: skip


@pytest.mark.parametrize("pages", [0, 1, 7, 300, 301])
def test_the_number_is_that_of_pypdf(tmp_path: Path, pages: int) -> None:
    raw = pdf(pages)
    assert counted(tmp_path / "a.pdf", raw) == len(PdfReader(io.BytesIO(raw)).pages) == pages


def test_object_streams_are_read(tmp_path: Path) -> None:
    assert counted(tmp_path / "a.pdf", packed(12)) == 12


def test_an_incremental_update_counts(tmp_path: Path) -> None:
    writer = PdfWriter(io.BytesIO(pdf(3)), incremental=True)
    writer.add_blank_page(100, 100)
    buffer = io.BytesIO()
    writer.write(buffer)
    assert buffer.getvalue().startswith(pdf(3)[:200])
    assert counted(tmp_path / "a.pdf", buffer.getvalue()) == 4


def test_objects_of_an_attached_pdf_are_not_taken_for_the_files_own(tmp_path: Path) -> None:
    writer = PdfWriter()
    for _ in range(5):
        writer.add_blank_page(100, 100)
    writer.add_attachment("inner.pdf", pdf(2))
    buffer = io.BytesIO()
    writer.write(buffer)
    assert counted(tmp_path / "a.pdf", buffer.getvalue()) == 5


def test_an_encrypted_file_is_told(tmp_path: Path) -> None:
    writer = PdfWriter(io.BytesIO(pdf(2)))
    writer.encrypt("secret", algorithm="RC4-128")
    buffer = io.BytesIO()
    writer.write(buffer)
    with pytest.raises(ValueError, match="encrypted"):
        counted(tmp_path / "a.pdf", buffer.getvalue())


@pytest.mark.parametrize("cut", [100, 300, 500])
def test_a_file_that_is_cut_off_is_broken(tmp_path: Path, cut: int) -> None:
    with pytest.raises(ValueError, match="cut off"):
        counted(tmp_path / "a.pdf", pdf(9)[:cut])


def test_a_bomb_of_compressed_objects_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_INFLATED", 100_000)
    stream = zlib.compress(b"1 0 " + b" " * 1_000_000)
    head = b"<</Type/ObjStm/N 1/First 4/Filter/FlateDecode/Length %d>>" % len(stream)
    raw = b"%PDF-1.5\n" + b"".join(
        b"%d 0 obj %s stream\n%s\nendstream endobj\n" % (number, head, stream) for number in range(5)
    )
    with pytest.raises(ValueError, match="too many"):
        counted(tmp_path / "a.pdf", raw + b"startxref")


@pytest.mark.parametrize(
    "unit",
    [b"1 0 obj ", b"trailer ", b"1 0 obj stream\n", b"/Root ", b"1 ", b"endobj", b"9 0 obj<</Length 9>>"],
)
def test_hostile_files_of_megabytes_end_with_a_reason(tmp_path: Path, unit: bytes) -> None:
    """Work that grew with the square of the size would take hours here."""
    with pytest.raises(ValueError, match=r"page tree|too many"):
        counted(tmp_path / "a.pdf", b"%PDF-1.7 " + unit * (8_000_000 // len(unit)) + b"startxref")


@given(st.binary(max_size=300), st.integers(0, 900), st.integers(0, 50))
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_damage_gives_a_number_or_a_reason(tmp_path: Path, noise: bytes, at: int, cut: int) -> None:
    raw = pdf(4)
    damaged = raw[:at] + noise + raw[at + cut :]
    try:
        pages = counted(tmp_path / "a.pdf", damaged)
    except ValueError:
        return
    assert pages >= 0
