#include "insertion.hpp"

#include <algorithm>

namespace yunkan {

Place Insertion::best(int task, double blink) {
    Place best;
    best.cost = setting_.tasks[task].unplanned_cost;
    auto const &options = setting_.tasks[task].options;
    for (size_t number = 0; number < options.size(); ++number) {
        auto const option = static_cast<int>(number);
        if (options[number].site < 0)
            look_at_desks(task, option, blink, best);
        else
            look_at_rounds(task, option, blink, best);
    }
    return best;
}

void Insertion::put(int task, Place const &place) {
    if (setting_.tasks[task].options[place.option].site < 0)
        draft_.put_at_desk(task, place.option, place.cell, place.lead, place.second, place.start,
                           place.desk_cost);
    else
        draft_.put_on_trip(task, place.option, place.cell, place.trip, place.position,
                           place.window, place.manning);
}

Need Insertion::need_of(Stop const &stop, int base) const {
    auto const &standing = setting_.standings[setting_.tasks[stop.task].options[stop.option].standing];
    return {&standing, &standing.teams[standing.team_of[base]]};
}

void Insertion::look_at_rounds(int task, int option, double blink, Place &best) {
    auto const &way = setting_.tasks[task].options[option];
    auto const &standing = setting_.standings[way.standing];
    for (auto const &team : standing.teams) {
        Need const need{&standing, &team};
        for (auto const &window : way.windows) {
            int const cell = setting_.cell(team.base, window.day);
            for (int trip : draft_.cell(cell).trips)
                look_into_round(task, option, need, window, trip, blink, best);
            look_at_new_round(task, option, need, window, cell, blink, best);
        }
    }
}

void Insertion::look_into_round(int task, int option, Need const &need, Window const &window,
                                int id, double blink, Place &best) {
    auto const &trip = draft_.trip(id);
    auto const &way = setting_.tasks[task].options[option];
    auto const &manning = trip.manning;
    int const load = trip.load + setting_.tasks[task].load;
    if (load > setting_.cars[manning.cars].load) return;
    bool const able = CrewFinder::may(need, manning);
    // a round of one officer is that officer's; a crew may be made up anew
    bool const new_crew = manning.size > 1 && (!setting_.whole_shift || !able);
    if (!able && !new_crew) return;

    int const home = setting_.bases[need.team->base].site;
    auto const count = static_cast<int>(trip.stops.size());
    Cost const extra = way.cost + (able ? draft_.foreign_cost(*need.team, manning) : 0);
    Segment const survey{way.minutes, window.from, window.until};
    int const floor = setting_.whole_shift ? manning.booked.from : -kEndOfTime;
    Interval reach{};
    bool reached = false;
    Cost here = best.cost - extra, elsewhere = best.cost - way.cost;
    int at = -1, other_at = -1;
    Segment shape{}, other_shape{};
    for (int n = 0; n <= count; ++n) {
        int const lead = n ? setting_.lead(trip.stops[n - 1].site, way.site)
                           : setting_.lead_from_base(home, way.site);
        auto const &before = trip.before[n];
        if (std::max(floor, before.earliest) + before.minutes + lead > window.until) break;
        Cost added, left_out;
        if (n) {
            int const place = trip.stops[n - 1].site;
            added = setting_.leg(place, way.site);
            left_out = n < count ? setting_.leg(place, trip.stops[n].site)
                                 : setting_.seconds(place, home);
        } else {
            added = setting_.leg_from_base(home, way.site);
            left_out = setting_.leg_from_base(home, trip.stops[0].site);
        }
        added += n < count ? setting_.leg(way.site, trip.stops[n].site)
                           : setting_.seconds(way.site, home);
        Cost const delta = added - left_out;
        bool const cheaper = able && delta < here;
        if (!cheaper && !(new_crew && delta < elsewhere)) continue;
        auto const first = join(before, lead, survey);
        if (!first.possible()) continue;
        auto const longer = join(first,
                                 n < count ? setting_.lead(way.site, trip.stops[n].site)
                                           : setting_.way_back(way.site, home),
                                 trip.after[n]);
        if (!longer.possible()) continue;
        if (cheaper) {
            if (!reached) {
                reach = draft_.reach(trip);
                reached = true;
            }
            if (std::max(reach.from, longer.earliest) <=
                std::min(reach.until - longer.minutes, longer.latest)) {
                if (blink > 0 && random_.chance(blink)) continue;
                here = delta;
                at = n;
                shape = longer;
                continue;
            }
        }
        if (new_crew && delta < elsewhere && delta < here) {
            if (blink > 0 && random_.chance(blink)) continue;
            elsewhere = delta;
            other_at = n;
            other_shape = longer;
        }
    }
    if (at >= 0) {
        best.cost = here + extra;
        best.option = option;
        best.cell = trip.cell;
        best.trip = id;
        best.position = at;
        best.window = window;
        best.manning = manning;
        int const from = std::max(reach.from, shape.earliest);
        int const until = std::min(reach.until - shape.minutes, shape.latest);
        best.manning.depart = setting_.whole_shift || random_.chance(0.5) ? from : until;
        if (!setting_.whole_shift)
            best.manning.booked = {best.manning.depart, best.manning.depart + shape.minutes};
    }
    if (other_at >= 0 && elsewhere + way.cost < best.cost) {
        needs_.clear();
        Cost present = draft_.crew_cost(need.team->base, manning);
        for (auto const &stop : trip.stops) {
            needs_.push_back(need_of(stop, need.team->base));
            present += draft_.foreign_cost(*needs_.back().team, manning);
        }
        needs_.push_back(need);
        auto const found = draft_.without(id, [&] {
            return crews_.for_round(trip.cell, needs_, other_shape, load, &manning);
        });
        if (found && elsewhere + way.cost + found->price - present < best.cost) {
            best.cost = elsewhere + way.cost + found->price - present;
            best.option = option;
            best.cell = trip.cell;
            best.trip = id;
            best.position = other_at;
            best.window = window;
            best.manning = found->manning;
        }
    }
}

void Insertion::look_at_new_round(int task, int option, Need const &need, Window const &window,
                                  int cell, double blink, Place &best) {
    auto const &way = setting_.tasks[task].options[option];
    int const home = setting_.bases[need.team->base].site;
    Cost const alone = setting_.trip_cost + setting_.leg_from_base(home, way.site) +
                       setting_.seconds(way.site, home) + way.cost;
    if (alone >= best.cost || (blink > 0 && random_.chance(blink))) return;
    auto const shape = join(join({}, setting_.lead_from_base(home, way.site),
                                 {way.minutes, window.from, window.until}),
                            setting_.way_back(way.site, home), {});
    needs_.assign(1, need);
    auto const found =
        crews_.for_round(cell, needs_, shape, setting_.tasks[task].load, nullptr);
    if (!found || alone + found->price >= best.cost) return;
    best.cost = alone + found->price;
    best.option = option;
    best.cell = cell;
    best.trip = -1;
    best.position = 0;
    best.window = window;
    best.manning = found->manning;
}

void Insertion::look_at_desks(int task, int option, double blink, Place &best) {
    auto const &way = setting_.tasks[task].options[option];
    auto const &standing = setting_.standings[way.standing];
    for (auto const &team : standing.teams) {
        Need const need{&standing, &team};
        for (auto const &window : way.windows) {
            if (way.cost > best.cost || (blink > 0 && random_.chance(blink))) continue;
            int const cell = setting_.cell(team.base, window.day);
            auto const desk = crews_.for_desk(cell, need, way.minutes, window);
            if (!desk) continue;
            Cost const cost = way.cost + desk->price;
            bool const equal = cost == best.cost && best.option >= 0 && desk->liking < best.liking;
            if (cost >= best.cost && !equal) continue;
            best = Place{.cost = cost,
                         .liking = desk->liking,
                         .option = option,
                         .cell = cell,
                         .window = window,
                         .lead = desk->lead,
                         .second = desk->second,
                         .start = desk->start,
                         .desk_cost = cost};
        }
    }
}

} // namespace yunkan
