"""QR codes as SVG, drawn here: no other site learns what they say."""

from __future__ import annotations

import io

import segno


def qr_svg(text: str) -> str:
    """Return the QR code of ``text`` as an SVG image that scales, dark on white with a quiet zone."""
    code = segno.make(text, error="m", micro=False)
    svg = io.BytesIO()
    code.save(svg, kind="svg", border=4, dark="#000", light="#fff", omitsize=True, xmldecl=False, nl=False)
    return svg.getvalue().decode()
