"""What a field of a result may be: candidates with their probabilities."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Choice:
    """Candidate entities of one number and field with their probabilities."""

    entities: tuple[int, ...]
    probabilities: tuple[float, ...]

    def best(self, threshold: float) -> tuple[int | None, float]:
        """The likeliest entity, or None where even that is less likely than ``threshold``; with its probability."""
        top = max(range(len(self.entities)), key=lambda k: self.probabilities[k], default=None)
        if top is None:
            return None, 0.0
        score = self.probabilities[top]
        return (self.entities[top] if score >= threshold else None), score

    def top(self, most: int) -> list[tuple[int, float]]:
        """The likeliest ``most`` entities with their probabilities, best first."""
        pairs = sorted(zip(self.probabilities, self.entities, strict=True), key=lambda pair: (-pair[0], pair[1]))
        return [(entity, score) for score, entity in pairs[:most]]

    def table(self) -> dict[int, float]:
        """Probabilities by entity."""
        return dict(zip(self.entities, self.probabilities, strict=True))
