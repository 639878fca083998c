"""A picture as a part of the page: in the page's colors, light or dark, and without what a page does not need."""

from __future__ import annotations

import re
from collections.abc import Mapping

from markupsafe import escape

#: Colors of the drawing -> those of the page, which change with its theme.
_THEME = {"#000000": "currentColor", "#ffffff": "var(--page)", "#d9d9d9": "var(--line)", "#cccccc": "var(--line)"}


def inline(svg: str, name: str, caption: str) -> str:
    """The drawing as an element of a page.

    name : goes before the drawing's identifiers, which must differ from those of the other drawings; caption : what a
    screen reader says.

    >>> svg = '<svg width="9pt" viewBox="0 0 9 9"><path id="a" d="M 1.25 2\\nL 3 4" style="fill: #000000"/></svg>'
    >>> print(inline(svg, "s1", "a line").replace("><", ">\\n<"))
    <svg role="img" aria-label="a line" viewBox="0 0 9 9">
    <path d="M1.2 2L3 4" style="fill: currentColor"/>
    </svg>
    """
    text = re.sub(r"^.*?(?=<svg)|<metadata>.*?</metadata>|<!--.*?-->", "", svg, flags=re.DOTALL)
    used = dict.fromkeys(re.findall(r"(?:url\(#|href=\"#)([^)\"]+)", text))
    short = {old: f"{name}-{_name(k)}" for k, old in enumerate(used)}
    text = re.sub(r"<[^>]*>", lambda tag: _shortened(tag[0], short), text)
    label = f'role="img" aria-label="{escape(caption)}"'
    text = re.sub(r"<svg[^>]*?(viewBox=\"[^\"]*\")[^>]*>", lambda m: f"<svg {label} {m[1]}>", text, count=1)
    return _without_bare_groups(re.sub(r">\s+<", "><", text).strip())


def _shortened(tag: str, short: Mapping[str, str]) -> str:
    """A tag in the page's colors, with one decimal, a short identifier only where one is used, and no typeface."""
    tag = re.sub(r' id="([^"]*)"', lambda m: f' id="{short[m[1]]}"' if m[1] in short else "", tag)
    tag = re.sub(r"(url\(#|href=\"#)([^)\"]+)", lambda m: m[1] + short[m[2]], tag).replace("xlink:href", "href")
    tag = re.sub(r"font-family: [^;\"]*;? ?", "", tag)
    tag = re.sub(r"#[0-9a-f]{6}", lambda m: _THEME.get(m[0], m[0]), tag)
    tag = re.sub(r"(\d\.\d)\d+", r"\1", tag)
    return re.sub(r" d=\"([^\"]*)\"", lambda m: f' d="{_path(m[1])}"', tag)


def _without_bare_groups(svg: str) -> str:
    """The drawing without groups that say nothing of their parts.

    >>> _without_bare_groups('<svg><g><g class="a"><g><path/></g></g></g></svg>')
    '<svg><g class="a"><path/></g></svg>'
    """
    kept: list[bool] = []

    def unless_bare(match: re.Match[str]) -> str:
        if match[0] != "</g>":
            kept.append(match[0] != "<g>")
        keep = kept[-1] if match[0] != "</g>" else kept.pop()
        return match[0] if keep else ""

    return re.sub(r"<g(?: [^>]*)?>|</g>", unless_bare, svg)


def _path(commands: str) -> str:
    """The commands of a path without spaces that say nothing."""
    return re.sub(r"\s*([MLQCz])\s*", r"\1", " ".join(commands.split()))


def with_classes(page: str) -> str:
    """A page whose drawings share their styles: each style is spelled once, as a class.

    >>> with_classes('<style>/* styles */</style><g style="fill: none"/><i style="fill: none"/>')
    '<style>.a{fill: none}</style><g class="a"/><i class="a"/>'
    """
    names: dict[str, str] = {}

    def named(match: re.Match[str]) -> str:
        return f' class="{names.setdefault(match[1], _name(len(names)))}"'

    page = re.sub(r' style="([^"]*)"', named, page)
    return page.replace("/* styles */", "\n".join(f".{name}{{{style}}}" for style, name in names.items()), 1)


def _name(k: int) -> str:
    """A short name: a, b, ..., z, aa, ba, ..."""
    letters = "abcdefghijklmnopqrstuvwxyz"
    return letters[k % 26] + (_name(k // 26 - 1) if k >= 26 else "")
