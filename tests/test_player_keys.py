"""Keyboard shortcuts on the keyboards of the world: raw key events as browsers get them, by ``key`` and ``code``."""

from __future__ import annotations

import pytest

from tests.player_film import film, open_watch_page, seek_to  # noqa: F401 - one is a fixture

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(240)]
SHIFT = 8
STATE = """() => {
  const v = document.querySelector('video');
  return {
    paused: v.paused, muted: v.muted, rate: v.playbackRate, time: Math.round(v.currentTime * 10) / 10,
    wide: Boolean(document.documentElement.dataset.theatre), hash: location.hash,
    asked: document.querySelector('dialog[open]') !== null,
  };
}"""
# Layout, key, code, modifiers, and what changes of a film that is paused at 10 of 20 seconds.
KEYS = [
    ("US", "k", "KeyK", 0, {"paused": False}),
    ("US", " ", "Space", 0, {"paused": False}),
    ("US", "m", "KeyM", 0, {"muted": True}),
    ("US", "M", "KeyM", 0, {"muted": True}),
    ("US", "3", "Digit3", 0, {"time": 6.0}),
    ("US", "3", "Numpad3", 0, {"time": 6.0}),
    ("US", "#", "Digit3", SHIFT, {}),
    ("US", ">", "Period", SHIFT, {"rate": 1.25}),
    ("US", "?", "Slash", SHIFT, {"asked": True}),
    ("US", "n", "KeyN", 0, {}),
    ("US, Caps Lock", "N", "KeyN", 0, {}),
    ("US", "N", "KeyN", SHIFT, {"hash": "#next"}),
    ("US, Caps Lock", "n", "KeyN", SHIFT, {"hash": "#next"}),
    ("US", "p", "KeyP", 0, {}),
    ("US", "P", "KeyP", SHIFT, {"hash": "#previous"}),
    ("AZERTY", "m", "Semicolon", 0, {"muted": True}),
    ("AZERTY", ",", "KeyM", 0, {"time": 10.0}),
    ("AZERTY", "?", "KeyM", SHIFT, {"asked": True}),
    ("AZERTY", "&", "Digit1", 0, {"time": 2.0}),
    ("AZERTY", "é", "Digit2", 0, {"time": 4.0}),
    ("AZERTY", "à", "Digit0", 0, {"time": 0.0}),
    ("AZERTY", "1", "Digit1", SHIFT, {"time": 2.0}),
    ("Dvorak", "k", "KeyV", 0, {"paused": False}),
    ("Dvorak", "t", "KeyK", 0, {"wide": True}),
    ("Dvorak", "n", "KeyL", 0, {}),
    ("Cyrillic", "л", "KeyK", 0, {"paused": False}),
    ("Cyrillic", "Ь", "KeyM", 0, {"muted": True}),
    ("Cyrillic", "д", "KeyL", 0, {"time": 20.0}),
    ("Cyrillic", "т", "KeyN", 0, {}),
    ("Cyrillic", "Т", "KeyN", SHIFT, {"hash": "#next"}),
    ("Cyrillic", "Ю", "Period", SHIFT, {"rate": 1.25}),
    ("Cyrillic", ",", "Slash", SHIFT, {"time": 10.0}),
    ("Greek", "μ", "KeyM", 0, {"muted": True}),
    ("Hebrew", "ל", "KeyK", 0, {"paused": False}),
    ("Arabic", "ن", "KeyK", 0, {"paused": False}),
    ("Arabic", "لا", "KeyB", 0, {}),
    ("Persian", "۳", "Digit3", 0, {"time": 6.0}),
    ("Turkish", "ı", "KeyM", 0, {"muted": True}),
    ("Czech", "ě", "Digit2", 0, {"time": 4.0}),
    ("any", "Dead", "KeyM", 0, {}),
    ("any", "Process", "KeyM", 0, {}),
]


@pytest.fixture(scope="module")
def page(chromium, site, film):  # noqa: F811
    """A watch page, whose playlist is two links that lead nowhere."""
    context = chromium.new_context(base_url=site.url)
    opened = context.new_page()
    open_watch_page(opened, film)
    opened.evaluate("""() => {
      for (const name of ['next', 'previous']) {
        document.body.insertAdjacentHTML('beforeend', `<a hidden data-queue-${name} href="#${name}"></a>`);
      }
    }""")
    yield opened
    context.close()


@pytest.fixture(autouse=True)
def begun(page):
    """The film, paused at 10 seconds, with nothing open and no focus."""
    page.evaluate("""() => {
      document.querySelector('dialog[open]')?.close();
      document.activeElement.blur();
      delete document.documentElement.dataset.theatre;
      history.replaceState(null, '', location.pathname);
      const v = document.querySelector('video');
      v.pause(); v.muted = false; v.playbackRate = 1;
    }""")
    seek_to(page, 10)


def press(page, key: str, code: str, modifiers: int = 0, *, repeat: bool = False) -> None:
    """Send what a keyboard sends; ``repeat`` is what follows while the key is held."""
    session = page.context.new_cdp_session(page)
    event = {"key": key, "code": code, "modifiers": modifiers}
    session.send("Input.dispatchKeyEvent", {**event, "type": "rawKeyDown", "autoRepeat": repeat})
    session.send("Input.dispatchKeyEvent", {**event, "type": "keyUp"})
    session.detach()


@pytest.mark.parametrize(("layout", "key", "code", "modifiers", "change"), KEYS)
def test_a_shortcut_is_where_the_hand_finds_it(page, layout, key, code, modifiers, change):
    before = page.evaluate(STATE)
    press(page, key, code, modifiers)
    if change.get("asked"):  # the list is loaded first
        page.locator("dialog").wait_for()
    after = page.evaluate(STATE)
    if change.get("paused") is False:  # and time goes on
        after["time"] = before["time"]
    assert after == before | change


@pytest.mark.parametrize(
    ("key", "code"),
    [("k", "KeyK"), (" ", "Space"), ("m", "KeyM"), ("t", "KeyT"), ("?", "Slash"), ("N", "KeyN")],
)
def test_a_held_key_toggles_nothing_again(page, key, code):
    before = page.evaluate(STATE)
    press(page, key, code, SHIFT if key == "N" else 0, repeat=True)
    assert page.evaluate(STATE) == before


def test_a_held_key_goes_on_seeking(page):
    press(page, "ArrowRight", "ArrowRight", repeat=True)
    assert page.evaluate(STATE)["time"] == 15


PLACES = {
    "a field": "document.querySelector('input[type=search]').focus()",
    "a text area": "place.innerHTML = '<textarea></textarea>'; place.firstChild.focus()",
    "editable text": "place.innerHTML = '<p contenteditable><b tabindex=0>x</b></p>'; place.querySelector('b').focus()",
    "a select": "place.innerHTML = '<select><option>k</option></select>'; place.firstChild.focus()",
    "a dialog": "place.innerHTML = '<dialog><button>x</button></dialog>'; place.firstChild.showModal()",
    "beside a dialog": "place.innerHTML = '<dialog>x</dialog>'; place.firstChild.show(); document.activeElement.blur()",
    "beside a menu": "place.innerHTML = '<details class=menu open><summary>x</summary></details>'",
    "the settings": "document.querySelector('media-settings-menu').hidden = false",
}


@pytest.mark.parametrize("place", PLACES)
def test_nothing_fires_from_a_field_or_beside_what_is_open(page, place):
    page.evaluate(
        f"""() => {{
          const place = document.createElement('div');
          place.id = 'place';
          document.body.append(place);
          {PLACES[place]};
        }}"""
    )
    before = page.evaluate(STATE)
    for key, code in (("k", "KeyK"), ("л", "KeyK"), ("m", "KeyM"), ("j", "KeyJ"), ("3", "Digit3")):
        press(page, key, code)
    press(page, "N", "KeyN", SHIFT)
    after = page.evaluate(STATE)
    page.evaluate("""() => {
      document.getElementById('place').remove();
      document.querySelector('media-settings-menu').hidden = true;
    }""")
    assert after == before


def test_space_on_a_switch_is_the_switchs(page):
    page.evaluate("document.body.insertAdjacentHTML('beforeend', '<i role=switch tabindex=0>x</i>')")
    for selector in ("i[role=switch]", "[data-autoplay-toggle]", "media-mute-button"):
        page.locator(selector).focus()
        press(page, " ", "Space")
        assert page.evaluate(STATE)["paused"] is True, selector
