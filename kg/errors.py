"""Every error that the program raises on purpose, and the exit code that each one means.

::

    KGError                     1   (never raised itself)
    ├── UsageError              2   an option or a parameter is wrong
    ├── InputError              3   a file is missing, unreadable or damaged
    │   └── UnknownFormat       3   a file that is none of the formats that hold papers
    ├── WorkspaceError          4   the workspace is missing, locked, damaged or of another version
    ├── QueryError              5   no such query, wrong parameters, or the engine refused it
    │   ├── QueryRefused        5   it asks for what is not allowed: to change the graph, or to call another service
    │   ├── QueryTimeout        5   it ran past its time, or out of memory, and was stopped
    │   └── QueryTooLarge       5   its answer has more rows or bytes than allowed
    ├── StoreError              6   a graph database could not be loaded
    │   ├── StoreUnreachable    7   nothing answers there, or it went away
    │   ├── StoreDenied         8   wrong user or password
    │   └── StoreMismatch       9   after a load the database does not hold what was sent
    ├── OntologyError          10   a Turtle file of the ontology or a lexicon is not usable
    └── EndpointError          11   a language model's endpoint does not answer, or refuses

    Violations                  12   `kg validate` found what the shapes do not allow (no exception)
    Partial success             20   done, but some records were broken and skipped (no exception: see ``kg build``)
    Interrupted                 130   Ctrl-C; what was finished is kept
"""

VIOLATIONS = 12
PARTIAL = 20
INTERRUPTED = 130


class KGError(Exception):
    """Base of all: the message says what was wrong, where, and what to do."""

    exit_code = 1


class UsageError(KGError):
    exit_code = 2


class InputError(KGError):
    exit_code = 3


class UnknownFormat(InputError):
    pass


class WorkspaceError(KGError):
    exit_code = 4


class QueryError(KGError):
    exit_code = 5


class QueryRefused(QueryError):
    pass


class QueryTimeout(QueryError):
    pass


class QueryTooLarge(QueryError):
    pass


class StoreError(KGError):
    exit_code = 6


class StoreUnreachable(StoreError):
    exit_code = 7


class StoreDenied(StoreError):
    exit_code = 8


class StoreMismatch(StoreError):
    exit_code = 9


class OntologyError(KGError):
    exit_code = 10


class EndpointError(KGError):
    exit_code = 11
