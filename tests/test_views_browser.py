"""The page in a real Chromium, from a file, with networking refused (see browser.py)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from browser import launched, opened
from playwright.sync_api import Browser, Page, expect
from views_rows import FIRST, chain, graph, node

from kg.network import to_networkx
from kg.views import write_view

pytestmark = pytest.mark.browser

_INKED = """() => {
  const canvas = document.querySelector('canvas');
  const pixels = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;
  let inked = 0;
  for (let i = 3; i < pixels.length; i += 4) if (pixels[i]) inked += 1;
  return inked;
}"""
# Where a node stands in the window, by the page's own reckoning.
_PLACE = """(id) => {
  const at = network.canvasToDOM(network.getPositions([id])[id]);
  const box = document.querySelector('canvas').getBoundingClientRect();
  return [box.left + at.x, box.top + at.y];
}"""


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_view(graph(), tmp_path_factory.mktemp("view") / "small.html", title="Small").path


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_view(chain(60), tmp_path_factory.mktemp("view") / "large.html", limit=150).path


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with launched() as browser:
        yield browser


@pytest.fixture
def page(browser: Browser, small: Path) -> Iterator[Page]:
    with opened(browser, small) as page:
        yield page


def settled(page: Page) -> Page:
    """After the page has drawn, and what moves has come to rest."""
    page.wait_for_function("() => document.querySelector('canvas') && document.querySelector('#panel h2')")
    page.wait_for_timeout(450)
    return page


def click_node(page: Page, id: str) -> None:
    x, y = settled(page).evaluate(_PLACE, id)
    page.mouse.click(x, y)
    # vis-network waits to see whether a second click follows.
    page.wait_for_timeout(450)


def test_views_browser_draws_the_graph(page: Page) -> None:
    assert settled(page).evaluate(_INKED) > 2000
    expect(page).to_have_title("Small")
    assert page.evaluate("network.body.nodeIndices.length") == 12


def test_views_browser_shows_a_legend(page: Page) -> None:
    expect(page.locator(".legend button")).to_have_text(
        ["Benchmarks1", "Results3", "Methods3", "Papers2", "Metrics2", "Organizations1"]
    )


def test_views_browser_click_on_a_result_shows_its_sentence(page: Page) -> None:
    click_node(page, "result/a")
    expect(page.locator("#panel h2")).to_have_text("86.6 % success rate")
    expect(page.locator("blockquote")).to_contain_text(FIRST)
    expect(page.locator("blockquote mark")).to_have_text("86.6")
    expect(page.locator("blockquote a")).to_have_attribute("href", "https://arxiv.org/abs/2401.00001")


def test_views_browser_click_beside_every_node_goes_back_to_the_overview(page: Page) -> None:
    click_node(page, "result/a")
    canvas = page.locator("canvas").bounding_box()
    assert canvas
    page.mouse.click(canvas["x"] + 4, canvas["y"] + 4)
    expect(page.locator("#panel h2")).to_have_text("Overview")


def test_views_browser_panel_leads_on_and_back(page: Page) -> None:
    click_node(page, "result/a")
    page.get_by_role("button", name="LIBERO", exact=True).click()
    expect(page.locator("#panel h2")).to_have_text("LIBERO")
    expect(page.locator("table tbody tr")).to_have_count(2)
    page.get_by_role("button", name="← Back").click()
    expect(page.locator("#panel h2")).to_have_text("86.6 % success rate")


def test_views_browser_search_is_done_with_the_keyboard_alone(page: Page) -> None:
    settled(page).keyboard.press("/")
    page.keyboard.type("squi")
    expect(page.get_by_role("option")).to_have_count(4)
    page.keyboard.press("ArrowDown")
    expect(page.locator("#hits [aria-selected=true] small")).to_have_text("Paper")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    expect(page.locator("#panel h2")).to_have_text("Squid")
    assert page.evaluate("network.getSelectedNodes()") == ["method/squid"]
    page.keyboard.press("Escape")
    expect(page.locator("#panel h2")).to_have_text("Overview")


@pytest.mark.parametrize(("words", "found"), [("octopus policy", "Octopus"), ("86.6", "86.6 % success rate · Octopus")])
def test_views_browser_search_finds_by_alias_and_by_number(page: Page, words: str, found: str) -> None:
    settled(page).fill("#search", words)
    expect(page.locator("#hits li span").first).to_have_text(found)


def test_views_browser_search_says_when_nothing_is_found(page: Page) -> None:
    settled(page).fill("#search", "zebra")
    expect(page.locator("#hits")).to_contain_text("Nothing in this picture")


def test_views_browser_legend_hides_and_shows_a_type(page: Page) -> None:
    button = settled(page).locator(".legend [data-label=Result]")
    button.click()
    expect(button).to_have_attribute("aria-pressed", "false")
    assert page.evaluate("network.body.nodeIndices.length") == 9
    page.fill("#search", "86.6")
    page.keyboard.press("Enter")
    expect(button).to_have_attribute("aria-pressed", "true")
    assert page.evaluate("network.body.nodeIndices.length") == 12


def test_views_browser_hovering_tells_what_a_node_is(page: Page) -> None:
    x, y = settled(page).evaluate(_PLACE, "result/b")
    page.mouse.move(x - 60, y - 60)
    page.mouse.move(x, y, steps=4)
    expect(page.locator(".vis-tooltip")).to_have_text("↓ ≤ 3.5× time against Squid Octopus", use_inner_text=True)
    expect(page.locator(".vis-tooltip")).to_be_visible()


def test_views_browser_opens_on_its_focus(browser: Browser, tmp_path: Path) -> None:
    view = write_view(graph(), tmp_path / "focus.html", focus=["benchmark/libero"], hops=1)
    with opened(browser, view.path) as page:
        expect(settled(page).locator("#panel h2")).to_have_text("LIBERO")


@pytest.mark.parametrize(("width", "height"), [(1280, 800), (800, 600), (400, 760), (320, 560)])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_views_browser_fits_the_window(browser: Browser, large: Path, width: int, height: int, scheme: str) -> None:
    with opened(browser, large, viewport={"width": width, "height": height}, color_scheme=scheme) as page:
        assert settled(page).evaluate(_INKED) > 1000
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert page.evaluate("document.documentElement.scrollHeight") <= height
        canvas = page.locator("canvas").bounding_box()
        assert canvas
        assert canvas["height"] > height / 4
        dark = page.evaluate("getComputedStyle(document.body).backgroundColor")
        assert (sum(map(int, dark[4:-1].split(","))) < 200) == (scheme == "dark")


def test_views_browser_runs_nothing_that_a_name_says(browser: Browser, tmp_path: Path) -> None:
    bad = [
        "<img src=x onerror=alert(1)>",
        "</script><script>document.title='owned'</script>",
        "{{document.title='owned'}}",
    ]
    made = to_networkx([node("Method", f"method/{i}", text, aliases=(text,)) for i, text in enumerate(bad)], [])
    view = write_view(made, tmp_path / "bad.html", title="</title><script>document.title='owned'</script>")
    with opened(browser, view.path) as page:
        page.on("dialog", lambda dialog: pytest.fail(f"a name ran: {dialog.message}"))
        for i, text in enumerate(bad):
            settled(page).fill("#search", text)
            page.keyboard.press("Enter")
            expect(page.locator("#panel h2")).to_have_text(text)
            assert page.evaluate("network.getSelectedNodes()") == [f"method/{i}"]
        assert page.locator("#panel img, #hits img").count() == 0
        expect(page).to_have_title("</title><script>document.title='owned'</script>")


def test_views_browser_refuses_the_network_even_to_the_page_itself(browser: Browser, small: Path) -> None:
    with pytest.raises(AssertionError, match=r"the page (asked|complained)"), opened(browser, small) as page:
        page.evaluate("fetch('https://example.org/').catch(() => null)")


def test_views_browser_of_an_empty_graph_has_no_error(browser: Browser, tmp_path: Path) -> None:
    view = write_view(to_networkx([], []), tmp_path / "empty.html")
    with opened(browser, view.path) as page:
        expect(settled(page).locator("#panel")).to_contain_text("The graph is empty")
