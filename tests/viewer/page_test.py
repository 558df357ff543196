#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Goal: a real browser shows the page and obeys mouse and keys, with the data of the files.

    page_test.py VOLE WRITE_FIXTURE

Method: `vole view` serves two written-down profiles; headless Chromium opens the page; asserted are the DOM, the
canvas' pixels and the tree that assistive technology sees.
"""
import pathlib
import re
import signal
import subprocess
import sys
import tempfile
import unittest

from browser import browser

VOLE, WRITE_FIXTURE = sys.argv[1:3] if len(sys.argv) >= 3 else (None, None)
ROW = 20  # draw/flame_canvas.mjs: kRowHeight


def text_of(selector):
    return f"document.querySelector({selector!r}).textContent"


class page(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        subprocess.run([WRITE_FIXTURE, cls.folder.name], check=True)
        files = [str(pathlib.Path(cls.folder.name) / name) for name in ("cpu.pb.gz", "heap.pb.gz")]
        cls.server = subprocess.Popen([VOLE, "view", "-no_browser", *files], stdout=subprocess.PIPE, text=True)
        line = cls.server.stdout.readline()  # comes once the port is open
        cls.url = re.match(r"Serving (http://127\.0\.0\.1:\d+/)", line).group(1)
        cls.browser = browser()

    @classmethod
    def tearDownClass(cls):
        cls.browser.close()
        cls.server.send_signal(signal.SIGINT)
        status = cls.server.wait()
        cls.server.stdout.close()
        cls.folder.cleanup()
        if status != 0:
            raise AssertionError(f"Ctrl-C: vole view ended with status {status}, expected 0")

    def setUp(self):
        self.browser.faults.clear()

    def tearDown(self):
        self.assertEqual(self.browser.faults, [], "errors on the page's console")

    def open(self, address=""):
        self.browser.open(self.url + address)
        self.assertEqual(self.js("document.body.dataset.state"), "ready")

    def js(self, expression):
        return self.browser.evaluate(expression)

    def canvas_point(self, x_share, row):
        """Page coordinates of a point in a row of the flame graph."""
        place = self.js("(({left, top, width}) => [left, top, width])(canvas.getBoundingClientRect())")
        return place[0] + place[2] * x_share, place[1] + row * ROW + ROW / 2

    def rows(self):
        return self.js("[...document.querySelectorAll('tbody .name')].map((cell) => cell.textContent)")

    def test_the_flame_graph_is_drawn(self):
        self.open()
        self.assertEqual(self.js("canvas.dataset.frames"), "13")
        painted = self.js("""(() => {
          const {width, height} = canvas;
          const bytes = canvas.getContext('2d').getImageData(0, 0, width, height).data;
          const colours = new Set();
          let filled = 0;
          for (let i = 0; i < bytes.length; i += 4) {
            if (bytes[i + 3] < 250) continue;
            ++filled;
            colours.add(bytes[i] << 16 | bytes[i + 1] << 8 | bytes[i + 2]);
          }
          return {share: filled / (width * height), colours: colours.size};
        })()""")
        self.assertGreater(painted["share"], 0.3, "boxes cover part of the canvas")
        self.assertGreater(painted["colours"], 20, "packages have colours and names have text")

    def test_header_and_table_show_the_profile(self):
        self.open()
        self.assertEqual(self.js("document.title"), "cpu.pb.gz · vole view")
        facts = self.js(text_of("#facts"))
        for part in ("dispatch", "1.03s in 5 stacks", "over 2.50s", "dispatch --parcels=4000"):
            self.assertIn(part, facts)
        self.assertNotIn("#not in the header", facts)
        self.assertEqual(len(self.rows()), 6)
        self.assertEqual(self.rows()[0], "(anonymous namespace)::check_index (inline)")
        first = self.js("document.querySelector('tbody tr').innerText.split(/\\s+/)")
        self.assertEqual(first[:4], ["730ms", "70.87%", "730ms", "70.87%"])

    def test_headings_sort_the_table(self):
        self.open()
        self.js("document.querySelector('th.cum button').click()")
        self.assertEqual(self.js("document.querySelector('th.cum').getAttribute('aria-sort')"), "descending")
        self.assertEqual(self.rows()[0], "main")
        self.js("document.querySelector('th.name button').click()")
        self.assertEqual([row.split(" (inline)")[0] for row in self.rows()],
                         sorted(row.split(" (inline)")[0] for row in self.rows()))

    def test_a_click_zooms_and_escape_zooms_out(self):
        self.open()
        self.browser.click(*self.canvas_point(0.3, 2))  # dispatch::service::run, the wide child of main
        self.browser.wait_for("location.hash.includes('root=')")
        self.assertEqual(self.js("[...document.querySelectorAll('#path button')].map((b) => b.textContent)"),
                         ["all", "main"])
        self.assertEqual(self.js("canvas.dataset.frames"), "9", "two ancestors, run and the six below it")
        self.js("canvas.focus()")
        self.browser.key("Escape")
        self.browser.wait_for("document.querySelectorAll('#path button').length === 1")
        self.browser.key("Escape")
        self.browser.wait_for("document.querySelectorAll('#path button').length === 0")
        self.assertEqual(self.js("canvas.dataset.frames"), "13")

    def test_the_pointer_shows_what_it_is_on(self):
        self.open()
        self.browser.mouse("mouseMoved", *self.canvas_point(0.5, 1))
        self.browser.wait_for("!document.getElementById('tip').hidden")
        tip = self.js(text_of("#tip"))
        self.assertIn("main", tip)
        self.assertIn("1.03s, 100% of the total", tip)
        self.assertIn("/src/dispatch/main.cpp", tip)
        self.browser.mouse("mouseMoved", 5, 5)
        self.browser.wait_for("document.getElementById('tip').hidden")

    def test_arrow_keys_walk_and_enter_zooms(self):
        self.open()
        self.js("canvas.focus()")
        for name, wanted in (("ArrowDown", "root"), ("ArrowDown", "main"), ("ArrowDown", "dispatch::service::run"),
                             ("ArrowUp", "main")):
            self.browser.key(name)
            self.assertTrue(self.js(text_of("#details")).startswith(wanted), wanted)
        self.browser.key("Enter")
        self.browser.wait_for("document.querySelectorAll('#path button').length === 1")

    def test_search_marks_and_filters(self):
        self.open()
        self.js("search.focus()")
        self.browser.type("visit")
        self.browser.wait_for("matched.value !== ''")
        self.assertEqual(self.js("matched.value"), "9.71% matched")
        self.assertEqual(self.rows(), ["dispatch::visit"])
        self.open("#search=/^dispatch::service/")
        self.assertEqual(self.js("matched.value"), "96.12% matched")
        self.open("#search=nothing+of+that+name")
        self.assertEqual(self.js(text_of("#table .empty")), "No function matches.")
        self.assertEqual(self.js("matched.value"), "0% matched")

    def test_a_name_in_the_table_marks_its_boxes(self):
        self.open()
        self.js("""[...document.querySelectorAll('td.name button')]
          .find((button) => button.textContent === 'dispatch::visit').click()""")
        self.assertEqual(self.js("matched.value"), "9.71% matched")
        self.assertEqual(self.js("document.querySelectorAll('tr[aria-selected=true]').length"), 1)

    def test_sample_types_and_profiles_switch(self):
        self.open()
        self.assertEqual(self.js(text_of("#types [aria-checked=true]")), "cpu")
        self.js("document.querySelector('#types button').click()")
        self.browser.wait_for("document.querySelector('#types [aria-checked=true]').textContent === 'samples'")
        self.assertIn("103 in 5 stacks", self.js(text_of("#facts")))
        self.js("profile.value = '1'; profile.dispatchEvent(new Event('change'))")
        self.browser.wait_for("document.title.startsWith('heap')")
        self.assertEqual(self.js(text_of("#types [aria-checked=true]")), "inuse_space")
        self.assertIn("1.35MB", self.js(text_of("#facts")))

    def test_the_root_can_be_at_the_bottom(self):
        self.open()
        self.js("invert.click()")
        self.assertEqual(self.js("invert.getAttribute('aria-pressed')"), "true")
        depth = self.js("canvas.clientHeight") / ROW
        self.browser.mouse("mouseMoved", *self.canvas_point(0.9, depth - 2))  # the row above the root
        self.browser.wait_for("!document.getElementById('tip').hidden")
        self.assertTrue(self.js(text_of("#tip")).startswith("main"))

    def test_assistive_technology_sees_a_table_and_controls(self):
        self.open()
        nodes = self.browser.send("Accessibility.getFullAXTree")["nodes"]
        seen = [(n["role"]["value"], n.get("name", {}).get("value", "")) for n in nodes if "role" in n]
        self.assertIn(("table", "Functions"), seen)
        self.assertEqual(sum(role == "row" for role, _ in seen), 7)
        self.assertGreaterEqual(sum(role == "columnheader" for role, _ in seen), 3)
        self.assertIn(("radio", "cpu"), seen)
        self.assertTrue(any(name.startswith("Flame graph: arrow keys") for _, name in seen))

    def test_a_bad_address_says_so(self):
        self.browser.open(self.url + "#root=4000000000")
        self.assertEqual(self.js("document.body.dataset.state"), "failed")
        self.assertIn("404", self.js(text_of("#failure")))
        self.browser.faults.clear()  # the console reports the 404 as well


if __name__ == "__main__":
    if VOLE is None:
        sys.exit(__doc__)
    unittest.main(argv=sys.argv[:1] + sys.argv[3:], verbosity=2)
