"""Flags that several commands share, and the settings that come of them."""

import argparse
import os
from typing import Any

from docqa import config
from docqa.config import Settings


def add_settings(parser: argparse.ArgumentParser) -> None:
    """Add the flags of `Settings`. Their defaults are None: not given."""
    group = parser.add_argument_group("models")
    group.add_argument("--reader", metavar="NAME", help="reader to use: a name from `docqa models list`, or a folder")
    group.add_argument("--encoder", metavar="NAME", help="encoder of the dense retriever: a name, or a folder")
    group.add_argument("--device", metavar="DEVICE", help="auto, cpu, cuda, mps or xpu (default: auto)")
    group.add_argument("--precision", choices=("auto", "float32"), help="what the reader computes in (default: auto)")
    group = parser.add_argument_group("reading")
    group.add_argument("--retriever", choices=("hybrid", "lexical", "dense"), help="default: hybrid")
    group.add_argument("--top-k-windows", type=int, metavar="N", help="windows that are read (default: 8)")
    group.add_argument("--exhaustive", action="store_true", default=None, help="read every window")
    group.add_argument(
        "--max-seq-length",
        type=int,
        metavar="N",
        help=f"tokens in a sequence (default: {Settings().max_seq_length})",
    )
    group.add_argument(
        "--doc-stride",
        type=int,
        metavar="N",
        help=f"tokens that windows overlap by (default: {Settings().doc_stride})",
    )
    group.add_argument("--max-answer-length", type=int, metavar="N", help="in tokens (default: 30)")
    group.add_argument(
        "--threshold",
        type=float,
        metavar="P",
        help="probability below which there is no answer (default: the reader's)",
    )
    group.add_argument(
        "--password",
        metavar="PASSWORD",
        default=os.environ.get("DOCQA_PASSWORD"),
        help="of encrypted PDFs; as the variable DOCQA_PASSWORD it is in no list of processes",
    )
    group.add_argument(
        "--no-cache", dest="cache", action="store_false", default=None, help="keep and use nothing on disk"
    )


def settings(arguments: argparse.Namespace) -> Settings:
    """Settings from everywhere, the flags last. Raises `DocqaError`."""
    return config.load(given(arguments))


def given(arguments: argparse.Namespace) -> dict[str, Any]:
    """The settings that have a flag on the command line."""
    flags = {name: getattr(arguments, name, None) for name in config.names()}
    return {name: value for name, value in flags.items() if value is not None}
