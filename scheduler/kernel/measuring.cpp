// How long the rounds of a draft take, how late they are, and what they cost.
#include "draft.hpp"

#include <algorithm>

namespace yunkan {

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
        trip.way_back = setting_.way_back(from, home, trip.stops[position - 1].rest);
    else
        trip.stops[position].lead = lead_behind(trip, position - 1, to, trip.stops[position].into);
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
    bool const first = position == 0, last = position == count;
    int const lead = lead_behind(trip, position - 1, way.site, way.into);
    return timetable_.trial({.task = task,
                             .minutes = way.minutes,
                             .window = window,
                             .before = first ? -1 : trip.stops[position - 1].task,
                             .behind = last ? -1 : trip.stops[position].task,
                             .ready = ready(trip, position) + lead,
                             .lead = lead_before(trip, position, way.site, way.rest),
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
        int const tardy = setting_.minutes_tardy(stop.task, stop.start + stop.into);
        trip.cost += setting_.tasks[stop.task].tardy_cost * tardy;
        trip.worst = std::max(trip.worst, tardy);
    }
}

Draft::Tardiness Draft::tardier(Trip const &trip, int position, int task, Option const &way,
                                Window const &window, int depart) const {
    Tardiness more;
    auto const &stops = trip.stops;
    bool const as_before = !stops.empty() && depart == trip.manning.depart;
    size_t next = as_before ? position : 0;
    int clock = next ? stops[next - 1].start + stops[next - 1].minutes : depart;
    auto const begin = [&](int survey, int lead, int from, int minutes, int into, int before) {
        int const start = std::max(clock + lead, from);
        int const tardy = setting_.minutes_tardy(survey, start + into);
        more.cost += setting_.tasks[survey].tardy_cost * (tardy - before);
        more.worst = std::max(more.worst, tardy);
        clock = start + minutes;
        return start;
    };
    for (;; ++next) {
        bool const behind = next == static_cast<size_t>(position);
        if (behind)
            begin(task, lead_behind(trip, position - 1, way.site, way.into), window.from,
                  way.minutes, way.into, 0);
        if (next == stops.size())
            return more;
        auto const &stop = stops[next];
        int const lead = behind ? lead_before(trip, position, way.site, way.rest) : stop.lead;
        int const start = begin(stop.task, lead, stop.from, stop.minutes, stop.into,
                                setting_.minutes_tardy(stop.task, stop.start + stop.into));
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

} // namespace yunkan
