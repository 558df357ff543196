// SPDX-License-Identifier: Apache-2.0
// The style and the script inside the flame graph's SVG file.
#pragma once

namespace vole::flame {

inline constexpr const char* kFlameStyle = R"css(<style>
.h { font: 600 15px system-ui, sans-serif; fill: #2b2a27; }
.s { font: 12px system-ui, sans-serif; fill: #6d6a62; }
.b { font: 12px system-ui, sans-serif; fill: #2f6f73; cursor: pointer; visibility: hidden; }
.f { cursor: pointer; }
.f text { fill: #2b2a27; pointer-events: none; }
.f:hover rect { stroke: #2b2a27; stroke-width: 1; }
.i rect { stroke: #ffffff; stroke-dasharray: 2 2; }
.dim { opacity: 0.5; }
</style>
)css";

// Zooms by rewriting x and width of each frame. Positions are millionths of the whole width.
inline constexpr const char* kFlameScript = R"js(<script><![CDATA[
(() => {
  const kMargin = 12, kWhole = 1e6, kCharWidth = 6.7;
  const inner = document.documentElement.viewBox.baseVal.width - 2 * kMargin;
  const frames = [...document.querySelectorAll(".f")].map((g) => ({
    g, rect: g.querySelector("rect"), text: g.querySelector("text"),
    x: +g.dataset.x, w: +g.dataset.w, depth: +g.dataset.d, name: g.dataset.n, short: g.dataset.s,
    title: g.querySelector("title").textContent,
  }));
  const reset = document.getElementById("reset");
  const details = document.getElementById("details");

  function fit(f, width) {
    const room = Math.max(0, Math.floor((width - 6) / kCharWidth));
    if ([...f.name].length <= room) return f.name;
    const runes = [...f.short];
    if (runes.length <= room) return f.short;
    return room < 4 ? "" : runes.slice(0, room - 1).join("") + "…";
  }

  function zoom(target) {
    const slack = 1e-3;
    for (const f of frames) {
      const end = target.x + target.w;
      const spans = f.x <= target.x + slack && f.x + f.w >= end - slack;
      const inside = f.x >= target.x - slack && f.x + f.w <= end + slack;
      const above = f.depth < target.depth && spans;
      const within = f.depth >= target.depth && inside;
      f.g.style.display = above || within ? "" : "none";
      if (!above && !within) continue;
      const x = above ? 0 : (f.x - target.x) / target.w * inner;
      const width = above ? inner : f.w / target.w * inner;
      f.rect.setAttribute("x", kMargin + x);
      f.rect.setAttribute("width", width);
      f.text.setAttribute("x", kMargin + x + 4);
      f.text.textContent = fit(f, width);
      f.g.classList.toggle("dim", above);
    }
    reset.style.visibility = target.depth > 0 ? "visible" : "hidden";
  }

  for (const f of frames) {
    f.g.addEventListener("click", () => zoom(f));
    const line = f.title.replaceAll("\n", "  ·  ");
    f.g.addEventListener("mouseenter", () => { details.textContent = line; });
  }
  reset.addEventListener("click", () => zoom({ x: 0, w: kWhole, depth: 0 }));
})();
]]></script>
)js";

}  // namespace vole::flame
