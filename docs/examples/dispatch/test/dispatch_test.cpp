// SPDX-License-Identifier: Apache-2.0
// Unit tests of the dispatch service; each also checks that it leaves no goroutine behind.
// With DISPATCH_BUG=leak in the environment, the test of timeouts fails and shows the leaked
// goroutines.
#include <gtest/gtest.h>
#include <vole/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

#include "../csv.h"
#include "../service.h"

namespace {

dispatch::bug bug_from_environment() {
  const char* name = std::getenv("DISPATCH_BUG");
  return name != nullptr && std::string_view(name) == "leak" ? dispatch::bug::leak
                                                             : dispatch::bug::none;
}

// Two districts with a quick way between them over a third.
dispatch::town small_town() {
  dispatch::town town;
  town.couriers["Linden"] = {{1, "Ada", "bicycle", 8}, {2, "Bruno", "van", 70}};
  town.routes = {{"Linden", "Eastgate", 30}, {"Linden", "Canal", 5}, {"Canal", "Eastgate", 6}};
  town.parcels = {{10, "north", "Linden", "Eastgate", 1.5, false},
                  {11, "south", "Linden", "Canal", 2.0, false},
                  {12, "north", "Linden", "Eastgate", 40.0, false}};
  return town;
}

TEST(dispatch, every_parcel_gets_a_courier) {
  vole::testing::verify_none leaks;
  const dispatch::town town = small_town();
  dispatch::service service(town, {.workers = 2, .request_limit = std::chrono::minutes(1)});
  const dispatch::summary s = service.run();
  EXPECT_EQ(s.delivered, 3u);
  EXPECT_EQ(s.couriers, 2u);
  EXPECT_EQ(s.timeouts, 0u);
  EXPECT_DOUBLE_EQ(s.mean_minutes, (11 + 5 + 11) / 3.0);
}

TEST(dispatch, a_held_parcel_times_out_and_leaves_nothing_behind) {
  vole::testing::verify_none leaks;
  dispatch::town town = small_town();
  town.parcels[1].held = true;
  dispatch::service service(town, {.workers = 2,
                                   .request_limit = std::chrono::milliseconds(200),
                                   .planted = bug_from_environment()});
  const dispatch::summary s = service.run();
  EXPECT_EQ(s.timeouts, 1u);
  EXPECT_EQ(s.delivered, 2u);
}

TEST(dispatch, the_result_does_not_depend_on_the_number_of_workers) {
  vole::testing::verify_none leaks;
  const dispatch::town town = small_town();
  const auto checksum = [&](int workers) {
    dispatch::service service(town, {.workers = workers, .request_limit = std::chrono::minutes(1)});
    return service.run().checksum;
  };
  EXPECT_EQ(checksum(1), checksum(5));
}

TEST(routes, the_scan_and_the_index_agree) {
  vole::testing::verify_none leaks;
  const dispatch::town town = small_town();
  dispatch::route_book index(town.routes, false);
  dispatch::route_book scan(town.routes, true);
  for (const char* to : {"Canal", "Eastgate"}) {
    EXPECT_EQ(index.estimate("Linden", to), scan.estimate("Linden", to));
  }
  EXPECT_THROW(index.estimate("Eastgate", "Linden"), std::out_of_range);
  EXPECT_THROW(scan.estimate("Eastgate", "Linden"), std::out_of_range);
}

class bad_csv : public ::testing::Test {
 protected:
  // The message that a file with this text gives, without its folder.
  std::string error_of(const std::string& text) {
    std::ofstream(path_) << text;
    try {
      for (const dispatch::csv_row& row : dispatch::csv_file(path_, {"id", "km"})) {
        row.whole_number(0);
        row.number(1);
      }
    } catch (const dispatch::csv_error& error) {
      return std::string(error.what()).substr(path_.parent_path().string().size() + 1);
    }
    return "";
  }
  void TearDown() override { std::filesystem::remove(path_); }

 private:
  const std::string test_ = ::testing::UnitTest::GetInstance()->current_test_info()->name();
  const std::filesystem::path path_ =
      std::filesystem::path(::testing::TempDir()) / ("dispatch_" + test_ + ".csv");
};

TEST_F(bad_csv, names_the_line_and_what_was_expected) {
  const std::string file = "dispatch_names_the_line_and_what_was_expected.csv";
  EXPECT_EQ(error_of("id,km\n1,2.5\n"), "");
  EXPECT_EQ(error_of("id,km\n1,2.5\nx,3\n"),
            file + ":3: id: expected a whole number, 0 or more, found \"x\"");
  EXPECT_EQ(error_of("id,km\n1,-1\n"), file + ":2: km: expected a number above 0, found \"-1\"");
  EXPECT_EQ(error_of("id,km\n1\n"), file + ":2: expected 2 fields (id,km), found 1");
  EXPECT_EQ(error_of("id,miles\n"), file + ":1: expected the header \"id,km\", found \"id,miles\"");
  EXPECT_EQ(error_of(""), file + ":2: expected at least one line of data");
}

}  // namespace
