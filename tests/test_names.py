import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from kg.names import fold_name, fold_spelling, fold_title, slug


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("CIFAR-10", "CIFAR10"), ("$\\pi_0$", "pi-0"), ("π0", "Pi-0"), ("ViT-B/16", "vit b16"), ("LLMs", "LLM"),
        ("the LIBERO", "LIBERO"), ("\\textbf{LIBERO}-Long", "LIBERO Long"), ("success rates", "Success Rate"),
        ("accuracies", "accuracy"), ("Atari 100k", "Atari-100K"), ("Ｆ１ score", "F1-score"),
    ],
)  # fmt: skip
def test_names_fold_what_is_the_same(one: str, other: str) -> None:
    assert fold_name(one) == fold_name(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("CIFAR-10", "CIFAR-100"), ("GPT-3", "GPT-3.5"), ("BP4D", "BP4D+"), ("HumanEval", "HumanEval+"),
        ("LIBERO", "LIBERO-Long"), ("mAP", "AP50"), ("pass@1", "pass@10"), ("Llama-2-7B", "Llama-27B"), ("A*", "A"),
        ("π0", "π0.5"), ("C", "C#"), ("DeiT", "DeiT-S"),
        ("+", "plus"), ("YOLOv5", "YOLOv5s"), ("+3", "plus3"),
    ],
)  # fmt: skip
def test_names_keep_what_differs(one: str, other: str) -> None:
    assert fold_name(one) != fold_name(other)
    assert slug(fold_name(one)) != slug(fold_name(other))


@given(st.text(), st.text())
def test_names_slug_is_ascii_and_one_to_one(one: str, other: str) -> None:
    a, b = fold_name(one), fold_name(other)
    if a:
        assert slug(a)
        assert set(slug(a)) <= set("abcdefghijklmnopqrstuvwxyz0123456789.-")
    if a != b:
        assert slug(a) != slug(b)


@given(st.text())
@example("A:0")
@example("the (an) A")
def test_names_folding_twice_changes_nothing_more_than_once(name: str) -> None:
    assert fold_title(fold_title(name)) == fold_title(name)


def test_names_titles_differ_only_in_spelling() -> None:
    british, american = "Optimising Colours: A Centre for Modelling", "Optimizing Colors: A Center for Modeling"
    assert fold_title(british) != fold_title(american)
    assert fold_spelling(british) == fold_spelling(american)
