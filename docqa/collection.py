"""Opened documents: retrieve windows for a question, read them, and make answers of what was found."""

import time
from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from docqa.answers import Answer, DocumentWarning, Result, Withheld, closest_passages, rank_answers
from docqa.candidate_features import naming_stems
from docqa.documents import Document
from docqa.documents.formats import file_types
from docqa.errors import DocqaError
from docqa.extensions import RETRIEVERS, resolve
from docqa.index_cache import DocumentWindows
from docqa.languages import language_name
from docqa.nonextractive import MESSAGES
from docqa.progress import Monitor
from docqa.ranking import Candidate
from docqa.reader.reader import Reader
from docqa.reader.span_decoding import Span
from docqa.retrieval.retriever import Retriever
from docqa.retrieval.window_order import WindowOrder
from docqa.scope import Scope
from docqa.search_state import QuestionSearch, SearchProgress
from docqa.whole_spans import whole_answer
from docqa.windows import Window

if TYPE_CHECKING:
    from docqa.engine import Engine


QUESTIONS_AT_ONCE = 16
"""Questions that are read together: few enough that the first answers are there soon."""
_AROUND = 64  # Tokens before and after a place that is read a second time.


@dataclass(frozen=True, slots=True)
class Failure:
    """A path that could not be opened, and the error."""

    path: str
    error: DocqaError


@dataclass(frozen=True, slots=True)
class IndexedDocument:
    """A document and its index. `vectors` has the shape (windows, dimensions), or is None without an encoder.

    `unread_language` is the document's language by its name if the reader doesn't read it, else "".
    """

    document: Document
    windows: DocumentWindows
    vectors: NDArray[np.float32] | None
    unread_language: str = ""


class Collection:
    """Opened documents, ready for questions. `left_out` says what was passed over in folders."""

    def __init__(
        self,
        engine: "Engine",
        opened: Sequence[IndexedDocument],
        failures: Sequence[Failure] = (),
        left_out: Sequence[DocumentWarning] = (),
    ) -> None:
        self.engine = engine
        self.opened = tuple(opened)
        self.failures = tuple(failures)
        self.left_out = tuple(left_out)
        self._windows = [(d, w) for d, one in enumerate(self.opened) for w in range(len(one.windows))]
        self._documents_of_windows = np.array([d for d, _ in self._windows], dtype=np.int64)
        self._naming_stems = naming_stems(self.documents)
        kind = RETRIEVERS.get(engine.settings.retriever)
        self._retriever: Retriever | None = resolve(kind.build)(self.opened, engine.encoder) if self._windows else None

    @property
    def documents(self) -> tuple[Document, ...]:
        """The documents, in the order in which they were opened."""
        return tuple(one.document for one in self.opened)

    @property
    def windows_total(self) -> int:
        """The number of windows in all documents."""
        return len(self._windows)

    def scope(self, names: str | Sequence[str] = (), pages: str | None = None) -> Scope:
        """A part of the documents, to ask only that. Raises `DocqaError` if nothing is left.

        `names` are globs for a file's name, the end of its path, or a folder that it is in; `pages` is like "3-9,12".
        """
        return Scope.matching(self.documents, [names] if isinstance(names, str) else names, pages)

    def ask(
        self,
        question: str,
        monitor: Monitor | None = None,
        *,
        exhaustive: bool | None = None,
        scope: Scope | None = None,
        top: int | None = None,
    ) -> Result:
        """Ask a question. Raises `DocqaError` if the question is empty or too long, or no document is open.

        `scope` is the part of the documents that is asked, all by default; `top` is the number of answers, by default
        the setting.
        """
        if top is not None and top < 1:
            raise DocqaError(f"top is {top}", "1 or more")
        start = time.perf_counter()
        question = _one_line(question)
        *_, progress = self.search(question, monitor, exhaustive=exhaustive, scope=scope)
        return self.result(question, progress, time.perf_counter() - start, top)

    def ask_progressively(
        self, question: str, monitor: Monitor | None = None, *, exhaustive: bool | None = None
    ) -> Iterator[Result]:
        """Ask a question and yield a `Result` after each batch of windows; the last one is final. Raises as `ask`."""
        start = time.perf_counter()
        question = _one_line(question)
        for progress in self.search(question, monitor, exhaustive=exhaustive):
            yield self.result(question, progress, time.perf_counter() - start)

    def ask_all(
        self,
        questions: Sequence[str],
        monitor: Monitor | None = None,
        *,
        exhaustive: bool | None = None,
        scope: Scope | None = None,
    ) -> list[Result]:
        """Ask several questions and read their windows in shared batches. Raises as `ask`.

        The time taken is divided equally among the results.
        """
        start = time.perf_counter()
        searches = [self.begin(_one_line(question), exhaustive=exhaustive, scope=scope) for question in questions]
        for _ in self._read([(search, search.window_order.count) for search in searches], monitor or Monitor(), ""):
            pass
        self._read_again(searches, monitor or Monitor())
        seconds = (time.perf_counter() - start) / max(1, len(searches))
        return [self.result(one.question, one.progress(), seconds) for one in searches]

    def search(
        self,
        question: str,
        monitor: Monitor | None = None,
        *,
        exhaustive: bool | None = None,
        scope: Scope | None = None,
    ) -> Iterator[SearchProgress]:
        """Retrieve and read windows; yield what was found after each batch. Raises as `ask`."""
        search = self.begin(question, exhaustive=exhaustive, scope=scope)
        return self.read(search, search.window_order.count, monitor)

    def begin(self, question: str, *, exhaustive: bool | None = None, scope: Scope | None = None) -> QuestionSearch:
        """Retrieve windows; none is read yet. Raises as `ask`."""
        question_ids = self.engine.reader.question_ids(question)
        if self._retriever is None:
            raise DocqaError("no document is open", f"name a {file_types()} file, or a folder")
        settings = self.engine.settings
        scores = self._retriever.scores(question)
        count = len(scores)
        if not (settings.exhaustive if exhaustive is None else exhaustive):
            count = min(count, settings.top_k_windows)
        among = None if scope is None else self._windows_in(scope)
        order = WindowOrder.of(scores, self._documents_of_windows, count, among)
        return QuestionSearch(question, question_ids, order, self.engine.choice, named=self._naming_stems, scope=scope)

    def read(self, search: QuestionSearch, until: int, monitor: Monitor | None = None) -> Iterator[SearchProgress]:
        """Read the windows of a search that were not read yet, up to the first `until`; yield as `search`.

        If it is cancelled, the rest can be read later.
        """
        monitor = monitor or Monitor()
        for _ in self._read([(search, until)], monitor, search.question):
            if search.windows_read < until:
                yield search.progress()
        self._read_again([search], monitor)
        yield search.progress()

    def read_next(self, search: QuestionSearch, names: Container[str]) -> int:
        """Have a search read the documents of these names before others; return until where they take it."""
        scope = Scope(self.documents, [n for n, one in enumerate(self.documents) if one.name in names])
        search.window_order = search.window_order.with_next(self._windows_in(scope), search.windows_read)
        ahead = self._documents_of_windows[search.window_order.windows[search.windows_read :]]
        return search.windows_read + int(np.isin(ahead, sorted(scope.numbers)).sum())

    def _windows_in(self, scope: Scope) -> NDArray[np.int64]:
        """The numbers of the windows with text in a scope."""
        found = [scope.windows(number, one.windows.spans) for number, one in enumerate(self.opened)]
        return np.concatenate(found).nonzero()[0]

    def _read(self, searches: Sequence[tuple[QuestionSearch, int]], monitor: Monitor, label: str) -> Iterator[None]:
        """Read each search's windows up to its number in batches; yield after each. `label` is shown with progress."""
        pending = [
            (search, window)
            for search, until in searches
            for window in search.window_order.windows[search.windows_read : until].tolist()
        ]
        before = sum(search.windows_read for search, _ in searches)
        total = before + len(pending)
        monitor.update("reading", label, before, total)
        self.engine.wait_until_loaded(monitor)
        reader, longest = self.engine.reader, self.engine.settings.max_answer_length
        for first in range(0, len(pending), reader.batch_size):
            monitor.update("reading", label, before + first, total)
            batch = pending[first : first + reader.batch_size]
            pairs = [(search.question_ids, self._window(window)) for search, window in batch]
            for span in reader.read_pairs(pairs, longest):
                search, window = batch[span.window]
                candidate = self._candidate(search, window, span)
                if candidate is not None:
                    opened = self.opened[candidate.document]
                    readable = not opened.unread_language and reader.reads(search.language)
                    search.add(candidate, window, opened.document, readable=readable)
            for search, _ in batch:
                search.windows_read += 1
            yield
        if not pending:
            yield  # No window is in the scope, or all were read.
        monitor.update("reading", label, total, total)

    def _read_again(self, searches: Sequence[QuestionSearch], monitor: Monitor) -> None:
        """Read the best places of each search once more, each in the middle of a window of its own."""
        reader, longest = self.engine.reader, self.engine.settings.max_answer_length
        pending = [(search, place) for search in searches for place in search.unread_places()]
        for first in range(0, len(pending), reader.batch_size):
            monitor.check()
            batch = [(*one, self._passage(one[1])) for one in pending[first : first + reader.batch_size]]
            found: list[list[tuple[int, int, float]]] = [[] for _ in batch]
            pairs = [(search.question_ids, window) for search, _, (window, _) in batch]
            for span in reader.read_pairs(pairs, longest):
                _, place, (_, offset) = batch[span.window]
                tokens = self.opened[place.document].windows.tokens
                start, end = tokens.starts[offset + span.first], tokens.ends[offset + span.last]
                found[span.window].append((int(start), int(end), span.score))
            for (search, place, _), spans in zip(batch, found, strict=True):
                search.add_second_reading(place, spans)

    def _passage(self, place: Candidate) -> tuple[Window, int]:
        """The tokens around a candidate, and the number of their first one."""
        tokens = self.opened[place.document].windows.tokens
        first, last = tokens.around(place.start, place.end)
        offset = max(0, first - _AROUND)
        return tokens.window(offset, max(first, last) + 1 + _AROUND), offset

    @property
    def retriever(self) -> str:
        """The name of the retriever, with that of its encoder if it has one."""
        name, encoder = self.engine.settings.retriever, self.engine.encoder
        return name if encoder is None else f"{name}:{encoder.name}"

    def locate_window(self, window: int) -> tuple[int, int, int]:
        """The number of a window's document, and the offsets at which the window starts and ends."""
        document, number = self._windows[window]
        return document, *self.opened[document].windows.span(number)

    def _window(self, window: int) -> Window:
        document, number = self._windows[window]
        windows = self.opened[document].windows
        return windows.tokens.window(*windows.bounds[number])

    def _candidate(self, search: QuestionSearch, window: int, span: Span) -> Candidate | None:
        """The whole answer around a span; None if that is no answer, or out of the question's scope."""
        number, of_document = self._windows[window]
        opened = self.opened[number]
        offset = int(opened.windows.bounds[of_document][0])
        whole = whole_answer(opened.document.text, opened.windows.tokens, offset, span, search.question)
        if whole is None or (search.scope is not None and not search.scope.contains(number, whole[0])):
            return None
        return Candidate(number, *whole, span.score, int(search.window_order.ranks[window]))

    def result(self, question: str, progress: SearchProgress, seconds: float, top: int | None = None) -> Result:
        """The answers found so far, `top` at most, `seconds` after the question was asked."""
        engine = self.engine
        top = engine.settings.top if top is None else top
        ranked = rank_answers(progress.claimable, self.documents, top)
        answered = bool(ranked) and ranked[0].probability >= engine.choice.threshold
        if not answered:
            ranked = closest_passages(progress.candidates, self.documents, top)
        listed = sum(answered and answer.probability >= engine.choice.listed_from for answer in ranked)
        return Result(
            question=question,
            answered=answered,
            answers=tuple(ranked[:listed]),
            closest=tuple(ranked[listed:]),
            windows_read=progress.windows_read,
            windows_total=len(progress.order),
            reader=engine.reader.name,
            retriever=self.retriever,
            elapsed_seconds=seconds,
            warnings=(
                *self.left_out,
                *(DocumentWarning(each.name, message) for each in self.documents for message in each.warnings),
            ),
            withheld=None if answered else self._withheld(progress),
        )

    def _withheld(self, progress: SearchProgress) -> Withheld | None:
        """Why none of the candidates is claimed, unless it is only that they are improbable."""
        unread = unread_language(self.engine.reader, progress.language)
        if unread:
            return Withheld("language", f"the question seems to be in {unread}, which the reader doesn't read")
        if progress.nonextractive is not None:
            return Withheld(progress.nonextractive, MESSAGES[progress.nonextractive])
        best = next(iter(progress.candidates), None)
        unread = self.opened[best.candidate.document].unread_language if best else ""
        message = f"the closest passage seems to be in {unread}, which the reader doesn't read"
        return Withheld("language", message) if unread else None

    def best_by_document(self, progress: SearchProgress) -> tuple[Answer, ...]:
        """The best answer of each document that has one at the threshold, the most probable first."""
        threshold = self.engine.choice.threshold
        found = [scored for scored in progress.best_by_document.values() if scored.probability >= threshold]
        found.sort(key=lambda scored: scored.sort_key)
        return tuple(answer for scored in found for answer in rank_answers([scored], self.documents, 1))


def unread_language(reader: Reader, language: str | None) -> str:
    """The name of a language that the reader doesn't read, else ""."""
    return "" if language is None or reader.reads(language) else language_name(language)


def _one_line(question: str) -> str:
    # An argument that was not UTF-8 has lone surrogates, which no tokenizer takes.
    return " ".join(question.encode("utf-16", "surrogatepass").decode("utf-16", "replace").split())
