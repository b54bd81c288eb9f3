#include "draft.hpp"

#include <algorithm>
#include <utility>

namespace yunkan {

Draft::Draft(Setting const &setting) : setting_(setting), timetable_(setting) {
    int const cells = setting.cells();
    cells_.resize(cells);
    desks_.resize(cells);
    changing_.resize(cells);
    changed_at_.resize(cells);
    first_officer_.resize(cells);
    for (size_t base = 0; base < setting.bases.size(); ++base)
        for (int day = 0; day < setting.days; ++day) {
            int const cell = setting.cell(static_cast<int>(base), day);
            first_officer_[cell] = static_cast<int>(officers_.size());
            for (int number : setting.bases[base].officers) {
                FreeTime free;
                for (auto const &duty : setting.officers[number].duty[day])
                    free.add(duty);
                officers_.push_back(free);
                whose_.push_back(number);
            }
            desks_[cell] = Pool(setting.bases[base].desks, {{0, kEndOfTime}});
        }
    for (auto const &officer : setting.officers)
        spare_.push_back(officer.most_minutes);
    for (auto const &kind : setting.cars)
        for (int day = 0; day < setting.days; ++day)
            cars_.emplace_back(kind.count, kind.duty[day]);
    auto const tasks = setting.tasks.size();
    placements_.resize(tasks);
    beside_.resize(tasks);
    unplanned_at_.assign(tasks, -1);
    task_touched_.assign(tasks, 0);
    task_changed_.assign(tasks, 0);
    for (size_t task = 0; task < tasks; ++task)
        set_unplanned(static_cast<int>(task), true);
    commit();
}

// --- reading ---------------------------------------------------------------------------------

namespace {

/// Let `around` grow no further than the free stretches that touch `booked` on either side.
void limit(std::span<Interval const> free, Interval booked, Interval &around) {
    int from = booked.from, until = booked.until;
    for (auto const &stretch : free) {
        if (stretch.from < booked.from && booked.from <= stretch.until)
            from = stretch.from;
        if (stretch.from <= booked.until && booked.until < stretch.until)
            until = stretch.until;
    }
    around.from = std::max(around.from, from);
    around.until = std::min(around.until, until);
}

} // namespace

bool Draft::desk_free(int cell, int lead, int second, Interval when) const {
    auto const free = [&](int one) {
        return officer(cell, one).room() && when.length() <= spare(cell, one) &&
               lies_in(officer(cell, one).stretches(), when);
    };
    return lies_in(desks(cell).stretches(), when) && free(lead) && (second < 0 || free(second));
}

int Draft::worst() const {
    int worst = 0;
    if (setting_.worst_tardy_cost && setting_.floating())
        return timetable_.worst();
    if (setting_.worst_tardy_cost)
        for (auto const &trip : trips_)
            if (trip.cell >= 0)
                worst = std::max(worst, trip.worst);
    return worst;
}

int Draft::longest(Trip const &trip) const {
    int spare = kEndOfTime;
    for (int n = 0; n < trip.manning.size; ++n)
        spare = std::min(spare, this->spare(trip.cell, trip.manning.crew[n]));
    return trip.manning.booked.length() + spare;
}

Interval Draft::reach(Trip const &trip) const {
    auto const &manning = trip.manning;
    if (setting_.whole_shift)
        return manning.booked;
    Interval around{-kEndOfTime, kEndOfTime};
    for (int n = 0; n < manning.size; ++n)
        limit(officer(trip.cell, manning.crew[n]).stretches(), manning.booked, around);
    limit(cars(manning.cars, trip.cell % setting_.days).stretches(), manning.booked, around);
    return around;
}

bool Draft::usual(int base, Manning const &manning) const {
    auto const &colleagues = setting_.bases[base].officers;
    for (int n = 0; n < manning.size; ++n)
        for (int m = 0; m < n; ++m)
            if (!setting_.officers[colleagues[manning.crew[n]]].usual.has(manning.crew[m]))
                return false;
    return true;
}

Cost Draft::crew_cost(int base, Manning const &manning) const {
    Cost cost = 0;
    if (setting_.unusual_pair_cost && !usual(base, manning))
        cost += setting_.unusual_pair_cost;
    if (!setting_.repeated_pair_cost)
        return cost;
    auto const &colleagues = setting_.bases[base].officers;
    for (int n = 0; n < manning.size; ++n)
        for (int m = 0; m < n; ++m)
            if (setting_.officers[colleagues[manning.crew[n]]].recent.has(manning.crew[m]))
                cost += setting_.repeated_pair_cost;
    return cost;
}

Cost Draft::foreign_cost(Team const &team, Manning const &manning) const {
    if (!setting_.cross_district_cost)
        return 0;
    Cost cost = 0;
    for (int n = 0; n < manning.size; ++n)
        if (team.foreign.has(manning.crew[n]))
            cost += setting_.cross_district_cost;
    return cost;
}

// --- lists -----------------------------------------------------------------------------------

int Draft::new_trip(int cell) {
    if (idle_trips_.empty()) {
        idle_trips_.push_back(static_cast<int>(trips_.size()));
        trips_.emplace_back();
        room_.push_back(0);
        trip_touched_.push_back(0);
        trip_changed_.push_back(0);
    }
    int const id = idle_trips_.back();
    idle_trips_.pop_back();
    touch_trip(id);
    auto &trip = trips_[id];
    trip.cell = cell;
    trip.load = 0;
    trip.cost = 0;
    trip.stops.clear();
    trip.gaps.clear();
    enlist(id);
    return id;
}

void Draft::enlist(int trip) { cells_[trips_[trip].cell].trips.push_back(trip); }

void Draft::delist(int trip, int cell) {
    auto &trips = cells_[cell].trips;
    *std::find(trips.begin(), trips.end(), trip) = trips.back();
    trips.pop_back();
}

void Draft::set_unplanned(int task, bool unplanned) {
    int &at = unplanned_at_[task];
    if (unplanned == (at >= 0) || setting_.tasks[task].companion_of >= 0)
        return; // a companion is missed with the survey that brings it along
    if (unplanned) {
        at = static_cast<int>(unplanned_.size());
        unplanned_.push_back(task);
        shortfall_ += setting_.tasks[task].unplanned_cost;
    } else {
        unplanned_[at] = unplanned_.back();
        unplanned_at_[unplanned_[at]] = at;
        unplanned_.pop_back();
        at = -1;
        shortfall_ -= setting_.tasks[task].unplanned_cost;
    }
}

void Draft::enlist_desk(int task) {
    auto &tasks = cells_[placements_[task].desk_cell].desk_tasks;
    placements_[task].listed = static_cast<int>(tasks.size());
    tasks.push_back(task);
}

void Draft::delist_desk(int task) {
    auto &tasks = cells_[placements_[task].desk_cell].desk_tasks;
    int const at = placements_[task].listed;
    tasks[at] = tasks.back();
    placements_[tasks[at]].listed = at;
    tasks.pop_back();
}

// --- changing --------------------------------------------------------------------------------

int Draft::put_on_trip(int task, int option, int cell, int id, int position, Window const &window,
                       Manning const &manning) {
    bool const fresh = id < 0;
    if (fresh)
        id = new_trip(cell);
    touch_trip(id);
    touch_task(task);
    change(cell);
    auto &trip = trips_[id];
    if (!fresh)
        occupy(cell, trip.manning, false);
    cost_ -= trip.cost;
    auto const &way = setting_.tasks[task].options[option];
    trip.stops.insert(trip.stops.begin() + position, Stop{.task = task,
                                                          .option = option,
                                                          .site = way.site,
                                                          .minutes = way.minutes,
                                                          .from = window.from,
                                                          .until = window.until,
                                                          .start = window.from,
                                                          .lead = 0,
                                                          .before = {},
                                                          .after = {},
                                                          .into = way.into,
                                                          .rest = way.rest});
    trip.gaps.insert(trip.gaps.begin() + position, Gap{});
    if (fresh)
        trip.gaps.emplace_back();
    trip.load += setting_.tasks[task].load;
    trip.manning = manning;
    connect(trip, position);
    connect(trip, position + 1);
    measure(trip, position, position);
    price(trip);
    cost_ += trip.cost;
    occupy(cell, manning, true);
    set_placement(task, {.trip = id, .option = option});
    number_stops(id, position);
    set_unplanned(task, false);
    if (setting_.floating())
        timetable_.insert(task, ready(trip, position) + trip.stops[position].lead);
    return id;
}

void Draft::put_at_desk(int task, int option, int cell, int lead, int second, int start,
                        Cost cost) {
    touch_task(task);
    Interval const when{start, start + setting_.tasks[task].options[option].minutes};
    book(Kind::officer, first_officer_[cell] + lead, when, true);
    if (second >= 0)
        book(Kind::officer, first_officer_[cell] + second, when, true);
    book(Kind::desks, cell, when, true);
    set_placement(task, {.desk_cell = cell,
                         .option = option,
                         .lead = lead,
                         .second = second,
                         .start = start,
                         .cost = cost});
    enlist_desk(task);
    cost_ += cost;
    set_unplanned(task, false);
}

void Draft::remove_from_desk(int task) {
    touch_task(task);
    auto const place = placements_[task];
    change(place.desk_cell);
    Interval const when{place.start,
                        place.start + setting_.tasks[task].options[place.option].minutes};
    book(Kind::officer, first_officer_[place.desk_cell] + place.lead, when, false);
    if (place.second >= 0)
        book(Kind::officer, first_officer_[place.desk_cell] + place.second, when, false);
    book(Kind::desks, place.desk_cell, when, false);
    delist_desk(task);
    cost_ -= place.cost;
    set_placement(task, {});
    set_unplanned(task, true);
}

void Draft::remove_from_trip(int id, int first, int count, std::vector<int> &removed) {
    touch_trip(id);
    auto &trip = trips_[id];
    change(trip.cell);
    cost_ -= trip.cost;
    occupy(trip.cell, trip.manning, false);
    auto const drop = [&](int begin, int end) {
        for (int n = begin; n < end; ++n) {
            int const task = trip.stops[n].task;
            touch_task(task);
            trip.load -= setting_.tasks[task].load;
            set_placement(task, {});
            set_unplanned(task, true);
            removed.push_back(task);
        }
        trip.stops.erase(trip.stops.begin() + begin, trip.stops.begin() + end);
        trip.gaps.erase(trip.gaps.begin() + begin, trip.gaps.begin() + end);
    };
    drop(first, first + count);
    if (!trip.stops.empty()) {
        connect(trip, first);
        measure(trip, first, first - 1);
        auto const whole = join({}, trip.stops[0].lead, trip.stops[0].after);
        // where ways are longer by a detour, or a window closes, the rest may take longer
        auto &manning = trip.manning;
        auto const leaves = setting_.departures(manning.booked, whole);
        if (whole.possible() && leaves.from <= leaves.until) {
            manning.depart = departure(manning.booked, whole);
            if (!setting_.whole_shift)
                manning.booked = {leaves.from, leaves.from + whole.minutes};
            price(trip);
            occupy(trip.cell, manning, true);
            cost_ += trip.cost;
            number_stops(id, first);
            return;
        }
        drop(0, static_cast<int>(trip.stops.size()));
    }
    delist(id, trip.cell);
    trip.cell = -1;
    trip.cost = 0;
    idle_trips_.push_back(id);
}

bool Draft::can_go_without(int id, int position) const {
    auto const &trip = trips_[id];
    auto const count = static_cast<int>(trip.stops.size());
    if (count == 1)
        return true;
    int way;
    if (position == 0) {
        auto const &next = trip.stops[1];
        way = lead_behind(trip, -1, next.site, next.into);
    } else {
        auto const &before = trip.stops[position - 1];
        way = lead_before(trip, position + 1, before.site, before.rest);
    }
    auto const rest = join(trip.before(position), way, trip.after(position + 1));
    auto const leaves = setting_.departures(trip.manning.booked, rest);
    return rest.possible() && leaves.from <= leaves.until;
}

/// What the ways before a stop, or back to the base, take and cost.

void Draft::set_placement(int task, Placement const &where) {
    placements_[task] = where;
    beside_[task].trip = where.trip;
    if (where.trip < 0 && setting_.floating())
        timetable_.forget(task);
}

/// What is known of the stops from the one before `first` on by their surveys.
void Draft::number_stops(int id, int first) {
    auto const &trip = trips_[id];
    room_[id] = setting_.cars[trip.manning.cars].load - trip.load;
    for (auto n = std::max(0, first - 1); n < static_cast<int>(trip.stops.size()); ++n) {
        auto const &stop = trip.stops[n];
        auto const &before = trip.gaps[n], &behind = trip.gaps[n + 1];
        placements_[stop.task].position = n;
        beside_[stop.task] = {id,        before.from,     stop.site,
                              behind.to, before.left_out, behind.left_out};
    }
    if (setting_.floating())
        timetable_.link(trip, first - 1);
}

} // namespace yunkan
