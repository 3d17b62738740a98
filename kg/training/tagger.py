"""Trains the tagger on labelled papers."""

from __future__ import annotations

import logging
import random
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from kg.extraction.features import Floats, Ints, candidate_spans, flags, table_rows
from kg.model import ENTITY_TYPES, ROLES
from kg.training.labels import Labelled
from kg.training.network import Tagger

logger = logging.getLogger(__name__)

NONE = len(ENTITY_TYPES)
IGNORE = -100


@dataclass(frozen=True, slots=True)
class Example:
    """One paper as arrays: per word, per candidate span, and what is to be learned of each span."""

    rows: Ints
    vectors: Floats
    flags: Floats
    spans: Ints
    types: Ints
    roles: Ints


def make_example(labelled: Labelled, vectors: Callable[[Sequence[str]], Floats]) -> Example:
    """``vectors`` gives the word vectors, shape (words, width), of a list of lower-case words."""
    doc = labelled.doc
    texts = [token.text for token in doc]
    spans = candidate_spans(texts)
    gold = {(start, end - 1): entity for start, end, entity in labelled.spans}
    unsure = {(start, end - 1) for start, end in labelled.unsure}
    types, roles = np.full(len(spans), NONE), np.full(len(spans), IGNORE)
    for i, span in enumerate(map(tuple, spans.tolist())):
        if span in gold:
            entity = labelled.record["entities"][gold[span]]
            types[i], roles[i] = ENTITY_TYPES.index(entity["type"]), ROLES.index(entity["role"])
        elif span in unsure:
            types[i] = IGNORE
    return Example(table_rows(doc), vectors([text.lower() for text in texts]), flags(texts), spans, types, roles)


def compact(example: Example) -> Example:
    """The same in a third of the memory; the vectors are as exact as the weights that are shipped."""
    return Example(
        example.rows.astype(np.int32), example.vectors.astype(np.float16), example.flags.astype(np.float16),
        example.spans.astype(np.int32), example.types.astype(np.int8), example.roles.astype(np.int8),
    )  # fmt: skip


def collate(examples: Sequence[Example]) -> dict[str, Tensor]:
    """Papers side by side, padded to the longest."""
    words = max(len(example.rows) for example in examples)

    def pad(array: np.ndarray) -> np.ndarray:
        return np.pad(array, ((0, words - len(array)), *((0, 0) for _ in array.shape[1:])))

    mask = np.zeros((len(examples), words, 1), dtype=np.float32)
    for i, example in enumerate(examples):
        mask[i, : len(example.rows)] = 1
    numbered = [np.column_stack([np.full(len(e.spans), i), e.spans]) for i, e in enumerate(examples)]
    return {
        "rows": torch.from_numpy(np.stack([pad(e.rows) for e in examples])).long(),
        "vectors": torch.from_numpy(np.stack([pad(e.vectors) for e in examples])).float(),
        "flags": torch.from_numpy(np.stack([pad(e.flags) for e in examples])).float(),
        "mask": torch.from_numpy(mask),
        "spans": torch.from_numpy(np.concatenate(numbered)).long(),
    }


def batches(examples: Sequence[Example], size: int, chance: random.Random) -> Iterator[list[Example]]:
    """Papers in random order, those of like length together."""
    order = list(range(len(examples)))
    chance.shuffle(order)
    groups = []
    for at in range(0, len(order), size * 16):
        pool = sorted(order[at : at + size * 16], key=lambda i: len(examples[i].rows))
        groups += [pool[i : i + size] for i in range(0, len(pool), size)]
    chance.shuffle(groups)
    for group in groups:
        yield [examples[i] for i in group]


def train(
    examples: Sequence[Example],
    *,
    epochs: int,
    seed: int = 0,
    size: int = 16,
    rate: float = 2e-3,
    decay: float = 0.01,
    dropout: float = 0.3,
    role_weight: float = 0.3,
    half: bool = True,
    name: str = "tagger",
    start: Tagger | None = None,
    outcomes: int = NONE + 1,
    after_round: Callable[[Tagger], None] | None = None,
) -> Tagger:
    """Train on one core, from the weights of ``start`` where it is given; ``name`` says in the log who is trained.

    The rate rises over the first twentieth of the steps and then falls to nothing. ``outcomes`` counts the types
    of spans, no name being the last; ``after_round`` may look at the model after each round.
    """
    torch.manual_seed(seed)
    torch.set_num_threads(1)
    chance = random.Random(seed)
    model = Tagger(examples[0].vectors.shape[1], types=outcomes, dropout=dropout)
    if start is not None:
        model.load_state_dict(start.state_dict())
    optimizer = torch.optim.AdamW(model.parameters(), lr=rate, weight_decay=decay, betas=(0.9, 0.98))
    steps = epochs * -(-len(examples) // size)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda step: min((step + 1) / (0.05 * steps), max(0.0, (steps - step) / (0.95 * steps)))
    )
    began = time.perf_counter()
    for epoch in range(epochs):
        model.train()
        total = 0.0
        for batch in batches(examples, size, chance):
            with torch.autocast("cpu", dtype=torch.bfloat16, enabled=half):
                types, roles = model(**collate(batch))
            loss = span_loss(types.float(), roles.float(), batch, role_weight)
            optimizer.zero_grad(set_to_none=True)
            loss.backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), 5.0)
            optimizer.step()
            schedule.step()
            total += float(loss.detach())
        if after_round:
            after_round(model)
        seconds = time.perf_counter() - began
        logger.info(
            "%s: round %d of %d over %d papers, loss %.2f, %.0f s, %.0f s to go", name, epoch + 1, epochs,
            len(examples), total / (steps / epochs), seconds, seconds / (epoch + 1) * (epochs - epoch - 1),
        )  # fmt: skip
    model.eval()
    return model


def span_loss(types: Tensor, roles: Tensor, batch: Sequence[Example], role_weight: float) -> Tensor:
    """Cross entropy per paper: a sum over spans, since a paper has many spans and few names."""
    gold_types = torch.from_numpy(np.concatenate([e.types for e in batch])).long()
    gold_roles = torch.from_numpy(np.concatenate([e.roles for e in batch])).long()
    loss = torch.nn.functional.cross_entropy(types, gold_types, ignore_index=IGNORE, reduction="sum")
    loss = loss + role_weight * torch.nn.functional.cross_entropy(
        roles, gold_roles, ignore_index=IGNORE, reduction="sum"
    )
    return loss / (8 * len(batch))
