#include "draft.hpp"

#include <algorithm>
#include <cassert>
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

// --- the way back ----------------------------------------------------------------------------

void Draft::commit() {
    bookings_.clear();
    old_trips_used_ = 0;
    old_placements_.clear();
    timetable_.commit();
    committed_ = mark();
    ++commits_;
    for (int cell : cells_changing_) {
        changed_at_[cell] = commits_;
        changing_[cell] = 0;
    }
    cells_changing_.clear();
}

void Draft::rollback() {
    rollback(committed_);
    for (int cell : cells_changing_)
        changing_[cell] = 0;
    cells_changing_.clear();
}

Draft::Mark Draft::mark() {
    ++round_; // whatever is touched from now on is remembered as it is now
    return {bookings_.size(), old_trips_used_, old_placements_.size(), cost_, shortfall_,
            timetable_.mark()};
}

void Draft::rollback(Mark const &to) {
    for (; bookings_.size() > to.bookings; bookings_.pop_back()) {
        auto const &booking = bookings_.back();
        apply(booking.kind, booking.index, booking.when, !booking.taken);
    }
    for (size_t n = old_trips_used_; n-- > to.trips;) {
        auto &[id, old] = old_trips_[n];
        auto &now = trips_[id];
        int const was = old.cell, is = now.cell;
        std::swap(now, old); // the memory of both stays in use
        if (was == is)
            continue;
        if (is >= 0)
            delist(id, is);
        if (was >= 0)
            enlist(id);
        if (was < 0)
            idle_trips_.push_back(id);
        if (is < 0)
            idle_trips_.erase(std::find(idle_trips_.begin(), idle_trips_.end(), id));
    }
    for (; old_placements_.size() > to.placements; old_placements_.pop_back()) {
        auto const &[task, before] = old_placements_.back();
        if (placements_[task].desk_cell >= 0)
            delist_desk(task);
        set_placement(task, before);
        if (before.desk_cell >= 0)
            enlist_desk(task);
        set_unplanned(task, !before.planned());
    }
    for (size_t n = to.trips; n < old_trips_used_; ++n)
        if (int const id = old_trips_[n].first; trips_[id].cell >= 0)
            number_stops(id, 0);
    old_trips_used_ = to.trips;
    cost_ = to.cost;
    shortfall_ = to.shortfall;
    timetable_.rollback(to.starts);
    ++round_;
}

void Draft::touch_trip(int id) {
    if (!trip_changed_[id]) {
        trip_changed_[id] = 1;
        changed_trips.push_back(id);
    }
    if (trip_touched_[id] == round_)
        return;
    trip_touched_[id] = round_;
    if (old_trips_used_ == old_trips_.size())
        old_trips_.emplace_back();
    auto &[number, copy] = old_trips_[old_trips_used_++];
    number = id;
    copy = trips_[id];
}

void Draft::touch_task(int task) {
    if (!task_changed_[task]) {
        task_changed_[task] = 1;
        changed_tasks.push_back(task);
    }
    if (task_touched_[task] == round_)
        return;
    task_touched_[task] = round_;
    old_placements_.emplace_back(task, placements_[task]);
}

/// What is given up or changed on one day may help on all of the base's days where officers have
/// only so many minutes.
void Draft::change(int cell) {
    int const base = cell / setting_.days;
    bool const all_days = setting_.limited();
    int const first = all_days ? base * setting_.days : cell;
    for (int one = first; one < (all_days ? first + setting_.days : cell + 1); ++one)
        if (!std::exchange(changing_[one], char{1}))
            cells_changing_.push_back(one);
}

void Draft::forget_changed() {
    for (int id : changed_trips)
        trip_changed_[id] = 0;
    for (int task : changed_tasks)
        task_changed_[task] = 0;
    changed_trips.clear();
    changed_tasks.clear();
}

// --- booking ---------------------------------------------------------------------------------

void Draft::book(Kind kind, int index, Interval when, bool taken) {
    bookings_.push_back({kind, taken, index, when});
    apply(kind, index, when, taken);
}

void Draft::apply(Kind kind, int index, Interval when, bool taken) {
    if (kind == Kind::officer) {
        taken ? take_officer(index, when) : give_officer_back(index, when);
    } else {
        auto &pool = kind == Kind::cars ? cars_[index] : desks_[index];
        taken ? pool.take(when) : pool.give_back(when);
    }
}

void Draft::take_officer(int index, Interval when) {
    officers_[index].take(when);
    spare_[whose_[index]] -= when.length();
}

void Draft::give_officer_back(int index, Interval when) {
    officers_[index].add(when);
    spare_[whose_[index]] += when.length();
}

void Draft::occupy(int cell, Manning const &manning, bool taken) {
    for (int n = 0; n < manning.size; ++n)
        book(Kind::officer, first_officer_[cell] + manning.crew[n], manning.booked, taken);
    book(Kind::cars, manning.cars * setting_.days + cell % setting_.days, manning.booked, taken);
}

void Draft::take(int cell, Manning const &manning) {
    for (int n = 0; n < manning.size; ++n)
        take_officer(first_officer_[cell] + manning.crew[n], manning.booked);
    cars_[manning.cars * setting_.days + cell % setting_.days].take(manning.booked);
}

void Draft::give_back(int cell, Manning const &manning) {
    for (int n = 0; n < manning.size; ++n)
        give_officer_back(first_officer_[cell] + manning.crew[n], manning.booked);
    cars_[manning.cars * setting_.days + cell % setting_.days].give_back(manning.booked);
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
                                                          .after = {}});
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
        int const from = std::max(manning.booked.from, whole.earliest);
        int const until = std::min(manning.booked.until - whole.minutes, whole.latest);
        if (whole.possible() && from <= until) {
            manning.depart = departure(manning.booked, whole);
            if (!setting_.whole_shift)
                manning.booked = {from, from + whole.minutes};
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
    int const home = setting_.bases[trip.cell / setting_.days].site;
    int const from = position ? trip.stops[position - 1].site : home;
    bool const last = position + 1 == count;
    int const way = last       ? setting_.way_back(from, home)
                    : position ? setting_.lead(from, trip.stops[position + 1].site)
                               : setting_.lead_from_base(home, trip.stops[1].site);
    auto const rest = join(trip.before(position), way, trip.after(position + 1));
    auto const &booked = trip.manning.booked;
    return rest.possible() && std::max(booked.from, rest.earliest) <=
                                  std::min(booked.until - rest.minutes, rest.latest);
}

/// What the ways before a stop, or back to the base, take and cost.
void Draft::connect(Trip &trip, int position) const {
    int const home = setting_.bases[trip.cell / setting_.days].site;
    bool const first = position == 0, last = position == static_cast<int>(trip.stops.size());
    int const from = first ? home : trip.stops[position - 1].site;
    int const to = last ? home : trip.stops[position].site;
    Cost const leg = last    ? setting_.seconds(from, home)
                     : first ? setting_.leg_from_base(home, to)
                             : setting_.leg(from, to);
    trip.gaps[position] = {from, to, 0, static_cast<int>(leg)};
    if (last)
        trip.way_back = setting_.way_back(from, home);
    else
        trip.stops[position].lead =
            first ? setting_.lead_from_base(home, to) : setting_.lead(from, to);
}

/// Work out anew what lies before the stops behind `first`, and after those up to `last`.
void Draft::measure(Trip &trip, int first, int last) const {
    auto const count = static_cast<int>(trip.stops.size());
    int const floor = setting_.whole_shift ? trip.manning.booked.from : -kEndOfTime;
    Segment before = first ? trip.stops[first - 1].before : Segment{};
    for (int n = std::max(0, first - 1);; ++n) {
        trip.gaps[n].ready = std::max(floor, before.earliest) + before.minutes;
        if (n == count)
            break;
        auto &stop = trip.stops[n];
        stop.before = before;
        before = join(before, stop.lead, {stop.minutes, stop.from, stop.until});
    }
    trip.outward = before;
    last = std::min(last, count - 1);
    for (int n = last; n >= 0; --n) {
        auto &stop = trip.stops[n];
        bool const end = n + 1 == count;
        stop.after = join({stop.minutes, stop.from, stop.until},
                          end ? trip.way_back : trip.stops[n + 1].lead,
                          end ? Segment{} : trip.stops[n + 1].after);
    }
}

/// When the crew can leave for a stop, as surveys begin now.
int Draft::ready(Trip const &trip, int position) const {
    if (position == 0)
        return trip.manning.depart;
    auto const &before = trip.stops[position - 1];
    return timetable_.start(before.task) + before.minutes;
}

std::optional<Draft::Tardiness> Draft::puts_off(Trip const &trip, int position, int task,
                                                Option const &way, Window const &window, int worst,
                                                Cost most) {
    auto const count = static_cast<int>(trip.stops.size());
    int const home = setting_.bases[trip.cell / setting_.days].site;
    bool const first = position == 0, last = position == count;
    int const lead = first ? setting_.lead_from_base(home, way.site)
                           : setting_.lead(trip.stops[position - 1].site, way.site);
    return timetable_.trial({.task = task,
                             .minutes = way.minutes,
                             .window = window,
                             .before = first ? -1 : trip.stops[position - 1].task,
                             .behind = last ? -1 : trip.stops[position].task,
                             .ready = ready(trip, position) + lead,
                             .lead = last ? setting_.way_back(way.site, home)
                                          : setting_.lead(way.site, trip.stops[position].site),
                             .end = trip.manning.booked.until},
                            worst, most);
}

/// When its surveys begin, and what it costs that some begin too late.
void Draft::time(Trip &trip) const {
    int clock = trip.manning.depart;
    trip.worst = 0;
    for (auto &stop : trip.stops) {
        stop.start = std::max(clock + stop.lead, stop.from);
        clock = stop.start + stop.minutes;
        int const tardy = setting_.minutes_tardy(stop.task, stop.start);
        trip.cost += setting_.tasks[stop.task].tardy_cost * tardy;
        trip.worst = std::max(trip.worst, tardy);
    }
}

Draft::Tardiness Draft::tardier(Trip const &trip, int position, int task, Option const &way,
                                Window const &window, int depart) const {
    Tardiness more;
    int const home = setting_.bases[trip.cell / setting_.days].site;
    auto const &stops = trip.stops;
    bool const as_before = !stops.empty() && depart == trip.manning.depart;
    size_t next = as_before ? position : 0;
    int clock = next ? stops[next - 1].start + stops[next - 1].minutes : depart;
    auto const begin = [&](int survey, int lead, int from, int minutes, int before) {
        int const start = std::max(clock + lead, from);
        int const tardy = setting_.minutes_tardy(survey, start);
        more.cost += setting_.tasks[survey].tardy_cost * (tardy - before);
        more.worst = std::max(more.worst, tardy);
        clock = start + minutes;
        return start;
    };
    for (;; ++next) {
        bool const behind = next == static_cast<size_t>(position);
        if (behind)
            begin(task,
                  next ? setting_.lead(stops[next - 1].site, way.site)
                       : setting_.lead_from_base(home, way.site),
                  window.from, way.minutes, 0);
        if (next == stops.size())
            return more;
        auto const &stop = stops[next];
        int const lead = behind ? setting_.lead(way.site, stop.site) : stop.lead;
        int const start = begin(stop.task, lead, stop.from, stop.minutes,
                                setting_.minutes_tardy(stop.task, stop.start));
        if (start == stop.start && next >= static_cast<size_t>(position))
            return more; // from here on everything is as it was
    }
}

void Draft::price(Trip &trip) const {
    int const base = trip.cell / setting_.days;
    trip.cost = setting_.trip_cost + crew_cost(base, trip.manning);
    for (auto const &gap : trip.gaps)
        trip.cost += gap.left_out;
    if (setting_.hurries() && !setting_.floating())
        time(trip);
    for (auto const &stop : trip.stops) {
        auto const &option = setting_.tasks[stop.task].options[stop.option];
        trip.cost += setting_.price(option, trip.cell % setting_.days);
        if (!setting_.cross_district_cost)
            continue;
        auto const &standing = setting_.standings[option.standing];
        trip.cost += foreign_cost(standing.teams[standing.team_of[base]], trip.manning);
    }
}

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
