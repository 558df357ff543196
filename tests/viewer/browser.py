# SPDX-License-Identifier: Apache-2.0
"""A headless Chromium, driven over its debugging pipe: no port, no package, no waiting by the clock."""
import fcntl
import json
import os
import select
import shutil
import subprocess
import tempfile

ARGUMENTS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
             "--disable-background-networking", "--disable-dev-shm-usage", "--remote-debugging-pipe",
             "--window-size=1300,900", "--force-device-scale-factor=1"]
ANSWER_SECONDS_MAX = 60  # a hang becomes a failure; a loaded machine takes a few


def high_fd(fd):
    """A duplicate of fd away from 3 and 4, which Chromium expects its pipe on; fd is closed."""
    copy = fcntl.fcntl(fd, fcntl.F_DUPFD_CLOEXEC, 10)
    os.close(fd)
    return copy


class browser:
    """One page. Commands block until Chromium has answered; `faults` holds the errors on its console."""

    def __init__(self):
        program = shutil.which("chromium")
        if program is None:
            raise SystemExit("chromium is not installed; ./dev test installs it")
        self.folder = tempfile.mkdtemp(prefix="vole-chromium-")
        child_in, self.to_child = map(high_fd, os.pipe())
        self.from_child, child_out = map(high_fd, os.pipe())

        def place_pipe():
            os.dup2(child_in, 3)
            os.dup2(child_out, 4)

        self.process = subprocess.Popen([program, *ARGUMENTS, f"--user-data-dir={self.folder}", "about:blank"],
                                        preexec_fn=place_pipe, pass_fds=(3, 4), stdin=subprocess.DEVNULL,
                                        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        os.close(child_in)
        os.close(child_out)
        self.received = b""
        self.last_id = 0
        self.faults = []
        self.session = None
        targets = self.send("Target.getTargets")["targetInfos"]
        page = next(t["targetId"] for t in targets if t["type"] == "page")
        self.session = self.send("Target.attachToTarget", targetId=page, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log"):
            self.send(f"{domain}.enable")

    def close(self):
        self.process.kill()
        self.process.wait()
        os.close(self.to_child)
        os.close(self.from_child)
        shutil.rmtree(self.folder, ignore_errors=True)

    def read_message(self):
        while b"\0" not in self.received:
            if not select.select([self.from_child], [], [], ANSWER_SECONDS_MAX)[0]:
                raise RuntimeError(f"no answer within {ANSWER_SECONDS_MAX} s")
            more = os.read(self.from_child, 1 << 16)
            if not more:
                raise RuntimeError("chromium has gone away")
            self.received += more
        message, self.received = self.received.split(b"\0", 1)
        return json.loads(message)

    def note(self, event):
        if event.get("method") == "Runtime.exceptionThrown":
            details = event["params"]["exceptionDetails"]
            self.faults.append(details.get("exception", {}).get("description", details["text"]))
        if event.get("method") == "Log.entryAdded" and event["params"]["entry"]["level"] == "error":
            self.faults.append(event["params"]["entry"]["text"])

    def send(self, method, **parameters):
        self.last_id += 1
        command = {"id": self.last_id, "method": method, "params": parameters}
        if self.session is not None:
            command["sessionId"] = self.session
        os.write(self.to_child, json.dumps(command).encode() + b"\0")
        while True:
            message = self.read_message()
            if message.get("id") != self.last_id:
                self.note(message)
                continue
            if "error" in message:
                raise RuntimeError(f"{method}: {message['error']['message']}")
            return message["result"]

    def evaluate(self, expression):
        """The value of a JavaScript expression, awaited if it is a promise."""
        answer = self.send("Runtime.evaluate", expression=expression, awaitPromise=True, returnByValue=True)
        if "exceptionDetails" in answer:
            raise RuntimeError(f"{expression}: {answer['exceptionDetails']}")
        return answer["result"].get("value")

    def wait_for(self, condition):
        """Returns once the JavaScript condition holds; it is looked at after each change of the document."""
        self.evaluate(f"""new Promise((resolve) => {{
          const look = () => ({condition}) && (observer.disconnect(), resolve(true));
          const observer = new MutationObserver(look);
          observer.observe(document, {{subtree: true, childList: true, attributes: true, characterData: true}});
          look();
        }})""")

    def open(self, url):
        self.send("Page.navigate", url="about:blank")  # so that a mere change of the address loads anew
        self.send("Page.navigate", url=url)
        self.wait_for("document.body && document.body.dataset.state")

    def mouse(self, kind, x, y):
        extra = {} if kind == "mouseMoved" else {"button": "left", "clickCount": 1}
        self.send("Input.dispatchMouseEvent", type=kind, x=x, y=y, **extra)

    def click(self, x, y):
        self.mouse("mouseMoved", x, y)
        self.mouse("mousePressed", x, y)
        self.mouse("mouseReleased", x, y)

    def key(self, name):
        for kind in ("keyDown", "keyUp"):
            self.send("Input.dispatchKeyEvent", type=kind, key=name, code=name)

    def type(self, text):
        self.send("Input.insertText", text=text)
