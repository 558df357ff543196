// SPDX-License-Identifier: Apache-2.0
// A simulation: goroutines that run one at a time, in an order that a policy decides, in virtual
// time. What explore() and VOLE_SCHED are made of.
//
// What it is not: a second scheduler. Its goroutines, the *members*, are ordinary ones in a
// synctest bubble (bubble/bubble.h) of their own, which gives them their clock, and the bubble's
// hooks in park(), ready() and spawn() are the seam: the ordinary scheduler only ever sees the one
// member that has the *turn*, and everybody else waits. So nothing is added to the paths of
// goroutines that are in no bubble.
//
// The turn
//   1. One member has it, or the *driver* (a goroutine of the runtime's that is no member), or it
//      is on its way from one to the other. Whoever has it owns all of this object.
//   2. A member that comes to a scheduling point (operation_begun) asks the policy. If another one
//      is to go on, it parks, and its commit grants that one the turn.
//   3. A member that parks in an operation gives the turn to the driver in its commit, after the
//      operation's own commit; one that ends, when its record has been given back.
//   4. The driver asks the policy who of the ready ones goes on; when there is none, it fires what
//      is due, or lets the clock jump to the next timer; when there is none either, the run is
//      over.
//   5. ready() of a member makes a note, no more: it has not got the turn. grant() wakes it.
//
// A member that has not begun yet is known to the scheduler from its spawning, and walks up to its
// *gate* at any time; there it waits for its first turn. Either the grant finds it waiting, or it
// finds the grant: one exchange each on the gate.
//
// Who yields is not asked again before everybody else who was ready then has had a turn, or is
// ready no more; so is one that has come to kStreakMax points in a row while others were ready.
// Without that a loop that waits for others by asking would make runs that never end.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <vector>

#include "event/wait/operation.h"
#include "sched/bubble/bubble.h"
#include "sched/sim/policy.h"
#include "sched/sim/schedule.h"

namespace vole::sched {

// Points in a row without a switch after which the others have their turn. Half: programs that do
// more than that between two waits are explored less; twice: runs with a loop that asks for a lock
// without yielding take twice as long.
inline constexpr std::uint32_t kStreakMax = 500;

enum class run_end : std::uint8_t {
  finished,   // every member has ended
  exception,  // one has left a member's function
  deadlock,   // nobody can go on, and the first member's function has not returned
  leak,       // likewise, and it has
  too_long    // more scheduling points than allowed
};

class simulation {
 public:
  struct limits {
    std::uint32_t points_max = 0;     // 0: none
    bool catches_exceptions = false;  // or they end the process, as everywhere
  };

  simulation(bubble& in, policy& decides, limits allowed) noexcept
      : in_(in), decides_(decides), limits_(allowed) {}

  // For the driver's goroutine: from the first turn to the end of the run.
  void drive();

  // After drive().
  run_end end() const noexcept { return end_; }
  std::exception_ptr failure() const noexcept { return failure_; }
  const schedule& answers() const noexcept { return answers_; }
  // A hash of who went on and what was done, in order.
  std::uint64_t order() const noexcept { return order_; }
  bool has_members_left() const noexcept { return alive_ != 0; }

  // The bubble's hooks ---------------------------------------------------------------------------
  // `made` joins, before it can run.
  void join(g& made);
  // A thread that runs already joins; it must wait_for_turn() before anything else.
  void join_running(g& self);
  void wait_for_turn(g& self) { wait_for_first_turn(of(self)); }  // the first one
  // For park(). True: the park is the operation's, and commit_durable_park() takes the place of the
  // commit. False: it is this room's.
  bool begin_park(g& self, event::wait_reason reason);
  void end_park(g& self);  // after the operation's commit
  // For ready(). True: the turn has been granted, wake it.
  bool begin_ready(g& who);
  // A member has ended, and its record is somebody else's.
  void end_member();

  // For the member that has the turn --------------------------------------------------------------
  void come_to_point(g& self, event::operation what);
  std::uint32_t pick_case(std::uint32_t count);

 private:
  enum class stage : std::uint8_t { ready, running, blocked, ended };
  enum class gate : std::uint8_t { open, waiting, granted };  // for the first turn

  struct member {
    g* who = nullptr;
    stage at = stage::ready;
    bool has_begun = false;
    bool is_switching = false;  // its next park is this room's own
    bool is_granted = false;    // its next ready() is real
    std::uint64_t ready_since = 0;
    std::uint64_t last_step = 0;   // when it last ran
    std::uint64_t yielded_at = 0;  // 0: it waits for nobody
    std::atomic<gate> first_turn{gate::open};
    void (*run)(void*) = nullptr;
    void* closure = nullptr;
    simulation* of = nullptr;
  };

  static void run_member(void* argument);
  member& of(const g& who);
  void wait_for_first_turn(member& me);
  void run_function(member& me);
  member* next_to_run();
  bool make_somebody_ready();
  bool is_held_back(const member& who) const;
  void collect_candidates(member* current);
  member& choose(member* current);
  std::uint32_t ask(const choice& question);
  void set_ready(member& who);
  void grant(member& who);
  void give_turn_to(g& self, member& next);
  [[noreturn]] void stop_run(g& self, run_end why);
  void note(std::uint64_t what) noexcept;

  bubble& in_;
  policy& decides_;
  const limits limits_;
  g* driver_ = nullptr;
  std::deque<member> members_;        // by number; addresses stay
  std::vector<std::uint32_t> ready_;  // in the order of their becoming so
  std::vector<std::uint32_t> candidates_;
  std::uint32_t running_ = 0;
  std::size_t alive_ = 0;
  std::uint64_t steps_ = 0;  // a clock
  std::uint64_t points_ = 0;
  std::uint32_t streak_ = 0;
  std::uint64_t order_ = 0xcbf29ce484222325;
  schedule answers_;
  run_end end_ = run_end::finished;
  bool is_stopped_ = false;
  std::exception_ptr failure_;
};

// The simulation that the calling goroutine is a member of; null: none.
simulation* current_simulation() noexcept;

// While one lives, operations are scheduling points of those who are members.
class points_scope {
 public:
  points_scope();
  ~points_scope();
  points_scope(const points_scope&) = delete;
  points_scope& operator=(const points_scope&) = delete;
};

// One run of body(argument), with the calling goroutine waiting outside. `ran.sightings`: races
// that were seen meanwhile. A run that leaves goroutines behind keeps its simulation for ever.
struct run_result {
  run_end end = run_end::finished;
  std::string text;  // of the failure
  schedule answers;
  std::uint64_t order = 0;
  std::size_t races = 0;
  std::string complaint;  // of the policy
};
run_result simulate(policy& decides, simulation::limits allowed, void (*body)(void*),
                    void* argument, std::uintptr_t creation_pc);

// boot tells: how many races have been seen so far, seen ones included.
void set_race_counter(std::size_t (*counter)() noexcept) noexcept;

// VOLE_SCHED, and nothing when it is not set. Before main: its first operation must come to the
// library, or it would be done outside of the simulation. Then main joins one as it becomes a
// goroutine.
void prepare_program();
void simulate_program(g& main);

}  // namespace vole::sched
