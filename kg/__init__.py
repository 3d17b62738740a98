"""A knowledge graph of machine-learning results, built from paper abstracts."""

from kg.model import Author, Comparison, EntityMention, Paper, Record, Result, Span

__all__ = ["Author", "Comparison", "EntityMention", "Paper", "Record", "Result", "Span", "__version__"]

__version__ = "0.1.0"
