"""A real browser for tests: a headless chromium, told what to do over the DevTools protocol.

It is talked to through a pipe, so nothing but the browser itself has to be installed.
"""

from __future__ import annotations

import base64
import json
import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

NAMES = ("chromium", "chromium-browser", "google-chrome")
CHROMIUM = next(filter(None, map(shutil.which, NAMES)), None)
PATIENCE = 60.0  # seconds; machines that run tests may be slow


class Page:
    """The one page of a browser.

    `requests` holds the addresses it asked for, `errors` what its scripts threw or complained of.
    """

    def __init__(self, sending: int, receiving: int) -> None:
        self._sending, self._receiving = sending, receiving
        self._rest = b""
        self._last = 0
        self._session: str | None = None
        self.requests: list[str] = []
        self.errors: list[str] = []

    def open(self, path: Path, *, size: tuple[int, int] = (1280, 800), dark: bool = False) -> None:
        """Open a file and wait until it is loaded."""
        target = self._ask("Target.createTarget", url="about:blank")["targetId"]
        found = self._ask("Target.attachToTarget", targetId=target, flatten=True)
        self._session = found["sessionId"]
        for domain in ("Page", "Runtime", "Network", "Log"):
            self._ask(f"{domain}.enable")
        self.resize(*size)
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        calm = {"name": "prefers-reduced-motion", "value": "reduce"}
        self._ask("Emulation.setEmulatedMedia", features=[scheme, calm])
        self._ask("Page.navigate", url=path.as_uri())
        self.wait("document.readyState === 'complete' && location.protocol === 'file:'")

    def resize(self, width: int, height: int) -> None:
        """Give the window this size in pixels."""
        self._ask(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=False,
        )

    def run(self, script: str) -> Any:
        """Return the value of a JavaScript expression."""
        done = self._ask("Runtime.evaluate", expression=script, returnByValue=True)
        assert "exceptionDetails" not in done, done
        return done["result"].get("value")

    def wait(self, script: str) -> None:
        """Wait until an expression is true."""
        end = time.monotonic() + PATIENCE
        while not self.run(script):
            assert time.monotonic() < end, f"never true: {script}"
            time.sleep(0.02)

    def settle(self) -> None:
        """Wait until what was asked for is drawn."""
        self.run(
            "window.drawn = 0; requestAnimationFrame(function frame() {"
            " if (++window.drawn < 6) requestAnimationFrame(frame); })"
        )
        self.wait("window.drawn === 6")

    def type(self, text: str) -> None:
        """Type text where the cursor is."""
        self._ask("Input.insertText", text=text)

    def press(self, key: str) -> None:
        """Press one key: a character, Enter, Escape, Tab or an arrow."""
        codes = {"Enter": 13, "Escape": 27, "Tab": 9, "ArrowLeft": 37, "ArrowUp": 38}
        text = "\r" if key == "Enter" else key if len(key) == 1 else ""
        more = {"windowsVirtualKeyCode": codes.get(key, 0), "text": text}
        self._ask("Input.dispatchKeyEvent", type="keyDown", key=key, **more)
        self._ask("Input.dispatchKeyEvent", type="keyUp", key=key)

    def mouse(self, kind: str, x: float, y: float, **more: Any) -> None:
        """Move, press, release or turn the wheel of the mouse: mouseMoved, mousePressed, ..."""
        if kind in ("mousePressed", "mouseReleased"):
            more = {"button": "left", "clickCount": 1, **more}
        self._ask("Input.dispatchMouseEvent", type=kind, x=x, y=y, **more)

    def picture(self, path: Path) -> None:
        """Write a PNG of what is seen."""
        found = self._ask("Page.captureScreenshot", format="png")
        path.write_bytes(base64.b64decode(found["data"]))

    def _ask(self, method: str, **parameters: Any) -> dict[str, Any]:
        self._last += 1
        message: dict[str, Any] = {"id": self._last, "method": method, "params": parameters}
        if self._session:
            message["sessionId"] = self._session
        os.write(self._sending, json.dumps(message).encode() + b"\0")
        while True:
            answer = self._next()
            if answer.get("id") == self._last:
                assert "error" not in answer, (method, answer)
                result: dict[str, Any] = answer["result"]
                return result
            self._note(answer)

    def _next(self) -> dict[str, Any]:
        while b"\0" not in self._rest:
            part = os.read(self._receiving, 1 << 20)
            assert part, "the browser is gone"
            self._rest += part
        line, self._rest = self._rest.split(b"\0", 1)
        message: dict[str, Any] = json.loads(line)
        return message

    def _note(self, event: dict[str, Any]) -> None:
        told = event.get("params", {})
        match event.get("method"):
            case "Network.requestWillBeSent":
                self.requests.append(told["request"]["url"])
            case "Runtime.exceptionThrown":
                self.errors.append(json.dumps(told["exceptionDetails"]))
            case "Log.entryAdded":
                self.errors.append(told["entry"]["text"])


@contextmanager
def browser(profile: Path) -> Iterator[Page]:
    """Run chromium with an empty profile in a folder of ours, without a network."""
    assert CHROMIUM is not None
    commands_read, commands_write = os.pipe()
    answers_read, answers_write = os.pipe()

    def wire() -> None:  # chromium reads commands from 3 and writes answers to 4
        for number, pipe in ((3, commands_read), (4, answers_write)):
            spare = os.dup(pipe)
            os.dup2(spare, number)

    flags = "--headless=new --no-sandbox --disable-gpu --no-first-run --disable-dev-shm-usage"
    process = subprocess.Popen(
        [
            CHROMIUM,
            *flags.split(),
            "--remote-debugging-pipe",
            "--proxy-server=127.0.0.1:9",
            f"--user-data-dir={profile}",
        ],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        close_fds=False,
        preexec_fn=wire,
    )
    try:
        yield Page(commands_write, answers_read)
    finally:
        process.kill()
        process.wait()
        for pipe in (commands_read, commands_write, answers_read, answers_write):
            os.close(pipe)
