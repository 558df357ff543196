// SPDX-License-Identifier: Apache-2.0
// Goal: the flame tree keeps every value, and its SVG file is well-formed, self-contained and true
// to the tree.
#include <gtest/gtest.h>

#include <algorithm>

#include "fixtures.h"
#include "flame/flame_svg.h"
#include "flame/flame_tree.h"
#include "model/merge.h"

namespace vole::test {
namespace {

format::profile normal(format::profile p) {
  std::vector<format::profile> one;
  one.push_back(std::move(p));
  return *model::merge_profiles(std::move(one));
}

std::size_t count(const std::string& text, const std::string& part) {
  std::size_t found = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1))
    ++found;
  return found;
}

std::string svg_of(format::profile p) {
  return flame::print_flame_svg(
      *report::report::make(normal(std::move(p)), {}, [](const std::string&) {}));
}

TEST(flame_tree, a_node_is_worth_its_children_and_itself) {
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    const format::profile p = normal(random_profile(seed));
    const flame::tree t = flame::build_tree(p, [](const format::sample& s) { return s.values[0]; });
    std::int64_t positive = 0;
    for (const format::sample& s : p.samples) positive += std::max<std::int64_t>(s.values[0], 0);
    EXPECT_EQ(t.nodes[0].total, positive);
    for (const flame::tree_node& n : t.nodes) {
      std::int64_t sum = n.self;
      for (std::uint32_t c = 0; c < n.child_count; ++c)
        sum += t.nodes[t.children[n.first_child + c]].total;
      EXPECT_EQ(sum, n.total);
    }
  }
}

TEST(flame_tree, a_cut_holds_the_heavy_nodes_and_their_parents) {
  const format::profile p = normal(random_profile(3));
  const flame::tree t = flame::build_tree(p, [](const format::sample&) { return 10; });
  for (const std::size_t limit : {1ul, 2ul, 5ul, 1000ul}) {
    const std::vector<std::uint32_t> cut = flame::cut_tree(t, 0, 1, limit);
    EXPECT_LE(cut.size(), limit);
    ASSERT_FALSE(cut.empty());
    EXPECT_EQ(cut[0], 0u);
    for (std::size_t i = 1; i < cut.size(); ++i) {
      const auto parent = std::find(cut.begin(), cut.begin() + static_cast<std::ptrdiff_t>(i),
                                    t.nodes[cut[i]].parent);
      EXPECT_NE(parent, cut.begin() + static_cast<std::ptrdiff_t>(i))
          << "a parent comes before its child";
    }
  }
  EXPECT_EQ(flame::cut_tree(t, 0, 1, 1 << 20).size(), t.nodes.size());
}

TEST(flame_tree, inlined_frames_are_marked) {
  const format::profile p = normal(cpu_profile());
  const flame::tree t = flame::build_tree(p, [](const format::sample& s) { return s.values[1]; });
  std::size_t inlined = 0;
  for (const flame::tree_node& n : t.nodes) {
    if (!n.inlined) continue;
    ++inlined;
    const std::string& name = t.frames[n.frame].name;
    EXPECT_TRUE(name.find("check_index") != std::string::npos ||
                name.find("::at(") != std::string::npos)
        << name;
  }
  EXPECT_EQ(inlined, 4u);  // both, under two callers
}

TEST(flame_tree, packages_are_namespaces_or_go_packages) {
  EXPECT_EQ(flame::package_of("dispatch::service::run(unsigned int)"), "dispatch::service");
  EXPECT_EQ(flame::package_of("std::vector<a::b>::at(unsigned long) const"), "std::vector");
  EXPECT_EQ(flame::package_of("(anonymous namespace)::check(int)"), "(anonymous namespace)");
  EXPECT_EQ(flame::package_of("int ns::f<int>(char)"), "ns");
  EXPECT_EQ(flame::package_of("v::detail::member<a::b>::run"), "v::detail::member");
  EXPECT_EQ(flame::package_of("net/http.(*Server).Serve"), "net/http");
  EXPECT_EQ(flame::package_of("main.main.func1"), "main");
  EXPECT_EQ(flame::package_of("malloc"), "");
}

TEST(flame_tree, short_names_keep_the_class_and_the_function) {
  EXPECT_EQ(flame::short_name_of("void dispatch::service::run<int>(unsigned int)"), "service::run");
  EXPECT_EQ(flame::short_name_of("dispatch::visit"), "dispatch::visit");
  EXPECT_EQ(flame::short_name_of("(anonymous namespace)::check(int)"),
            "(anonymous namespace)::check");
  EXPECT_EQ(flame::short_name_of("net/http.(*Server).Serve"), "http.(*Server).Serve");
  EXPECT_EQ(flame::short_name_of("runtime.mallocgc"), "runtime.mallocgc");
  EXPECT_EQ(flame::short_name_of("malloc"), "malloc");
  EXPECT_EQ(flame::short_name_of("<lambda>"), "<lambda>");
  EXPECT_EQ(flame::short_name_of("v::detail::member<a::b::handle(a::c const&)::$_1>::run"),
            "member::run");
  EXPECT_EQ(flame::short_name_of("a::b::handle(a::c const&) const::$_1::operator()(int) const"),
            "$_1::operator()");
  EXPECT_EQ(flame::short_name_of("bool std::operator<< <char>(char)"), "std::operator<<");
  EXPECT_EQ(flame::short_name_of("std::operator==<char>"), "std::operator==");
  EXPECT_EQ(flame::short_name_of("a::f<(b)1>(c"), "a::f");
  EXPECT_EQ(flame::short_name_of("a::g<b"), "a::g");
}

TEST(flame_svg, every_frame_has_a_box_and_a_title) {
  const std::string svg = svg_of(cpu_profile());
  EXPECT_TRUE(svg.starts_with("<?xml"));
  EXPECT_TRUE(svg.ends_with("</svg>\n"));
  EXPECT_EQ(count(svg, "<g class=\"f"), count(svg, "<title>"));
  EXPECT_EQ(count(svg, "<g class=\"f"), 13u);
  EXPECT_EQ(count(svg, "<g class=\"f i\""), 4u);
  EXPECT_NE(svg.find("dispatch::visit"), std::string::npos);
}

TEST(flame_svg, nothing_is_loaded_from_elsewhere) {
  const std::string svg = svg_of(cpu_profile());
  EXPECT_EQ(count(svg, "http"), 1u) << "only the name space";
  EXPECT_EQ(count(svg, "href"), 0u);
  EXPECT_EQ(count(svg, "@import"), 0u);
}

TEST(flame_svg, names_cannot_break_out_of_the_markup) {
  format::profile p = cpu_profile();
  p.functions[0].name = p.strings.intern("</title><script>\"&'\x01\xff");
  const std::string svg = svg_of(std::move(p));
  EXPECT_EQ(svg.find("</title><script>"), std::string::npos);
  EXPECT_NE(svg.find("&lt;/title&gt;&lt;script&gt;&quot;&amp;'??"), std::string::npos);
}

TEST(flame_svg, a_profile_without_samples_is_a_picture_too) {
  format::profile p = cpu_profile();
  p.samples.clear();
  EXPECT_TRUE(svg_of(std::move(p)).ends_with("</svg>\n"));
}

}  // namespace
}  // namespace vole::test
