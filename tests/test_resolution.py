from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.lexicon import Lexicon, LexiconEntry
from kg.model import EntityMention, EntityType, Record, Result, Span
from kg.names import fold_name
from kg.resolution import may_be_one, resolve

LEXICON = Lexicon(
    (
        LexiconEntry("Benchmark", "libero", "LIBERO", aliases=("LIBERO benchmark",)),
        LexiconEntry("Benchmark", "libero-long", "LIBERO-Long", aliases=("LIBERO-10",), part_of="libero"),
        LexiconEntry("Metric", "success-rate", "success rate", aliases=("average success",), direction="higher"),
        LexiconEntry("Method", "bert", "BERT"),
    )
)


def named(*surfaces: str, type_: EntityType = "Method") -> EntityMention:
    return EntityMention(type_, surfaces, "used")


def record(*entities: EntityMention, results: tuple[Result, ...] = ()) -> Record:
    return Record("hash", "x/1", entities, results)


def ids(records: list[Record], type_: EntityType, names: list[str]) -> list[str | None]:
    """The ids of names[i] in records[i]."""
    resolution = resolve(records, LEXICON)
    found = [resolution.of_paper(r).entity(type_, n) for r, n in zip(records, names, strict=True)]
    return [e.id if e else None for e in found]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("LIBERO", "LIBERO-Long"), ("CIFAR-10", "CIFAR-100"), ("HumanEval", "HumanEval+"), ("GPT-3", "GPT-3.5"),
        ("mAP", "mAP50"), ("ImageNet", "mini-ImageNet"), ("GPT-4", "GPT-4o"), ("", "x"),
    ],
)  # fmt: skip
def test_resolution_keeps_names_apart_whatever_a_record_says(one: str, other: str) -> None:
    assert not may_be_one(one, other)
    assert not may_be_one(other, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("LIBERO", "LIBERO benchmark"),
        ("Graph Neural Networks", "GNNs"),
        ("success rate", "success"),
        ("GPT-3", "GPT 3"),
    ],
)
def test_resolution_lets_names_be_one(one: str, other: str) -> None:
    assert may_be_one(one, other)


def test_resolution_splits_a_wrong_group_of_surfaces() -> None:
    both = record(named("LIBERO", "LIBERO-Long", type_="Benchmark"))
    assert ids([both, both], "Benchmark", ["LIBERO", "LIBERO-Long"]) == ["benchmark/libero", "benchmark/libero-long"]


def test_resolution_acronym_is_its_long_form_where_all_agree() -> None:
    spelled = record(named("Prompt Learning for Action Recognition", "PLAR"))
    assert (
        len(set(ids([spelled, spelled, record(named("PLAR"))], "Method", [*spelled.entities[0].surfaces, "PLAR"]))) == 1
    )


def test_resolution_short_acronym_of_one_paper_is_not_carried_over() -> None:
    one = record(named("federated learning", "FL"))
    assert ids([one, record(named("FL"))], "Method", ["FL", "FL"]) == ["method/federatedlearning", "method/fl"]


def test_resolution_ambiguous_acronym_stays_with_its_paper() -> None:
    one, two = record(named("federated learning", "FL")), record(named("focal loss", "FL"))
    found = ids([one, two, record(named("FL"))], "Method", ["FL", "FL", "FL"])
    assert len(set(found)) == 3


def test_resolution_dataset_and_benchmark_are_one_thing() -> None:
    records = [record(named("RoboSet", type_="Dataset"))] + [record(named("RoboSet", type_="Benchmark"))] * 2
    assert ids(records, "Dataset", ["RoboSet"] * 3) == ["benchmark/roboset"] * 3


def test_resolution_same_words_of_two_types_are_two_things() -> None:
    both = record(named("reinforcement learning"), named("reinforcement learning", type_="Task"))
    resolution = resolve([both], LEXICON)
    assert [e.id for e in resolution.entities()] == ["method/reinforcementlearning", "task/reinforcementlearning"]


def test_resolution_uses_the_lexicon_for_the_acronym_too() -> None:
    spelled = record(named("Bidirectional Encoder Representations from Transformers", "BERT"))
    assert ids([spelled, record(named("BERT"))], "Method", ["BERT", "BERT"]) == ["method/bert"] * 2


def test_resolution_adds_what_a_part_belongs_to() -> None:
    resolution = resolve([record(named("LIBERO-10", type_="Dataset"))], LEXICON)
    part, whole = sorted(resolution.entities(), key=lambda e: e.id, reverse=True)
    assert (part.id, part.name, part.type) == ("benchmark/libero-long", "LIBERO-Long", "Benchmark")
    assert [(relation, parent.id) for relation, parent in resolution.parents(part)] == [("PART_OF", whole.id)]


@pytest.mark.parametrize(
    ("name", "base"),
    [("Qwen2-VL-7B", "Qwen2-VL"), ("ViT-B/16", "ViT"), ("CLIP-Adapter", None), ("HumanEval+", "HumanEval")],
)
def test_resolution_finds_what_a_name_is_a_variant_of(name: str, base: str | None) -> None:
    resolution = resolve([record(named(name), named(base or "CLIP"))], LEXICON)
    entity = resolution.by_name("Method", name)
    assert entity is not None
    assert [parent.name for _, parent in resolution.parents(entity)] == ([base] if base else [])


def test_resolution_knows_names_that_only_a_result_uses() -> None:
    text = "OpenVLA reaches 76.5% average success."
    result = Result(
        "absolute",
        Decimal("76.5"),
        "76.5",
        Span(16, 20),
        text,
        Span(0, len(text)),
        method="OpenVLA",
        metric="average success",
    )
    found = ids([record(results=(result,))], "Metric", ["average success"])
    assert found == ["metric/success-rate"]


NAMES = st.lists(st.text(min_size=1, max_size=12), min_size=1, max_size=3, unique=True)


@given(st.lists(st.lists(NAMES, max_size=4), max_size=5))
def test_resolution_gives_every_name_exactly_one_entity_whatever_the_order(papers: list[list[list[str]]]) -> None:
    records = [record(*(named(*surfaces) for surfaces in paper)) for paper in papers]
    forward, backward = resolve(records, LEXICON), resolve(records[::-1], LEXICON)
    assert list(forward.entities()) == list(backward.entities())
    known = {e.id for e in forward.entities()}
    for r in records:
        for surface in (s for e in r.entities for s in e.surfaces):
            entity = forward.of_paper(r).entity("Method", surface)
            assert entity is None if not fold_name(surface) else entity is not None and entity.id in known
