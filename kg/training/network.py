"""The tagger as a torch module; ``kg.extraction.network`` computes the same from its exported weights."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn

from kg.extraction.features import FLAGS, MAX_WIDTH, TABLES

DILATIONS = (1, 1, 2, 4, 1)
HEADS = 4
ATTENTION_BEFORE = 4
"""The whole text is looked at before the convolution of this number."""


class Maxout(torch.autograd.Function):
    """The larger of two halves. Written out because the built-in maximum spends its time on ties."""

    @staticmethod
    def forward(ctx: Any, x: Tensor) -> Tensor:
        left, right = x.chunk(2, dim=-1)
        is_left = left > right
        ctx.save_for_backward(is_left)
        return torch.where(is_left, left, right)

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> Tensor:
        (is_left,) = ctx.saved_tensors
        left = gradient * is_left
        return torch.cat([left, gradient - left], dim=-1)


class PaperDropout(nn.Module):
    """Drops the same channels for all words of a paper: as strong as dropping single numbers, and far cheaper."""

    def __init__(self, chance: float) -> None:
        super().__init__()
        self.chance = chance

    def mask(self, x: Tensor) -> Tensor:
        keep = 1 - self.chance
        return (torch.rand(x.shape[0], 1, x.shape[-1]) < keep).to(x.dtype) / keep

    def forward(self, x: Tensor) -> Tensor:
        """``x`` (papers, words, width)."""
        return x * self.mask(x) if self.training and self.chance else x


class Conv(nn.Module):
    """One residual layer: every word sees itself and one neighbour on each side, ``dilation`` words away."""

    def __init__(self, width: int, dilation: int, dropout: float) -> None:
        super().__init__()
        self.dilation = dilation
        self.norm = nn.LayerNorm(width)
        self.linear = nn.Linear(3 * width, 2 * width)
        self.dropout = PaperDropout(dropout)

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:
        """``x`` (papers, words, width); ``mask`` (papers, words, 1) is 0 beyond a paper's end."""
        normed = self.norm(x) * mask
        d = self.dilation
        before = nn.functional.pad(normed, (0, 0, d, 0))[:, :-d]
        after = nn.functional.pad(normed, (0, 0, 0, d))[:, d:]
        joined = self.linear(torch.cat([before, normed, after], dim=-1))
        return x + self.dropout(Maxout.apply(joined))


class Attention(nn.Module):
    """One residual layer in which every word looks at the whole text, wherever its words stand."""

    def __init__(self, width: int, heads: int, dropout: float) -> None:
        super().__init__()
        self.heads = heads
        self.norm = nn.LayerNorm(width)
        self.inward, self.outward = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.dropout = PaperDropout(dropout)

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:
        papers, words, width = x.shape
        split = self.inward(self.norm(x)).view(papers, words, 3, self.heads, width // self.heads)
        query, key, value = split.permute(2, 0, 3, 1, 4)
        seen = (mask[:, :, 0] > 0).view(papers, 1, 1, words)
        mixed = nn.functional.scaled_dot_product_attention(query, key, value, attn_mask=seen)
        return x + self.dropout(self.outward(mixed.transpose(1, 2).reshape(papers, words, width)))


class Tagger(nn.Module):
    """Scores every candidate span of a text for every type, and for every role."""

    def __init__(
        self, vector_width: int, *, width: int = 128, types: int = 6, roles: int = 4, dropout: float = 0.3
    ) -> None:
        super().__init__()
        self.attention = Attention(width, HEADS, dropout)
        self.tables = nn.ModuleList([nn.EmbeddingBag(rows, size, mode="sum") for _, rows, size in TABLES])
        for table in self.tables:
            nn.init.normal_(table.weight, std=0.1)
        self.join = nn.Linear(vector_width + sum(size for _, _, size in TABLES) + FLAGS, 2 * width)
        self.layers = nn.ModuleList([Conv(width, dilation, dropout) for dilation in DILATIONS])
        self.norm = nn.LayerNorm(width)
        self.begin, self.end, self.inside = (nn.Linear(width, width) for _ in range(3))
        self.length = nn.Embedding(MAX_WIDTH, width)
        self.types, self.roles = nn.Linear(width, types), nn.Linear(width, roles)
        self.dropout, self.drop_input, self.drop_span = (PaperDropout(dropout) for _ in range(3))

    def words(self, rows: Tensor, vectors: Tensor, flags: Tensor, mask: Tensor) -> Tensor:
        """Hidden vectors of words, (papers, words, width)."""
        papers, words = rows.shape[:2]
        parts = [table(rows[:, :, i].reshape(-1, 2)).view(papers, words, -1) for i, table in enumerate(self.tables)]
        known = self.drop_input(torch.cat([vectors, *parts], -1))
        x = Maxout.apply(self.join(torch.cat([known, flags], -1)))
        for i, layer in enumerate(self.layers):
            if i == ATTENTION_BEFORE:
                x = self.attention(x, mask)
            x = layer(x, mask)
        return self.norm(x)

    def forward(
        self, rows: Tensor, vectors: Tensor, flags: Tensor, mask: Tensor, spans: Tensor
    ) -> tuple[Tensor, Tensor]:
        """Scores (spans, types) and (spans, roles); ``spans`` (spans, 3): paper, first word, last word."""
        hidden = self.dropout(self.words(rows, vectors, flags, mask))
        _, words, width = hidden.shape
        inside = self.inside(hidden)
        sums = nn.functional.pad(inside.float().cumsum(1), (0, 0, 1, 0)).reshape(-1, width)
        flat_begin, flat_end = self.begin(hidden).reshape(-1, width), self.end(hidden).reshape(-1, width)
        paper, first, last = spans.unbind(1)
        here, there = paper * words + first, paper * words + last
        start_sum, end_sum = paper * (words + 1) + first, paper * (words + 1) + last + 1
        length = (last - first + 1).unsqueeze(1)
        pooled = (sums.index_select(0, end_sum) - sums.index_select(0, start_sum)) / length
        begins, ends = flat_begin.index_select(0, here), flat_end.index_select(0, there)
        span = torch.relu(begins + ends + pooled + self.length(length.squeeze(1) - 1))
        if self.training:
            span = span * self.drop_span.mask(hidden).squeeze(1).index_select(0, paper)
        return self.types(span), self.roles(span)
