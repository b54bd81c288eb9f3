// A plan being made: rounds, desk visits, and who and what they leave free. Every change can be
// taken back.
#pragma once

#include "segment.hpp"
#include "setting.hpp"
#include "timetable.hpp"

#include <array>
#include <optional>
#include <vector>

namespace yunkan {

/// One survey of a round; its slot may start from `from` to `until`.
struct Stop {
    int task;
    int option;
    int site;
    int minutes;
    int from;
    int until;
    int start;      // where it matters how late on its day a survey begins: when this one does
    int lead;       // minutes from the stop before, or the base, with the arrival
    Segment before; // from the base through the stops before this one
    Segment after;  // from this stop on and back to the base
    signed char into, rest; // as in its option
};

/// Between two stops of a round, where another could go.
struct Gap {
    int from;     // site before; the base's before the first stop
    int to;       // site behind; the base's behind the last
    int ready;    // when the crew can leave for it at the earliest
    int left_out; // seconds of driving saved where the way through this gap is not driven
};

/// Who goes on a round, with which kind of car, and when.
struct Manning {
    int size = 0;
    std::array<int, kMostCrew> crew{}; // local numbers
    int cars = -1;
    Interval booked{}; // what the round takes of the crew and the car
    int depart = 0;
};

/// A round: a crew and a car leave their base, survey, and come back.
struct Trip {
    int cell = -1; // base and day; -1: not in use
    Manning manning;
    int load = 0;
    Cost cost = 0; // everything the round costs, the ways of its options included
    int way_back = 0;
    int worst = 0;   // minutes by which its most tardy survey begins too late
    Segment outward; // from the base through all stops
    std::vector<Stop> stops;
    std::vector<Gap> gaps; // gaps[i]: before stop i

    [[nodiscard]] Segment const &before(int position) const {
        return position < static_cast<int>(stops.size()) ? stops[position].before : outward;
    }
    [[nodiscard]] Segment after(int position) const {
        return position < static_cast<int>(stops.size()) ? stops[position].after : Segment{};
    }
};

/// Where a survey is in the draft.
struct Placement {
    int trip = -1;
    int position = -1; // on the trip
    int desk_cell = -1;
    int option = -1;
    int lead = -1, second = -1; // at the desk, local numbers
    int start = 0;
    Cost cost = 0;
    int listed = -1; // its place in the list of its cell's desk visits

    [[nodiscard]] bool planned() const { return trip >= 0 || desk_cell >= 0; }
};

/// A survey on a round with what is on either side of it: all that rules out most places beside
/// it, close together, for it is asked for of every neighbour of every survey that is put in.
struct Beside {
    int trip = -1;
    int before, site, behind; // sites
    int saved_before;         // seconds, where the way to it is not driven
    int saved_behind;         // and the way from it
};

struct Cell {
    std::vector<int> trips;
    std::vector<int> desk_tasks;
};

class Draft {
public:
    explicit Draft(Setting const &setting);

    // reading

    [[nodiscard]] Cost cost() const { return cost_; }           // of what is planned
    [[nodiscard]] Cost shortfall() const { return shortfall_; } // of what is not
    [[nodiscard]] Cost total() const {
        return cost_ + shortfall_ + timetable_.cost() + setting_.worst_tardy_cost * worst();
    }
    /// Minutes by which the most tardy survey of all begins too late, where that costs anything.
    [[nodiscard]] int worst() const;
    [[nodiscard]] Trip const &trip(int id) const { return trips_[id]; }
    [[nodiscard]] int trips() const { return static_cast<int>(trips_.size()); }
    [[nodiscard]] Placement const &placement(int task) const { return placements_[task]; }
    /// The load that a round's car could still take.
    [[nodiscard]] int room(int trip) const { return room_[trip]; }
    [[nodiscard]] Beside const &beside(int task) const { return beside_[task]; }
    [[nodiscard]] Cell const &cell(int number) const { return cells_[number]; }
    [[nodiscard]] FreeTime const &officer(int cell, int local) const {
        return officers_[first_officer_[cell] + local];
    }
    /// Minutes an officer may still be sent for, whatever is free of his days.
    [[nodiscard]] int spare(int cell, int local) const {
        return spare_[setting_.bases[cell / setting_.days].officers[local]];
    }
    [[nodiscard]] Pool const &cars(int kind, int day) const {
        return cars_[kind * setting_.days + day];
    }
    [[nodiscard]] Pool const &desks(int cell) const { return desks_[cell]; }
    [[nodiscard]] std::vector<int> const &unplanned() const { return unplanned_; }

    /// How often changes were committed.
    [[nodiscard]] int commits() const { return commits_; }
    /// Whether there may be a place in a cell for a survey that found none when so many commits
    /// had been made: whether anything has been given up there since, or a round has changed.
    [[nodiscard]] bool changed_since(int cell, int commits) const {
        return changing_[cell] || changed_at_[cell] > commits;
    }

    /// How long a round may take at most, by the minutes its crew may still be sent for.
    [[nodiscard]] int longest(Trip const &trip) const;
    /// The stretch around a round in which its crew and a car of its kind are free.
    [[nodiscard]] Interval reach(Trip const &trip) const;

    /// When a round leaves that may leave within these minutes at the earliest.
    [[nodiscard]] int departure(Interval reach, Segment const &shape) const {
        // early enough for every survey to begin as early as it can, where that matters
        bool const soon = setting_.hurries() && setting_.whole_shift;
        return setting_.leaves_from(soon ? reach.from : std::max(reach.from, shape.earliest),
                                    shape);
    }
    /// What beginning too late would cost more, were the round to leave then with this survey in
    /// it, and by how many minutes the most tardy of those that begin later would be.
    using Tardiness = Timetable::Tardiness;
    [[nodiscard]] Tardiness tardier(Trip const &trip, int position, int task, Option const &way,
                                    Window const &window, int depart) const;

    /// The same where crews meet as soon as they can (`Setting::floating`), for a round that may
    /// have no stops yet; `worst` is `worst()`. None where something could not begin in time, or
    /// for `most` or more.
    [[nodiscard]] std::optional<Tardiness> puts_off(Trip const &trip, int position, int task,
                                                    Option const &way, Window const &window,
                                                    int worst, Cost most);
    /// Minutes to a survey behind that stop of a round, or from one to that stop: from the base
    /// behind stop -1, and back to it before the stop after the last.
    [[nodiscard]] int lead_behind(Trip const &trip, int position, int site, int into) const {
        if (position < 0)
            return setting_.lead_from_base(home(trip), site, into);
        auto const &before = trip.stops[position];
        return setting_.lead(before.site, site, before.rest + into);
    }
    [[nodiscard]] int lead_before(Trip const &trip, int position, int site, int rest) const {
        if (position == static_cast<int>(trip.stops.size()))
            return setting_.way_back(site, home(trip), rest);
        auto const &behind = trip.stops[position];
        return setting_.lead(site, behind.site, rest + behind.into);
    }
    /// When the crew can leave for a stop then, and when a survey begins.
    [[nodiscard]] int ready(Trip const &trip, int position) const;
    [[nodiscard]] int start(int task) const { return timetable_.start(task); }

    // changing

    /// Everything begins as early as it can, where crews meet as soon as they can. False where
    /// something cannot begin in time any more.
    bool begin_early() { return !setting_.floating() || timetable_.begin(trips_); }

    /// Forget how to take back what was changed so far.
    void commit();
    /// Take back every change since the last commit.
    void rollback();

    /// A moment since the last commit to which one may want to come back.
    struct Mark {
        size_t bookings, trips, placements;
        Cost cost, shortfall;
        Timetable::Mark starts;
    };
    [[nodiscard]] Mark mark();
    void rollback(Mark const &to);

    /// Whether a desk and those who would sit there (`second` -1: nobody) are free.
    [[nodiscard]] bool desk_free(int cell, int lead, int second, Interval when) const;

    /// Call `visit(trip)` for each round changed since the last commit.
    template <typename Visit> void each_new(Visit visit) const {
        for (size_t n = 0; n < old_trips_used_; ++n)
            if (trips_[old_trips_[n].first].cell >= 0)
                visit(trips_[old_trips_[n].first]);
    }

    /// Put a survey into a round; trip -1 starts a new one. Returns the round.
    int put_on_trip(int task, int option, int cell, int trip, int position, Window const &window,
                    Manning const &manning);
    void put_at_desk(int task, int option, int cell, int lead, int second, int start, Cost cost);
    /// Take surveys [first, first + count) out of a round, and all of them where the rest could
    /// not be driven any more; `removed` learns which.
    void remove_from_trip(int trip, int first, int count, std::vector<int> &removed);
    void remove_from_desk(int task);
    /// Whether the rest of a round could still be driven where it is without one of its stops.
    [[nodiscard]] bool can_go_without(int trip, int position) const;

    /// Let `look` see the draft as if the round were not there.
    template <typename Look> auto without(int trip, Look look) {
        auto const &one = trips_[trip];
        give_back(one.cell, one.manning);
        auto result = look();
        take(one.cell, one.manning);
        return result;
    }

    /// Whether these may go together.
    [[nodiscard]] bool on_roster(int base, Manning const &manning) const {
        return !setting_.fixed_roster || usual(base, manning);
    }
    /// What a crew costs because of who it is: unusual pairs, and those of late.
    [[nodiscard]] Cost crew_cost(int base, Manning const &manning) const;
    [[nodiscard]] Cost foreign_cost(Team const &team, Manning const &manning) const;

    /// Tasks and trips changed since the last call of `forget_changed`.
    std::vector<int> changed_tasks, changed_trips;
    void forget_changed();

private:
    [[nodiscard]] int home(Trip const &trip) const {
        return setting_.bases[trip.cell / setting_.days].site;
    }
    [[nodiscard]] bool usual(int base, Manning const &manning) const;

    enum class Kind : unsigned char { officer, cars, desks };
    struct Booking {
        Kind kind;
        bool taken;
        int index;
        Interval when;
    };

    void touch_trip(int trip);
    void touch_task(int task);
    void set_placement(int task, Placement const &where);
    void number_stops(int trip, int first);
    void book(Kind kind, int index, Interval when, bool taken);
    void apply(Kind kind, int index, Interval when, bool taken);
    void take(int cell, Manning const &manning);      // not remembered
    void give_back(int cell, Manning const &manning); // not remembered
    void take_officer(int index, Interval when);
    void give_officer_back(int index, Interval when);
    void occupy(int cell, Manning const &manning, bool taken);
    void measure(Trip &trip, int first, int last) const;
    void connect(Trip &trip, int position) const;
    void price(Trip &trip) const;
    void time(Trip &trip) const;
    int new_trip(int cell);
    void enlist(int trip);
    void delist(int trip, int cell);
    void set_unplanned(int task, bool unplanned);
    void enlist_desk(int task);
    void delist_desk(int task);
    void change(int cell);

    Setting const &setting_;
    std::vector<FreeTime> officers_;
    std::vector<int> first_officer_; // by cell
    std::vector<int> spare_;         // minutes, by officer
    std::vector<int> whose_;         // officer, by the index of a day of his
    std::vector<Pool> cars_, desks_;
    std::vector<Trip> trips_;
    std::vector<int> room_; // by trip
    std::vector<int> idle_trips_;
    std::vector<Cell> cells_;
    std::vector<Placement> placements_;
    std::vector<Beside> beside_; // by task
    std::vector<int> unplanned_, unplanned_at_;
    Timetable timetable_;
    Cost cost_ = 0, shortfall_ = 0;

    std::vector<char> changing_;  // by cell: whether it has changed since the last commit
    std::vector<int> cells_changing_;
    std::vector<int> changed_at_; // by cell: the commit of its last change
    int commits_ = 0;

    // the way back
    std::vector<Booking> bookings_;
    std::vector<std::pair<int, Trip>> old_trips_;
    size_t old_trips_used_ = 0; // entries keep their memory
    std::vector<std::pair<int, Placement>> old_placements_;
    std::vector<int> trip_touched_, task_touched_;
    std::vector<char> trip_changed_, task_changed_;
    int round_ = 1;
    Mark committed_{};
};

} // namespace yunkan
