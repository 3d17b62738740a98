"""Word vectors from unlabelled abstracts (floret, continuous bag of words)."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from spacy.vocab import Vocab

from kg.extraction.text import fold
from kg.extraction.tokens import make_doc

SETTINGS = {"minn": 4, "maxn": 5, "hash_count": 2, "hash_seed": 2166136261}
WIDTH, BUCKETS = 128, 60_000


def write_words(texts: Iterable[str], path: Path, vocab: Vocab) -> None:
    """Write the words of every text, one text a line, with a space between words; ``<n>`` ends the title."""
    with path.open("w", encoding="utf-8") as lines:
        for text in texts:
            words = ["<n>" if token.text == "\n" else token.text for token in make_doc(vocab, fold(text))]
            lines.write(" ".join(words) + "\n")


def train_vectors(words: Path, folder: Path) -> dict[str, npt.NDArray[Any]]:
    """Train on lower-cased ``words`` (about eight minutes on one core for 22 million words); arrays for the model file.

    ``folder`` takes the intermediate files. One thread, so that the same words give the same vectors.
    """
    import floret

    lowered, table = folder / "words.lower", folder / "vectors.floret"
    with words.open(encoding="utf-8") as lines, lowered.open("w", encoding="utf-8") as out:
        out.writelines(line.lower() for line in lines)
    model = floret.train_unsupervised(
        str(lowered), model="cbow", mode="floret", hashCount=SETTINGS["hash_count"], bucket=BUCKETS,
        minn=SETTINGS["minn"],
        maxn=SETTINGS["maxn"], minCount=5, dim=WIDTH, epoch=3, ws=5, neg=10, lr=0.05, thread=1,
    )  # fmt: skip
    model.save_floret_vectors(str(table))
    return quantise(read_table(table))


def read_table(path: Path) -> npt.NDArray[np.float32]:
    """The bucket vectors, (buckets, width), of floret's text format."""
    with path.open(encoding="utf-8") as lines:
        buckets, width = map(int, next(lines).split()[:2])
        data = np.zeros((buckets, width), dtype=np.float32)
        for line in lines:
            row, *values = line.split()
            data[int(row)] = [float(value) for value in values]
    return data


def quantise(data: npt.NDArray[np.float32]) -> dict[str, npt.NDArray[Any]]:
    """One byte per number and one scale per row; the tagger is trained on the vectors as they come out of this."""
    data = data / data.std()
    scale = np.abs(data).max(axis=1) / 127 + 1e-9
    return {
        "vectors.rows": np.round(data / scale[:, None]).astype(np.int8),
        "vectors.scale": scale.astype(np.float32),
        "vectors.settings": np.array(list(SETTINGS.values()), dtype=np.int64),
    }
