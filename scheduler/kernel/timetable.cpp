#include "timetable.hpp"

#include "draft.hpp"

#include <algorithm>
#include <limits>

namespace yunkan {

namespace {

constexpr int kNever = -1; // has not begun

constexpr Cost kAny = std::numeric_limits<Cost>::max() / 4;

} // namespace

Timetable::Timetable(Setting const &setting) : setting_(setting) {
    auto const count = setting.tasks.size();
    stops_.resize(count);
    starts_.assign(count, kNever);
    late_.assign(count, 0);
    for (size_t task = 0; task < count; ++task) {
        first_meeting_.push_back(static_cast<int>(meetings_.size()));
        auto const &one = setting.tasks[task];
        stops_[task].begin_by = one.begin_by;
        stops_[task].tardy_cost = one.tardy_cost;
        if (one.companion_of >= 0)
            meetings_.push_back({one.companion_of, -one.after.until});
        for (auto const &option : one.options)
            for (int companion : option.companions)
                meetings_.push_back({companion, setting.tasks[companion].after.from});
    }
    first_meeting_.push_back(static_cast<int>(meetings_.size()));
}

int Timetable::worst() const {
    int worst = 0;
    for (int late : late_)
        worst = std::max(worst, late);
    return worst;
}

void Timetable::link(Trip const &trip, int position) {
    auto const count = static_cast<int>(trip.stops.size());
    for (int n = std::max(0, position); n < count; ++n) {
        auto const &stop = trip.stops[n];
        auto &here = stops_[stop.task];
        bool const last = n + 1 == count;
        here.from = stop.from;
        here.minutes = stop.minutes;
        here.next = last ? -1 : trip.stops[n + 1].task;
        here.lead = last ? trip.way_back : trip.stops[n + 1].lead;
        here.until = last ? std::min(stop.until,
                                     trip.manning.booked.until - trip.way_back - stop.minutes)
                          : stop.until;
        here.planned = true;
    }
}

void Timetable::forget(int task) {
    if (!stops_[task].planned)
        return;
    set(task, kNever);
    stops_[task].planned = false;
}

void Timetable::set(int task, int start) {
    changes_.emplace_back(task, starts_[task]);
    starts_[task] = start;
    int const late = tardy(task, start);
    cost_ += stops_[task].tardy_cost * (late - late_[task]);
    late_[task] = late;
    worst_ = std::max(worst_, late);
}

void Timetable::rollback(Mark const &to) {
    for (; changes_.size() > to.changes; changes_.pop_back()) {
        auto const [task, start] = changes_.back();
        starts_[task] = start;
        late_[task] = tardy(task, start);
    }
    cost_ = to.cost;
}

/// When a survey can begin for all that those it is to meet do.
int Timetable::after_others(int task, int ready) const {
    for (auto const &meeting : meetings(task)) {
        auto const &other = stops_[meeting.other];
        if (!other.planned || starts_[meeting.other] == kNever)
            continue;
        // seen from the other one
        for (auto const &back : meetings(meeting.other))
            if (back.other == task)
                ready = std::max(ready, starts_[meeting.other] + back.later);
    }
    return ready;
}

/// A survey begins no earlier than that, and what is behind it on its round follows.
bool Timetable::put_off(int task, int start) {
    while (task >= 0) {
        auto const &stop = stops_[task];
        start = std::max(start, stop.from);
        if (start <= starts_[task])
            return true;
        if (start > stop.until || (task == tried_ && starts_[task] != kNever))
            return false; // too late, or it waits for itself
        set(task, start);
        if (cost_ - cost_before_ + setting_.worst_tardy_cost * (worst_ - worst_before_) >= most_)
            return false;
        for (auto const &meeting : meetings(task))
            if (stops_[meeting.other].planned && start + meeting.later > starts_[meeting.other])
                waiting_.emplace_back(meeting.other, start + meeting.later);
        start += stop.minutes + stop.lead;
        task = stop.next;
    }
    return true;
}

/// Those that wait too, and those that wait for them. Where two wait for each other this ends when
/// a window does.
bool Timetable::put_off_all(Cost most) {
    most_ = most;
    while (!waiting_.empty()) {
        auto const [task, start] = waiting_.back();
        waiting_.pop_back();
        if (!put_off(task, start)) {
            waiting_.clear();
            return false;
        }
    }
    return true;
}

std::optional<Timetable::Tardiness> Timetable::trial(Between const &where, int worst, Cost most) {
    auto &stop = stops_[where.task];
    int until = where.window.until;
    if (where.behind < 0)
        until = std::min(until, where.end - where.lead - where.minutes);
    int const start = std::max(where.window.from, after_others(where.task, where.ready));
    if (start > until)
        return {};
    int const late = tardy(where.task, start);
    Cost const own = stop.tardy_cost * late;
    if (own + setting_.worst_tardy_cost * std::max(0, late - worst) >= most)
        return {};
    if (meetings(where.task).empty() &&
        (where.behind < 0 || start + where.minutes + where.lead <= starts_[where.behind]))
        return Tardiness{own, late}; // nobody waits for it
    auto const before = mark();
    cost_before_ = cost_;
    worst_ = worst_before_ = worst;
    tried_ = where.task;
    stop.from = where.window.from;
    stop.until = until;
    stop.minutes = where.minutes;
    stop.next = where.behind;
    stop.lead = where.lead;
    stop.planned = true;
    int next = -1, lead = 0;
    if (where.before >= 0) {
        auto &led = stops_[where.before];
        next = std::exchange(led.next, where.task);
        lead = std::exchange(led.lead, where.ready - starts_[where.before] - led.minutes);
    }
    waiting_.emplace_back(where.task, start);
    bool const possible = put_off_all(most);
    tried_ = -1;
    Tardiness const found{cost_ - before.cost, worst_};
    rollback(before);
    stop.planned = false;
    if (where.before >= 0) {
        stops_[where.before].next = next;
        stops_[where.before].lead = lead;
    }
    return possible ? std::optional(found) : std::nullopt;
}

bool Timetable::insert(int task, int ready) {
    waiting_.emplace_back(task, after_others(task, ready));
    return put_off_all(kAny);
}

bool Timetable::begin(std::vector<Trip> const &trips) {
    for (size_t task = 0; task < stops_.size(); ++task)
        if (stops_[task].planned && starts_[task] != kNever)
            set(static_cast<int>(task), kNever);
    for (auto const &trip : trips)
        if (trip.cell >= 0)
            waiting_.emplace_back(trip.stops.front().task,
                                  trip.manning.depart + trip.stops.front().lead);
    return put_off_all(kAny);
}

} // namespace yunkan
