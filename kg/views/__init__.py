"""Pages to look at: each one HTML file that opens with no network."""

from kg.views.picture import View, write_view

__all__ = ["View", "write_view"]
