"""Worker for Haystack: its splitter, BM25 retriever and `ExtractiveReader`, with default settings.

    PYTHON_OF_ITS_ENVIRONMENT -m benchmarks.haystack READER_FOLDER TEXT_FILE DTYPE

Runs in its own virtual environment (`benchmarks.environments`). Documents have 200 words, the best 10 are read,
in windows of 384 tokens with a stride of 128. Two settings differ from the defaults. `no_answer` is off, because
docqa's best answer is compared, whatever its probability. DTYPE is the type to compute in: the default ("auto") is the
float16 of the stored weights, which is slow on a CPU without float16 instructions. The input is docqa's text of the
PDF, not pypdf's.
"""

import sys
from pathlib import Path

from haystack import Document, Pipeline
from haystack.components.preprocessors import DocumentSplitter
from haystack.components.readers import ExtractiveReader
from haystack.components.retrievers.in_memory import InMemoryBM25Retriever
from haystack.document_stores.in_memory import InMemoryDocumentStore
from haystack.utils import ComponentDevice

from benchmarks.worker import Work, serve


def load() -> Work:
    """Split and store the document, and load the reader."""
    store = InMemoryDocumentStore()
    splitter = DocumentSplitter()
    if hasattr(splitter, "warm_up"):
        splitter.warm_up()
    text = Path(sys.argv[2]).read_text(encoding="utf-8")
    store.write_documents(splitter.run([Document(content=text)])["documents"])
    pipeline = Pipeline()
    pipeline.add_component("retriever", InMemoryBM25Retriever(document_store=store))
    pipeline.add_component(
        "reader",
        ExtractiveReader(
            model=sys.argv[1],
            device=ComponentDevice.from_str("cpu"),
            no_answer=False,
            model_kwargs={"dtype": sys.argv[3]},
        ),
    )
    pipeline.connect("retriever.documents", "reader.documents")
    pipeline.warm_up()

    def ask(question: str) -> str:
        output = pipeline.run({"retriever": {"query": question}, "reader": {"query": question}})
        answers = output["reader"]["answers"]
        return (answers[0].data or "") if answers else ""

    return ask


if __name__ == "__main__":
    serve(load)
