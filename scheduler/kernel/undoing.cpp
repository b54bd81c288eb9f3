// The way back: whatever is changed in a draft is written down, so that it can be taken back.
#include "draft.hpp"

#include <algorithm>
#include <utility>

namespace yunkan {

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

} // namespace yunkan
