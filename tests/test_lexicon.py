"""The lexicon: what it holds, how names are found in it, and how files of users are read."""

from __future__ import annotations

import re
from collections import Counter
from decimal import Decimal
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.errors import OntologyError
from kg.lexicon import Lexicon, LexiconEntry
from kg.model import EntityType
from kg.names import fold_name, slug
from kg.ontology import load_lexicon
from kg.resources import resource

ROOT = Path(__file__).parent.parent
LEXICON = load_lexicon()
PREFIXES = """\
@prefix kg: <https://w3id.org/mlkg/ontology#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix metric: <https://w3id.org/mlkg/id/metric/> .
@prefix method: <https://w3id.org/mlkg/id/method/> .
@prefix benchmark: <https://w3id.org/mlkg/id/benchmark/> .
@prefix task: <https://w3id.org/mlkg/id/task/> .
@prefix my: <https://example.org/names/> .
"""  # 7 lines


def found(name: str, type: EntityType | None = None, lexicon: Lexicon = LEXICON) -> str | None:
    entry = lexicon.find(name, type)
    return entry.id if entry else None


def entry(name: str, type: EntityType) -> LexiconEntry:
    known = LEXICON.find(name, type)
    assert known is not None, name
    return known


# what it holds


def test_lexicon_is_as_large_as_promised() -> None:
    count = Counter(e.type for e in LEXICON.entries)
    assert count["Dataset"] + count["Benchmark"] >= 800
    assert sum(e.type == "Metric" and e.direction is not None for e in LEXICON.entries) >= 250
    assert count["Task"] >= 400
    assert count["Method"] >= 600


def test_lexicon_names_stand_for_one_thing_of_a_type() -> None:
    owners: dict[tuple[str, str], str] = {}
    for e in LEXICON.entries:
        for name in e.names:
            form = f"={name}" if name in e.exact else fold_name(name)
            assert form, e.id
            assert owners.setdefault((e.type, form), e.id) == e.id, name


def test_lexicon_keys_are_those_that_unknown_names_get() -> None:
    """So that an entity keeps its id when its name enters the lexicon."""
    for e in LEXICON.entries:
        assert e.key == slug(fold_name(e.name.replace("→", " to "))), e.name
    data = [e.key for e in LEXICON.entries if e.type in ("Dataset", "Benchmark")]
    assert len(data) == len(set(data)), "a key is a dataset's or a benchmark's"


def test_lexicon_relations_lead_to_entries_and_not_back() -> None:
    for e in LEXICON.entries:
        assert (e.variant_of is None) == (LEXICON.variant_of(e) is None), e.id
        assert (e.part_of is None) == (LEXICON.part_of(e) is None), e.id
        assert len(LEXICON.broader(e)) == len(e.broader), e.id
        seen, front = set(), [e]
        while front:
            up = front.pop()
            parents = [LEXICON.variant_of(up), LEXICON.part_of(up), *LEXICON.broader(up)]
            front += [p for p in parents if p is not None and p.id not in seen]
            seen |= {p.id for p in front}
        assert e.id not in seen, e.id


def test_lexicon_only_metrics_have_directions_and_bounds() -> None:
    for e in LEXICON.entries:
        assert e.type == "Metric" or (e.direction, e.lower, e.upper) == (None, None, None), e.id
        assert e.type == "Task" or not e.broader, e.id
        assert e.type in ("Dataset", "Benchmark") or e.part_of is None, e.id
        assert e.lower is None or e.upper is None or e.lower < e.upper, e.id
        assert e.source, e.id
        assert {*e.exact, *e.contextual} <= set(e.names), e.id


def test_lexicon_file_is_sorted_and_readable() -> None:
    text = resource("ontology/lexicon.ttl").read_text(encoding="utf-8")
    subjects = re.findall(r"^(\w+):(\S+) a kg:", text, re.MULTILINE)
    assert len(subjects) == len(LEXICON.entries)
    order = ["method", "dataset", "benchmark", "task", "metric"]
    assert subjects == sorted(subjects, key=lambda s: (order.index(s[0]), s[1]))


def test_lexicon_script_writes_the_file_as_it_is() -> None:
    script = ROOT / "scripts" / "lexicon"
    module = module_from_spec(spec_from_loader("lexicon_script", SourceFileLoader("lexicon_script", str(script))))
    module.__loader__.exec_module(module)
    text = resource("ontology/lexicon.ttl").read_text(encoding="utf-8")
    assert module.render(list(LEXICON.entries), text.partition("\n# Method:")[0]) == text


def test_lexicon_documentation_shows_a_file_that_works(tmp_path: Path) -> None:
    page = (ROOT / "docs" / "ontology.md").read_text(encoding="utf-8")
    *_, example = re.findall(r"```turtle\n(.*?)```", page, re.DOTALL)
    (tmp_path / "mine.ttl").write_text(example, encoding="utf-8")
    lexicon = load_lexicon(tmp_path / "mine.ttl")
    assert found("handover rate", "Metric", lexicon) == "metric/handoversuccess"
    assert lexicon.get("Metric", "attacksuccessrate") != LEXICON.get("Metric", "attacksuccessrate")


@pytest.mark.parametrize(
    ("metric", "direction", "lower", "upper"),
    [
        ("success rate", "higher", 0, 1), ("accuracy", "higher", 0, 1), ("top-1 accuracy", "higher", 0, 1),
        ("F1", "higher", 0, 1), ("mAP", "higher", 0, 1), ("AP50", "higher", 0, 1), ("FID", "lower", 0, None),
        ("PSNR", "higher", None, None), ("LPIPS", "lower", 0, None), ("word error rate", "lower", 0, None),
        ("perplexity", "lower", 1, None), ("BLEU", "higher", 0, 100), ("AUROC", "higher", 0, 1),
        ("Spearman correlation", "higher", -1, 1), ("R²", "higher", None, 1), ("RMSE", "lower", 0, None),
        ("MPJPE", "lower", 0, None), ("latency", "lower", 0, None), ("FPS", "higher", 0, None),
        ("attack success rate", None, 0, 1), ("number of parameters", None, 0, None), ("pass@1", "higher", 0, 1),
        ("error rate", "lower", 0, 1), ("Hausdorff distance", "lower", 0, None), ("collision rate", "lower", 0, 1),
    ],
)  # fmt: skip
def test_lexicon_knows_which_way_metrics_go(metric: str, direction: str, lower: int, upper: int) -> None:
    e = entry(metric, "Metric")
    assert (e.direction, e.lower, e.upper) == (direction, lower, upper)


def test_lexicon_directions_agree_with_the_words_of_the_names() -> None:
    odd = {
        "1-nearest neighbor accuracy",  # tells samples from data: best at one half
        "average multi-object tracking precision",  # a distance
        "multiple object tracking precision",  # an overlap or a distance
    }
    for e in LEXICON.entries:
        if e.type == "Metric":
            last = e.name.split()[-1].lower()
            if e.name not in odd and last in (
                "accuracy",
                "f1",
                "precision",
                "recall",
                "iou",
                "dice",
                "auroc",
            ):
                assert e.direction == "higher", e.name
            if last in ("error", "loss", "latency", "distance", "divergence"):
                assert e.direction == "lower", e.name


@pytest.mark.parametrize(
    ("part", "whole"),
    [
        ("LIBERO-Spatial", "LIBERO"), ("LIBERO-Object", "LIBERO"), ("LIBERO-Goal", "LIBERO"), ("LIBERO-Long", "LIBERO"),
        ("LIBERO-90", "LIBERO"), ("CALVIN ABC→D", "CALVIN"), ("CALVIN ABCD→D", "CALVIN"), ("CALVIN D→D", "CALVIN"),
        ("SimplerEnv Visual Matching", "SimplerEnv"), ("SimplerEnv-WidowX", "SimplerEnv"), ("ML45", "Meta-World"),
        ("MetaWorld MT50", "Meta-World"), ("AntMaze", "D4RL"), ("SWE-bench Verified", "SWE-bench"),
    ],
)  # fmt: skip
def test_lexicon_knows_the_parts_of_suites(part: str, whole: str) -> None:
    assert LEXICON.part_of(entry(part, "Benchmark")) == entry(whole, "Benchmark")


@pytest.mark.parametrize(
    ("type_", "variant", "base"),
    [
        ("Dataset", "ImageNet-1K", "ImageNet"), ("Dataset", "CIFAR-100-C", "CIFAR-100"), ("Method", "π0-FAST", "π0"),
        ("Method", "OpenVLA-OFT", "OpenVLA"), ("Dataset", "HumanEval+", "HumanEval"), ("Method", "ViT-B/16", "ViT"),
        ("Benchmark", "ManiSkill2", "ManiSkill"), ("Dataset", "BridgeData V2", "BridgeData"), ("Metric", "AP50", "AP"),
    ],
)  # fmt: skip
def test_lexicon_knows_variants(type_: EntityType, variant: str, base: str) -> None:
    assert LEXICON.variant_of(entry(variant, type_)) == entry(base, type_)


# finding


@pytest.mark.parametrize(
    ("name", "type_", "id_"),
    [
        ("average success rate", "Metric", "metric/successrate"), ("success rates", "Metric", "metric/successrate"),
        ("success", "Metric", "metric/successrate"), ("SR", "Metric", "metric/successrate"), ("sr", "Metric", None),
        ("LIBERO-10", "Benchmark", "benchmark/libero10"), ("LIBERO-Long", None, "benchmark/libero10"),
        ("Meta World", None, "benchmark/metaworld"), ("SIMPLER", "Benchmark", "benchmark/simplerenv"),
        ("simpler", None, None), ("MATH", "Dataset", "dataset/math"), ("math", "Dataset", None),
        ("Open X Embodiment", None, "dataset/openxembodiment"), ("OXE", "Dataset", "dataset/openxembodiment"),
        ("$\\pi_0$", "Method", "method/pi0"), ("Pi-0", "Method", "method/pi0"), ("pi0.5", "Method", "method/pi0.5"),
        ("mAP", "Metric", "metric/meanaverageprecision"), ("ImageNet1k", "Dataset", "dataset/imagenet1k"),
        ("BEHAVIOR", "Benchmark", "benchmark/behavior"), ("behavior", None, None),
        ("reinforcement learning", None, "method/reinforcementlearning"),
        ("reinforcement learning", "Task", "task/reinforcementlearning"), ("", None, None), ("$$", None, None),
    ],
)  # fmt: skip
def test_lexicon_finds_names(name: str, type_: EntityType | None, id_: str | None) -> None:
    assert found(name, type_) == id_


@pytest.mark.parametrize(
    ("type_", "one", "other"),
    [
        ("Dataset", "CIFAR-10", "CIFAR-100"), ("Metric", "mAP", "AP50"), ("Metric", "pass@1", "pass@10"),
        ("Dataset", "HumanEval", "HumanEval+"), ("Dataset", "BP4D", "BP4D+"), ("Method", "GPT-3", "GPT-3.5"),
        ("Benchmark", "LIBERO", "LIBERO-Long"), ("Metric", "accuracy", "top-1 accuracy"), ("Method", "π0", "π0.5"),
        ("Metric", "precision", "average precision"), ("Metric", "recall", "recall@1"), ("Metric", "F1", "macro F1"),
        ("Benchmark", "CALVIN ABC→D", "CALVIN ABCD→D"), ("Metric", "latency", "throughput"), ("Metric", "MSE", "MAE"),
        ("Metric", "BLEU", "BLEU-4"), ("Metric", "runtime", "training time"), ("Dataset", "Kinetics-400", "Kinetics"),
    ],
)  # fmt: skip
def test_lexicon_keeps_apart_what_is_different(type_: EntityType, one: str, other: str) -> None:
    assert entry(one, type_) != entry(other, type_)


def test_lexicon_marks_everyday_words() -> None:
    assert "success" in entry("success rate", "Metric").contextual
    assert "speed" in entry("speed", "Metric").contextual
    assert "success rate" not in entry("success rate", "Metric").contextual


def test_lexicon_finds_every_name_of_every_entry() -> None:
    for e in LEXICON.entries:
        for name in e.names:
            assert LEXICON.find(name, e.type) == e, (e.id, name)
        assert LEXICON.get(e.type, e.key) == e


@given(st.text(max_size=30))
def test_lexicon_finds_nothing_or_an_entry_with_that_name(name: str) -> None:
    e = LEXICON.find(name)
    assert e is None or fold_name(name) in map(fold_name, e.names)


# files of users


def load(tmp_path: Path, text: str) -> Lexicon:
    path = tmp_path / "mine.ttl"
    path.write_text(PREFIXES + text, encoding="utf-8")
    return load_lexicon(path)


def test_lexicon_file_adds_an_entry(tmp_path: Path) -> None:
    lexicon = load(
        tmp_path,
        'my:x a kg:Metric ; skos:prefLabel "smile rate" ; skos:altLabel "smiles per trial" ; kg:exactLabel "SmR" ;'
        ' kg:direction "lower" ; kg:lowerBound 0 ; kg:upperBound 1.5 .',
    )
    e = lexicon.find("Smile-Rates")
    assert e == LexiconEntry(
        "Metric", "smilerate", "smile rate", ("smiles per trial", "SmR"), ("SmR",), direction="lower",
        lower=Decimal(0), upper=Decimal("1.5"), source="mine.ttl",
    )  # fmt: skip
    assert (found("SmR", lexicon=lexicon), found("smr", lexicon=lexicon)) == ("metric/smilerate", None)
    assert len(lexicon.entries) == len(LEXICON.entries) + 1


def test_lexicon_file_extends_an_entry(tmp_path: Path) -> None:
    lexicon = load(
        tmp_path, 'metric:attacksuccessrate a kg:Metric ; skos:prefLabel "ASR (attack)" ; kg:direction "higher" .'
    )
    e = lexicon.find("attack success rate", "Metric")
    assert e is not None
    assert (e.name, e.direction, e.upper) == ("ASR (attack)", "higher", 1)
    assert len(lexicon.entries) == len(LEXICON.entries)


def test_lexicon_file_may_take_over_an_alias(tmp_path: Path) -> None:
    text = (
        'my:x a kg:Benchmark ; skos:prefLabel "My suite" ; skos:altLabel "LIBERO-Long" ; kg:partOf benchmark:libero .'
    )
    lexicon = load(tmp_path, text)
    assert found("LIBERO-Long", lexicon=lexicon) == "benchmark/mysuite"
    assert found("LIBERO-10", lexicon=lexicon) == "benchmark/libero10"


def test_lexicon_file_relations_reach_its_own_and_the_shipped_entries(tmp_path: Path) -> None:
    lexicon = load(
        tmp_path,
        'my:a a kg:Task ; skos:prefLabel "juggling" ; skos:broader task:roboticmanipulation, my:b .\n'
        'my:b a kg:Task ; skos:prefLabel "circus arts" .\n'
        'my:c a kg:Method ; skos:prefLabel "JuggleNet" ; kg:variantOf method:resnet .',
    )
    juggling, net = lexicon.find("juggling"), lexicon.find("JuggleNet")
    assert juggling is not None
    assert net is not None
    assert [task.name for task in lexicon.broader(juggling)] == ["circus arts", "robotic manipulation"]
    assert net.variant_of == "resnet"


def test_lexicon_later_files_go_before_earlier_ones(tmp_path: Path) -> None:
    paths = []
    for direction in ("lower", "higher"):
        paths.append(tmp_path / f"{direction}.ttl")
        paths[-1].write_text(f'{PREFIXES}my:x a kg:Metric ; skos:prefLabel "zing" ; kg:direction "{direction}" .')
    zing = load_lexicon(*paths).find("zing")
    assert zing is not None
    assert (zing.direction, zing.source) == ("higher", "higher.ttl")


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        ('my:x a kg:Metric\n  skos:prefLabel "x" .', 9, "correct this line"),
        ("my:x a kg:Metric .", 8, "0 skos:prefLabel"),
        ('\nmy:x a kg:Metric ; skos:prefLabel "one", "two" .', 9, "2 skos:prefLabel"),
        ('my:x a kg:Metric ; skos:prefLabel "x" ; kg:direction "up" .', 8, '"higher", "lower" or "unknown"'),
        ('my:x a kg:Metric ; skos:prefLabel "x" ; kg:upperBound "high" .', 8, "write a number"),
        ('my:x a kg:Metric ; skos:prefLabel "$$" .', 8, "without a letter or figure"),
        ('my:x a kg:Metric, kg:Task ; skos:prefLabel "x" .', 8, "give it one type"),
        ('my:x a kg:Method ; skos:prefLabel "x" ; kg:variantOf my:y .', 8, "define it, or remove the line"),
        ('my:x a kg:Task ; skos:prefLabel "x" ; skos:broader method:resnet .', 8, "define it, or remove the line"),
        ('my:x a kg:Method ; skos:prefLabel "x" ; kg:variantOf method:bert, method:resnet .', 8, "give it one at most"),
        ('\n\nmy:x a kg:Benchmark ; skos:prefLabel "x" ; skos:altLabel "Libero" .', 10, "extend that entry"),
        ('my:x a kg:Task ; skos:prefLabel "x1" .\nmy:y a kg:Task ; skos:prefLabel "X-1" .', 9, "a second entry"),
        ('task:x a kg:Task ; skos:prefLabel "x1" .\ntask:y a kg:Task ; skos:prefLabel "X-1" .', 9, "has the name"),
    ],
)
def test_lexicon_file_faults_name_file_line_and_cure(text: str, line: int, says: str, tmp_path: Path) -> None:
    with pytest.raises(OntologyError) as caught:
        load(tmp_path, text)
    assert f"mine.ttl, line {line}:" in str(caught.value)
    assert says in str(caught.value)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (None, "cannot be read"),
        (b"", "no entry found"),
        (b"\xff\xfe\x00", "Turtle"),
        (b"<a> <b> <c> .", "no entry found"),
    ],
)
def test_lexicon_file_that_is_none_is_refused(content: bytes | None, says: str, tmp_path: Path) -> None:
    path = tmp_path / "mine.ttl"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(OntologyError, match=f"mine.ttl.*{says}"):
        load_lexicon(path)
