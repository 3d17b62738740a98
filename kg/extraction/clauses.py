"""The clause that a number stands in: its verb, its subject, and what lies beyond a list of numbers."""

from __future__ import annotations

from kg.extraction.lists import Lists
from kg.extraction.number_features import words
from kg.extraction.reading import Mention, Reading

_VERBS = words(
    """achieve achieves achieved reach reaches reached attain attains attained obtain obtains obtained yield yields
    yielded score scores scored outperform outperforms outperformed surpass surpasses surpassed exceed exceeds
    exceeded improve improves improved increase increases increased boost boosts boosted raise raises raised enhance
    enhances enhanced
    reduce reduces reduced decrease decreases decreased lower lowers lowered cut cuts save saves saved accelerate
    accelerates accelerated deliver delivers delivered provide provides provided show shows showed exhibit exhibits
    exhibited demonstrate demonstrates demonstrated require requires required use uses used run runs perform performs
    performed gain gains gained drop drops dropped fall falls fell rise rises rose retain retains retained maintain
    maintains maintained remain remains produce produces produced set sets beat beats match matches is are was were has
    have can lead leads leads report reports reported observe find solve solves solved detect detects establish
    establishes speeds lifts brings brought recovers recover enables enable generate generates trails lags suffers"""
)


class Clauses:
    """Clauses of one reading; a number is its place among the reading's quantities."""

    def __init__(self, reading: Reading, lists: Lists) -> None:
        self.reading = reading
        self._lists = lists
        self._verbs: dict[int, int] = {}

    def is_second(self, number: int) -> bool:
        """Whether the number is the B of "from A to B"."""
        at, symbols = self.reading.places[number], self.reading.symbols
        return number > 0 and symbols[at - 1 : at] == ("to",) and "from" in symbols[max(0, at - 9) : at]

    def verb(self, number: int) -> int:
        """The place of the last finite verb before the number, or of the sentence's start less one."""
        if number not in self._verbs:
            at, first = self.reading.places[number], self.reading.sentences[self.reading.sentence_at[number]][0]
            found = (place for place in range(at - 1, first, -1) if self.reading.symbols[place] in _VERBS)
            self._verbs[number] = next(found, first - 1)
        return self._verbs[number]

    def subject(self, number: int) -> tuple[str, ...]:
        """Up to three symbols before the verb, adverbs left out."""
        first = self.reading.sentences[self.reading.sentence_at[number]][0]
        before = self.reading.symbols[max(first, self.verb(number) - 6) : max(first, self.verb(number))]
        return tuple(word for word in before if not word.endswith("ly"))[-3:]

    def beyond(self, number: int, mention: Mention) -> tuple[int, int] | None:
        """The symbols between the mention and the nearer end of the number's list; None where it stands alone."""
        place, size = self._lists.numbers[number]
        if size == 1:
            return None
        head, tail = self.reading.places[number - place], self.reading.places[number - place + size - 1]
        if mention.last <= head:
            return mention.last, head
        return (tail + 1, mention.first) if mention.first > tail else None
