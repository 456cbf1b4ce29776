"""Watermarks, and text that is not parallel to a page's lines (pure).

A word across the page or up its margin is no part of the sentence that it lies over or beside.
"""

from docqa.documents.pdf.engines import PageContent, TextFragment

_TALL = 1.6  # In heights of the type: letters that are only slanted, as in an italic, make no taller box.
_LETTER = 3  # Letters, at most, whose box doesn't tell.
_LARGE = 2.5  # Relative to the page's usual type.
_SMALL = 0.5  # Relative to the watermark: the text that it lies over.
_COVERED = 40  # Letters, at least.
_WORDS = 3  # At most; more are no watermark.


def without_watermarks(content: PageContent) -> tuple[PageContent, list[TextFragment]]:
    """Take watermarks and slanted text out of a page. Returns what is left, and what was taken out."""
    fragments = content.fragments
    if not fragments:
        return content, []
    sizes = sorted([fragment.size for fragment in fragments])
    large = _LARGE * sizes[len(sizes) // 2]
    slanted = [fragment for fragment in fragments if fragment.slanted]
    if not slanted and sizes[-1] < large:
        return content, []
    steep = [fragment for fragment in slanted if _is_steep(fragment)]
    aside = {id(fragment) for fragment in slanted if _is_steep(fragment) or _is_beside(fragment, steep)}
    words = [f for f in fragments if f.size >= large and not f.slanted and _lies_over_text(f, fragments)]
    if len(words) <= _WORDS:
        aside.update(map(id, words))
    if not aside:
        return content, []
    left = [fragment for fragment in fragments if id(fragment) not in aside]
    return content._replace(fragments=left), [fragment for fragment in fragments if id(fragment) in aside]


def _is_steep(fragment: TextFragment) -> bool:
    return len(fragment.text.strip()) > _LETTER and fragment.bottom - fragment.top > _TALL * fragment.size


def _is_beside(fragment: TextFragment, steep: list[TextFragment]) -> bool:
    """Whether a few letters stand in one column with steep text: pieces of it."""
    middle = (fragment.x0 + fragment.x1) / 2
    return len(fragment.text.strip()) <= _LETTER and any(other.x0 < middle < other.x1 for other in steep)


def _lies_over_text(word: TextFragment, fragments: list[TextFragment]) -> bool:
    if len(word.text.strip()) < _LETTER:
        return False  # A bullet.
    covered = 0
    for other in fragments:
        y = (other.top + other.bottom) / 2
        shared = min(word.x1, other.x1) - max(word.x0, other.x0)
        if word.top < y < word.bottom and shared > other.size and other.size <= _SMALL * word.size:
            covered += len(other.text)
    return covered >= _COVERED
