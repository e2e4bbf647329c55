"""A real browser sends files and fetches them: they are saved, and nothing of them is ever shown or run."""

import re
from pathlib import Path

import pytest
from playwright.async_api import Error, Page, expect

from incidentdesk.rules.permissions import Role
from incidentdesk.web.uploads import MAX_FILE
from tests.browser.conftest import OpenPhone
from tests.browser.gallery import Gallery
from tests.browser.looks import Watch
from tests.browser.ways import Place, Tab, at, mine, press

pytestmark = pytest.mark.browser
EXAMPLE = "17"
RUNS = "document.title = 'it ran'"
EVIL = {
    "<img src=x onerror=alert(1)>.html": f"<!doctype html><title>shown</title><script>{RUNS}</script>",
    "picture.svg": f'<svg xmlns="http://www.w3.org/2000/svg"><script>{RUNS}</script></svg>',
    "page.xhtml": f'<html xmlns="http://www.w3.org/1999/xhtml"><script>{RUNS}</script></html>',
}


def written(folder: Path, content: dict[str, str]) -> list[Path]:
    for name, words in content.items():
        (folder / name).write_text(words, encoding="utf-8")
    return [folder / name for name in content]


async def upload(page: Page, gallery: Gallery, *paths: Path) -> None:
    await mine(EXAMPLE)(page, gallery)
    await press(page, "Add photos or files")
    await page.get_by_label("Photos or files").set_input_files(paths)
    await press(page, "Send files")


async def test_files_that_want_to_run_are_sent_saved_and_never_shown(
    gallery: Gallery, tab: Tab, phone: OpenPhone, tmp_path: Path
) -> None:
    reporter = await phone(scripts=False)
    await upload(reporter, gallery, *written(tmp_path, EVIL))
    await expect(reporter.get_by_role("status").first).to_contain_text("Your files are with the desk.")
    place = Place("desk", "triage/incident.html", at(f"/desk/incidents/%({EXAMPLE})s"), Role.RESPONDER)
    page = await tab.visit(place)
    before = (page.url, await page.title())
    links = page.locator("ul.files a")
    for number, (name, words) in enumerate(EVIL.items()):
        await expect(links.nth(number)).to_have_text(name)
        address = gallery.url + str(await links.nth(number).get_attribute("href"))
        async with page.expect_download() as found:
            # The address itself, as a link in a mail would open it: the attribute `download` plays no part.
            with pytest.raises(Error, match="Download is starting"):
                await page.goto(address)
        saved = await (await found.value).path()
        assert saved.read_text(encoding="utf-8") == words
        assert (page.url, await page.title()) == before
    assert tab.watch.heard == []


async def test_a_reporter_saves_their_own_file(gallery: Gallery, phone: OpenPhone, tmp_path: Path) -> None:
    reporter = await phone(scripts=False)
    watch = Watch(reporter)
    await upload(reporter, gallery, *written(tmp_path, {"plain.txt": "Words to save"}))
    item = reporter.locator("ul.files li").filter(has_text="plain.txt")
    async with reporter.expect_download() as found:
        await item.get_by_role("button", name=re.compile("Download")).click()
    assert (await found.value).suggested_filename == "plain.txt"
    assert (await (await found.value).path()).read_text(encoding="utf-8") == "Words to save"
    await expect(reporter.get_by_role("heading", level=1)).to_contain_text("Your report")
    assert watch.heard == []


async def test_a_file_that_is_too_large_is_refused_in_words(gallery: Gallery, phone: OpenPhone, tmp_path: Path) -> None:
    reporter = await phone(scripts=False)
    (tmp_path / "film.mp4").write_bytes(bytes(MAX_FILE + 3_000_000))
    await upload(reporter, gallery, tmp_path / "film.mp4")
    await expect(reporter.get_by_role("alert")).to_contain_text("larger than 25 MB")
    await expect(reporter).to_have_title(re.compile("Add photos or files"))
    await reporter.get_by_role("link", name=re.compile("larger than 25 MB")).click()
    await expect(reporter.get_by_label("Photos or files")).to_be_focused()
