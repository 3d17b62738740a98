"""The page as a file: what it says, what it may do, and that it is the same twice."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from decimal import Decimal
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from views_rows import FIRST, NODES, SECOND, chain, graph, node

from kg.errors import InputError, KGError, UsageError
from kg.network import part, to_networkx
from kg.schema import NODE_PROPERTIES
from kg.views import write_view
from kg.views.cells import safe_url, sentence
from kg.views.details import panels
from kg.views.layout import positions
from kg.views.palette import LOOKS
from kg.views.policy import program_of
from kg.views.wording import amount, phrase, readable, shorten

HOSTILE = [
    "<script>alert(1)</script>",
    "</script><script>alert(1)</script>",
    "<!--<script>",
    "\"'><img src=x onerror=alert(1)>",
    "{{ 7 * 7 }}{% raw %}",
    "a & b &lt;i&gt;",
    "\u2028\u2029\x00",
    "half \ud800 a pair",
]
OWN_TAGS = {
    *("html", "head", "meta", "link", "title", "style", "body", "header", "div", "h1", "p", "label", "input", "kbd"),
    *("ul", "main", "section", "button", "svg", "path", "span", "small", "aside", "noscript", "script"),
}


class Page(HTMLParser):
    """Which elements a page has, and what stands in its scripts and styles."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.inside: list[tuple[dict[str, str | None], str, str]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        if self.tags and self.tags[-1][0] in ("script", "style", "title"):
            self.inside.append((self.tags[-1][1], self.tags[-1][0], data))

    def data(self, id: str) -> Any:
        return json.loads("".join(text for attrs, _, text in self.inside if attrs.get("id") == id))


def written(path: Path, made: Any = None, **options: Any) -> Page:
    write_view(made if made is not None else graph(), path / "view.html", **options)
    return Page((path / "view.html").read_text("utf-8"))


# -- the page


def test_views_page_loads_nothing_and_its_policy_allows_only_what_it_holds(tmp_path: Path) -> None:
    page = written(tmp_path)
    links = [attrs.get("src") or attrs.get("href") for _, attrs in page.tags if "src" in attrs or "href" in attrs]
    assert links == ["data:,"]
    policy = next(attrs["content"] or "" for tag, attrs in page.tags if attrs.get("http-equiv"))
    assert policy.startswith("default-src 'none'; script-src 'sha256-")
    assert "unsafe" not in policy
    for attrs, tag, text in page.inside:
        if tag in ("script", "style") and "type" not in attrs and text.strip():
            digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
            assert f"'sha256-{digest}'" in policy


def test_views_page_has_one_copy_of_the_library_and_is_not_large(tmp_path: Path) -> None:
    view = write_view(graph(), tmp_path / "view.html")
    text = view.path.read_text("utf-8")
    assert text.count("A dynamic, browser-based visualization library.") == 1
    assert "bootstrap" not in text.casefold()
    assert view.size == len(view.path.read_bytes()) < 700_000
    assert (view.nodes, view.left_out) == (len(NODES) - 1, {"Author": 1})


def test_views_page_is_the_same_bytes_twice_and_whatever_the_order_of_rows(tmp_path: Path) -> None:
    made = chain(40)
    backwards = type(made)()
    backwards.add_nodes_from(reversed(list(made.nodes(data=True))))
    backwards.add_edges_from(reversed(list(made.edges(keys=True, data=True))))
    for name, each in (("a", made), ("b", made), ("c", backwards)):
        write_view(each, tmp_path / name, limit=90)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes() == (tmp_path / "c").read_bytes()


def test_views_page_says_what_it_left_out(tmp_path: Path) -> None:
    page = written(tmp_path, chain(60), limit=50)
    said = " ".join(block.get("text", "") for block in page.data("overview")["blocks"])
    shown = len(page.data("nodes"))
    assert shown <= 50
    assert "Not in this picture: " in said
    left = sum(int(number) for number in re.findall(r"(\d+) (?=[a-z])", said.partition("Not in this picture: ")[2]))
    assert left == len(chain(60)) - shown


def test_views_page_has_a_legend_of_the_types_that_it_shows(tmp_path: Path) -> None:
    page = written(tmp_path)
    labels = [attrs["data-label"] for _, attrs in page.tags if "data-label" in attrs]
    assert labels == ["Benchmark", "Result", "Method", "Paper", "Metric", "Organization"]


def test_views_every_label_of_the_graph_has_a_look_of_its_own() -> None:
    assert set(LOOKS) == set(NODE_PROPERTIES)
    assert len({look.colour for look in LOOKS.values()}) == len(LOOKS)
    assert len({(look.shape, look.hollow) for look in LOOKS.values()}) == len(LOOKS)


@pytest.mark.parametrize("text", HOSTILE)
def test_views_page_keeps_hostile_text_as_text(tmp_path: Path, text: str) -> None:
    rows = [
        node("Paper", "paper/1", text, title=text, abstract=text, url=text),
        node("Method", f"method/{text}", text, aliases=(text,)),
        node(
            "Result", "result/1", text, value=Decimal(1), unit=text, evidence=text, start=0, end=len(text), setting=text
        ),
    ]
    page = written(tmp_path, to_networkx(rows, []), title=text)
    assert {tag for tag, _ in page.tags} == OWN_TAGS
    assert sum(tag == "script" for tag, _ in page.tags) == 7
    assert not [attrs for _, attrs in page.tags if any(name.startswith("on") for name in attrs)]
    assert page.data("panels")[f"method/{text}"]["name"] == readable(text)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(st.characters(codec=None), max_size=60))
def test_views_page_holds_any_name(tmp_path: Path, text: str) -> None:
    page = written(tmp_path, to_networkx([node("Method", "method/x", text)], []), title=text)
    assert page.data("nodes")[0]["id"] == "method/x"
    assert sum(tag == "script" for tag, _ in page.tags) == 7


def test_views_page_of_an_empty_graph_says_so(tmp_path: Path) -> None:
    page = written(tmp_path, to_networkx([], []))
    assert "empty" in page.data("overview")["blocks"][0]["text"]


def test_views_page_refuses_what_it_cannot_do(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be written"):
        write_view(graph(), tmp_path / "none" / "view.html")
    with pytest.raises(UsageError, match="no node 'method/none'"):
        write_view(graph(), tmp_path / "view.html", focus=["method/none"])


def test_views_program_that_would_close_its_element_is_refused(tmp_path: Path) -> None:
    (tmp_path / "bad.js").write_text("let x = '</SCRIPT>';")
    with pytest.raises(KGError, match=r"bad\.js holds </script"):
        program_of(tmp_path / "bad.js")


# -- what the panels say


def block(panel: dict[str, Any], title: str) -> dict[str, Any]:
    return next(each for each in panel["blocks"] if each.get("title", each["kind"]).startswith(title))


def facts_of(panel: dict[str, Any]) -> dict[str, str]:
    return {row["term"]: ", ".join(cell["text"] for cell in row["cells"]) for row in block(panel, "facts")["rows"]}


def test_views_panel_of_a_result_shows_the_sentence_around_its_number() -> None:
    panel = panels(graph(), graph())["result/a"]
    quote = block(panel, "quote")
    assert panel["name"] == "86.6\u00a0% success rate"
    assert quote["mark"] == "86.6"
    assert quote["before"] + quote["mark"] + quote["after"] == FIRST
    assert quote["source"] == [{"text": "Octopus: a policy for many arms", "href": "https://arxiv.org/abs/2401.00001"}]
    told = facts_of(panel)
    assert (told["Method"], told["Measured on"], told["Metric"]) == ("Octopus", "LIBERO", "success rate")
    assert (told["Ranked"], told["Confidence"]) == ("yes", "91\u00a0%")
    assert told["Paper"] == "Octopus (2024)"


def test_views_panel_of_a_change_says_against_whom_and_why_it_is_not_ranked() -> None:
    panel = panels(graph(), graph())["result/b"]
    assert panel["name"] == "↓\u00a0≤\u00a03.5× time against Squid"
    assert facts_of(panel)["Ranked"] == "no (change)"


def test_views_panel_of_an_entity_has_its_results_best_first() -> None:
    table = block(panels(graph(), graph())["benchmark/libero"], "Results (2)")
    assert table["columns"] == ["Result", "Method", "Paper"]
    assert [[cells[0]["text"] for cells in row] for row in table["rows"]] == [
        ["86.6\u00a0%", "Octopus", "Octopus (2024)"],
        ["≈\u00a071\u00a0%", "Squid", "Squid (2024)"],
    ]
    assert table["rows"][0][0][0] == {"text": "86.6\u00a0%", "node": "result/a", "under": "success rate"}


def test_views_panel_counts_the_rows_that_its_table_leaves_out() -> None:
    table = block(panels(chain(60), ["metric/accuracy"])["metric/accuracy"], "Results (120)")
    assert (len(table["rows"]), table["more"]) == (100, 20)


def test_views_panel_of_a_method_says_whom_it_beats() -> None:
    told = panels(graph(), graph())
    assert facts_of(told["method/octopus"])["Does better than"] == "Squid"
    assert facts_of(told["method/squid"])["Beaten by"] == "Octopus"


def test_views_panel_of_a_paper_has_its_claims_in_the_order_of_its_text() -> None:
    panel = panels(graph(), graph())["paper/2401.00001"]
    assert panel["name"] == "Octopus: a policy for many arms"
    assert panel["href"] == "https://arxiv.org/abs/2401.00001"
    assert [claim["cell"]["text"] for claim in block(panel, "Results (2)")["claims"]] == [
        "86.6\u00a0% success rate",
        "↓\u00a0≤\u00a03.5× time against Squid",
    ]
    assert [claim["before"] for claim in block(panel, "Comparisons (1)")["claims"]] == [SECOND]
    told = facts_of(panel)
    assert (told["Published"], told["Authors"], told["From"]) == ("2024-01-02", "Ada", "The Lab")


def test_views_panel_links_only_to_what_is_shown() -> None:
    made = graph()
    shown = part(made, ["result/a"], hops=0)
    cells = json.dumps(panels(made, shown)["result/a"])
    assert '"node": "method/octopus"' not in cells
    assert "Octopus" in cells


@pytest.mark.parametrize(
    ("url", "kept"),
    [
        ("https://arxiv.org/abs/1", True), ("http://a.b/c?d=e", True), ("javascript:alert(1)", False),
        ("javascript://a.b/%0aalert(1)", False), ("ftp://a.b/c", False),
        ("data:text/html,x", False), ("//a.b", False), ("https:", False), ("http://[", False), (None, False),
    ],
)  # fmt: skip
def test_views_link_only_to_pages(url: str | None, kept: bool) -> None:
    assert bool(safe_url(url)) is kept


@pytest.mark.parametrize(
    ("start", "first", "last", "marked"),
    [(10, 14, 16, "42"), (10, 10, 16, "got 42"), (10, 9, 12, ""), (10, 14, 99, ""), (10, 14, 14, ""), (None, 1, 2, "")],
)
def test_views_sentence_marks_the_number_only_where_it_stands(start: Any, first: int, last: int, marked: str) -> None:
    cut = sentence({"evidence": "got 42", "start": start, "valueStart": first, "valueEnd": last})
    assert cut["mark"] == marked
    assert cut["before"] + cut["mark"] + cut["after"] == "got 42"


# -- words


@pytest.mark.parametrize(
    ("result", "shown"),
    [
        ({"value": "86.6", "unit": "%"}, "86.6 %"),
        ({"value": "70.50", "unit": "", "bound": "at_least"}, "≥ 70.50"),
        (
            {"value": "3.17", "valueMax": "10.2", "unit": "%", "kind": "change", "direction": "increase"},
            "↑ 3.17–10.2 %",
        ),
        ({"value": "3.5", "unit": "x", "kind": "change", "direction": "decrease", "bound": "at_most"}, "↓ ≤ 3.5×"),
        ({"value": "2", "unit": "points", "kind": "change"}, "Δ 2 points"),
        ({"value": "1E+4", "unit": "FPS", "bound": "about"}, "≈ 10,000 FPS"),
    ],
)
def test_views_amount_is_readable(result: dict[str, Any], shown: str) -> None:
    decimals = {key: Decimal(value) if key in ("value", "valueMax") else value for key, value in result.items()}
    assert amount(decimals).replace("\u00a0", " ") == shown


@pytest.mark.parametrize(
    ("kind", "metric", "baseline", "shown"),
    [
        ("absolute", "FID", "", "95 % FID"),
        ("absolute", "", "", "95 %"),
        ("ratio", "accuracy", "GPT-4", "95 % of GPT-4’s accuracy"),
        ("ratio", "", "", "95 % of another’s"),
        ("change", "mAP", "CLIP", "Δ 95 % mAP against CLIP"),
    ],
)
def test_views_phrase_says_of_what(kind: str, metric: str, baseline: str, shown: str) -> None:
    said = phrase({"value": Decimal(95), "unit": "%", "kind": kind}, metric=metric, baseline=baseline)
    assert said.replace("\u00a0", " ") == shown


@given(st.text(), st.integers(2, 40))
def test_views_shorten_keeps_within_the_length(text: str, length: int) -> None:
    assert len(shorten(text, length)) <= length


def test_views_readable_folds_latex_and_nothing_else() -> None:
    assert readable(r"$\pi_0$-FAST") == "π0-FAST"
    assert readable("a <b> c") == "a <b> c"


# -- places


def test_views_layout_gives_every_node_a_place_of_its_own() -> None:
    made = chain(60)
    sizes = dict.fromkeys(made, (40.0, 24.0))
    places = positions(made, sizes)
    assert set(places) == set(made)
    touching = [
        (a, b) for a in places for b in places
        if a < b and abs(places[a][0] - places[b][0]) < 30 and abs(places[a][1] - places[b][1]) < 16
    ]  # fmt: skip
    assert len(touching) < 0.02 * len(places)


def test_views_layout_of_many_nodes_needs_no_scipy() -> None:
    made = chain(130)
    assert len(positions(made, dict.fromkeys(made, (40.0, 24.0)))) == len(made) > 600


@pytest.mark.parametrize("count", [0, 1, 2, 3])
def test_views_layout_of_few_and_unconnected_nodes(count: int) -> None:
    made = to_networkx([node("Method", f"method/{i}", str(i)) for i in range(count)], [])
    assert len(set(positions(made, dict.fromkeys(made, (30.0, 30.0))).values())) == count
