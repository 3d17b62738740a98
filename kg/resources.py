"""Where ``ontology/``, ``queries/`` and ``examples/`` lie: inside the installed package, or beside it in a checkout."""

from __future__ import annotations

from pathlib import Path

from kg.errors import KGError

_PACKAGE = Path(__file__).resolve().parent


def resource(name: str) -> Path:
    """The folder or file ``name`` that the program carries ("queries", "ontology/lexicon.ttl").

    Raises KGError if the installation lacks it.
    """
    for base in (_PACKAGE / "_data", _PACKAGE.parent):
        if (base / name).exists():
            return base / name
    raise KGError(f"{name} is missing from this installation: install the package again")
