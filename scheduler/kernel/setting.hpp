// What is to be planned, in numbers: the planner's problem without any words.
#pragma once

#include "bits.hpp"
#include "free_time.hpp"
#include "segment.hpp"
#include "ways.hpp"

#include <cstdint>
#include <vector>

namespace yunkan {

using Cost = std::int64_t; ///< seconds of driving: what one would drive to avoid it

/// Largest crew of one survey.
constexpr int kMostCrew = 8;

struct DaySpan {
    int day;
    int from;
    int until;
};

/// When a survey may start: from, from + step, ... up to and including until, on one day.
struct Window {
    int day;
    int from;
    int until;
    int step;
};

struct Officer {
    int base;
    int local;                               // his number among the officers of his base
    std::vector<std::vector<Interval>> duty; // by day: when he can be sent anywhere
    Bits usual, recent;                      // partners, usual or of late; local numbers
    int skills;                              // item types he may judge on site
    int most_minutes;                        // of rounds and desk visits, over all days
    int alike = 0; // those of a base with the same number may do the same surveys at one price
};

/// Cars of one base that do not differ.
struct CarKind {
    int base;
    int count;
    int seats;
    int load;
    std::vector<std::vector<Interval>> duty; // by day
};

/// Who of one base may carry out surveys of a certain standing.
struct Team {
    int base;
    Bits may;                 // go along, or sit at the desk as a witness
    Bits lead;                // lead it
    Bits foreign;             // only as help from another district
    std::vector<Bits> judges; // by item type: who may judge it
    Bits alone;               // go alone: may, and judge everything
};

/// Who may carry out a survey: surveys alike in that share one standing.
struct Standing {
    int officers;  // that must be sent at least
    int qualified; // that must hold each item type
    std::vector<Team> teams;
    std::vector<int> team_of; // by base: index into teams, -1 for none
};

/// One way to carry out one survey. On site it takes its crew a slot on the grid: the survey itself
/// begins `into` minutes after its slot, and ends `rest` minutes before it. Only what was promised
/// beside the grid has an `into`.
struct Option {
    int standing;
    int minutes; // of the slot; by video of the survey
    int site;    // -1: by video
    Cost cost;
    std::vector<Window> windows; // of its slot
    std::vector<int> companions; // what other crews do there
    signed char into = 0, rest = 0;
};

struct Task {
    Cost unplanned_cost;
    int load;
    bool pinned;
    int begin_by;     // minute of its day; what begins later costs
    Cost tardy_cost;  // for each minute
    int companion_of; // the survey that brings it along; -1: it is one by itself
    Interval after;   // of a companion: so long after that survey it starts, ends included
    std::vector<Option> options;
    int hardness; // how few ways there are to do it; the smaller, the harder
    int nearest;  // seconds of driving to the base that is nearest
};

struct Base {
    int site;
    std::vector<int> officers; // by local number
    std::vector<int> car_kinds;
    int desks;
};

/// Raises std::invalid_argument where numbers make no sense.
class Setting {
public:
    Setting(int days, Ways const &ways); // which must outlive it

    int add_base(int site, int desks);
    int add_officer(int base, std::vector<DaySpan> const &duty, int skills, int most_minutes);
    /// Surveys on site start at full multiples of so many minutes. Before any is added.
    void set_grid(int minutes);
    void add_usual_pair(int one, int other);  // officers
    void add_recent_pair(int one, int other); // who have gone together of late
    void add_cars(int base, int count, int seats, int load, std::vector<DaySpan> const &duty);

    /// `may`, `lead` and `foreign` are officers; `judges` one list of officers an item type.
    int add_standing(int officers, int qualified, std::vector<int> const &may,
                     std::vector<int> const &lead, std::vector<int> const &foreign,
                     std::vector<std::vector<int>> const &judges);
    int add_task(Cost unplanned_cost, int load, bool pinned, int begin_by = kEndOfTime,
                 Cost tardy_cost = 0);
    void add_option(int task, int standing, int minutes, int site, Cost cost,
                    std::vector<Window> const &windows);
    /// Another crew's part of the option that was added to a task last: a task of its own, of one
    /// option, that begins so many minutes after it or not at all; 0 and 0: in the same minute.
    /// Returns its number.
    int add_companion(int task, int standing, Interval after, std::vector<Window> const &windows);

    /// Call once, when everything has been added; nothing can be added or changed afterwards.
    void seal();
    void require_open() const;
    void require_sealed() const;

    // the bureau's policy
    int setup_minutes = 0;
    Cost trip_cost = 0, arrival_cost = 0, cross_district_cost = 0, unusual_pair_cost = 0;
    Cost repeated_pair_cost = 0;
    bool fixed_roster = false; // only usual pairs go together
    Cost waiting_cost = 0;     // for each day that comes before a survey
    bool whole_shift = false;  // a round takes its crew's whole shift
    Cost worst_tardy_cost = 0; // for each minute by which the most tardy survey begins too late

    int days;
    std::vector<Base> bases;
    std::vector<Officer> officers;
    std::vector<CarKind> cars;
    std::vector<Standing> standings;
    std::vector<Task> tasks;

    [[nodiscard]] Ways const &ways() const { return ways_; }
    [[nodiscard]] int seconds(int from, int to) const { return ways_.seconds(from, to); }

    /// Minutes from the end of one slot to the start of the next, with the arrival: so many that it
    /// is on the grid again. `slack` is what the survey before leaves of its slot, and what of the
    /// next slot is before its survey. Less than none where two promises are closer than slots are.
    [[nodiscard]] int lead(int from, int to, int slack) const {
        return onto_grid(
            (from == to ? 0 : whole_minutes(seconds(from, to)) + setup_minutes) - slack);
    }
    /// Nothing is lost at the base: a round leaves, and is back, at any minute.
    [[nodiscard]] int lead_from_base(int base, int to, int into) const {
        return whole_minutes(seconds(base, to)) + setup_minutes - into;
    }
    [[nodiscard]] int way_back(int from, int base, int rest) const {
        return whole_minutes(seconds(from, base)) - rest;
    }
    static int whole_minutes(int seconds) { return (seconds + 59) / 60; }

    [[nodiscard]] int grid() const { return grid_; }
    /// As many minutes or more, so that they are a multiple of the grid.
    [[nodiscard]] int onto_grid(int minutes) const {
        if (grid_ == 1)
            return minutes;
        // a division takes longer than all else that is asked of a way
        auto const lifted = static_cast<std::uint64_t>(minutes + lift_ + grid_ - 1);
        return static_cast<int>(lifted * inverse_ >> kShift) * grid_ - lift_;
    }
    /// When a round may leave that may be out in these minutes, both ends included: its surveys
    /// begin on the grid then.
    [[nodiscard]] Interval departures(Interval free, Segment const &shape) const {
        int const from = std::max(free.from, shape.earliest);
        int const until = std::min(free.until - shape.minutes, shape.latest);
        if (from > until)
            return {from, until}; // at no minute, and there may be no end to what it would take
        return {leaves_from(from, shape), shape.latest - onto_grid(shape.latest - until)};
    }
    /// The first such minute from one on.
    [[nodiscard]] int leaves_from(int minute, Segment const &shape) const {
        return shape.earliest + onto_grid(minute - shape.earliest);
    }

    [[nodiscard]] Cost leg(int from, int to) const {
        return from == to ? 0 : seconds(from, to) + arrival_cost;
    }
    [[nodiscard]] Cost leg_from_base(int base, int to) const {
        return seconds(base, to) + arrival_cost;
    }

    /// What a way to carry out a survey costs on a day, wherever it is put.
    [[nodiscard]] Cost price(Option const &option, int day) const {
        return option.cost + waiting_cost * day;
    }

    /// Whether it matters at all how late on its day a survey begins.
    [[nodiscard]] bool hurries() const { return hurries_; }
    /// Whether crews meet as soon as all of them can be there, instead of in a minute that is
    /// settled before: everybody goes alone and all day, begins as early as he can, and may meet
    /// others in any minute.
    [[nodiscard]] bool floating() const { return floating_; }
    /// Whether any officer may be sent for so many minutes only.
    [[nodiscard]] bool limited() const { return limited_; }
    [[nodiscard]] int minutes_tardy(int task, int start) const {
        return std::max(0, start - tasks[task].begin_by);
    }

    [[nodiscard]] int cell(int base, int day) const { return base * days + day; }
    [[nodiscard]] int cells() const { return static_cast<int>(bases.size()) * days; }

private:
    bool hurries_ = false, floating_ = false, limited_ = false, sealed_ = false;

    static constexpr int kShift = 35; // so that a product with the inverse is right below 2^29
    int grid_ = 1, lift_ = 0;         // lifts what may be below zero
    std::uint64_t inverse_ = 0;

    void put_on_grid(Option &option) const;
    void require_beside(std::vector<Window> const &windows) const;
    void number_alike();
    [[nodiscard]] bool may_float() const;
    void require_windows(std::vector<Window> const &windows) const;
    void add_pair(int one, int other, Bits Officer::*partners);

    Ways const &ways_;
};

} // namespace yunkan
