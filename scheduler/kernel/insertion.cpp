#include "insertion.hpp"

#include <algorithm>

namespace yunkan {

namespace {

/// Neighbours beside which a survey is put first of all.
constexpr size_t kNear = 50;

} // namespace

Place Insertion::best(int task, double blink, bool near) {
    Place best;
    best.cost = setting_.tasks[task].unplanned_cost;
    remakes_.clear();
    auto const &options = setting_.tasks[task].options;
    for (size_t number = 0; number < options.size(); ++number) {
        auto const option = static_cast<int>(number);
        if (options[number].site < 0) {
            look_at_desks(task, option, blink, best);
            continue;
        }
        if (near)
            look_at_neighbours(task, option, blink, best);
        else
            look_at_rounds(task, option, blink, best);
        look_at_new_rounds(task, option, blink, best);
    }
    look_at_remakes(task, best);
    return near && best.option < 0 ? this->best(task, blink, false) : best;
}

void Insertion::put(int task, Place const &place) {
    if (setting_.tasks[task].options[place.option].site < 0)
        draft_.put_at_desk(task, place.option, place.cell, place.lead, place.second, place.start,
                           place.desk_cost);
    else
        draft_.put_on_trip(task, place.option, place.cell, place.trip, place.position, place.window,
                           place.manning);
}

Need Insertion::need_of(Stop const &stop, int base) const {
    auto const &standing =
        setting_.standings[setting_.tasks[stop.task].options[stop.option].standing];
    return {&standing, &standing.teams[standing.team_of[base]]};
}

void Insertion::look_at_rounds(int task, int option, double blink, Place &best) {
    auto const &way = setting_.tasks[task].options[option];
    auto const &standing = setting_.standings[way.standing];
    for (auto const &team : standing.teams)
        for (auto const &window : way.windows)
            for (int trip : draft_.cell(setting_.cell(team.base, window.day)).trips)
                look_into_round(task, option, {&standing, &team}, window, trip, 0,
                                static_cast<int>(draft_.trip(trip).stops.size()), blink, best);
}

/// Only the gaps before and behind surveys that are near.
void Insertion::look_at_neighbours(int task, int option, double blink, Place &best) {
    auto const &way = setting_.tasks[task].options[option];
    auto const &standing = setting_.standings[way.standing];
    auto const to_site = setting_.ways().to(way.site), from_site = setting_.ways().from(way.site);
    auto const &near = neighbours_.of(task);
    for (size_t n = 1; n < near.size() && n <= kNear; ++n) {
        auto const &place = draft_.placement(near[n]);
        if (place.trip < 0)
            continue;
        auto const &trip = draft_.trip(place.trip);
        int const day = trip.cell % setting_.days,
                  team = standing.team_of[trip.cell / setting_.days];
        if (team < 0)
            continue;
        auto const *gap = &trip.gaps[place.position];
        // at the least, without the arrivals; most gaps are ruled out by that alone
        Cost const before = to_site[gap->from] + from_site[gap->to] - gap->left_out;
        ++gap;
        Cost const behind = to_site[gap->from] + from_site[gap->to] - gap->left_out;
        if (std::min(before, behind) + way.cost >= best.cost)
            continue;
        for (auto const &window : way.windows)
            if (window.day == day)
                look_into_round(task, option, {&standing, &standing.teams[team]}, window,
                                place.trip, place.position, place.position + 1, blink, best);
    }
}

void Insertion::look_at_new_rounds(int task, int option, double blink, Place &best) {
    auto const &way = setting_.tasks[task].options[option];
    auto const &standing = setting_.standings[way.standing];
    for (auto const &team : standing.teams)
        for (auto const &window : way.windows)
            look_at_new_round(task, option, {&standing, &team}, window,
                              setting_.cell(team.base, window.day), blink, best);
}

void Insertion::look_into_round(int task, int option, Need const &need, Window const &window,
                                int id, int first, int last, double blink, Place &best) {
    auto const &trip = draft_.trip(id);
    auto const &way = setting_.tasks[task].options[option];
    auto const &manning = trip.manning;
    Cost const price = setting_.price(way, window.day);
    int const load = trip.load + setting_.tasks[task].load;
    if (load > setting_.cars[manning.cars].load)
        return;
    bool const able = CrewFinder::may(need, manning);
    // a round of one officer is that officer's; a crew may be made up anew
    bool const new_crew = manning.size > 1 && (!setting_.whole_shift || !able);
    if (!able && !new_crew)
        return;

    int const home = setting_.bases[need.team->base].site;
    auto const count = static_cast<int>(trip.stops.size());
    Cost const extra = price + (able ? draft_.foreign_cost(*need.team, manning) : 0);
    Segment const survey{way.minutes, window.from, window.until};
    Interval reach{};
    bool reached = false;
    Cost here = best.cost - extra, elsewhere = best.cost - price;
    int at = -1, other_at = -1;
    Segment shape{}, other_shape{};
    auto const to_site = setting_.ways().to(way.site), from_site = setting_.ways().from(way.site);
    auto const arrival = static_cast<int>(setting_.arrival_cost);
    for (int n = first; n <= last; ++n) {
        auto const &gap = trip.gaps[n];
        bool const same = n > 0 && gap.from == way.site; // next to a survey at the same address
        int const lead =
            same ? 0 : Setting::whole_minutes(to_site[gap.from]) + setting_.setup_minutes;
        if (gap.ready + lead > window.until)
            break;
        Cost const delta = (same ? 0 : to_site[gap.from] + arrival) +
                           (n == count           ? from_site[home]
                            : gap.to == way.site ? 0
                                                 : from_site[gap.to] + arrival) -
                           gap.left_out;
        bool const cheaper = able && delta < here;
        if (!cheaper && !(new_crew && delta < elsewhere))
            continue;
        auto const through = join(trip.before(n), lead, survey);
        if (!through.possible())
            continue;
        auto const longer = join(through,
                                 n < count ? setting_.lead(way.site, trip.stops[n].site)
                                           : setting_.way_back(way.site, home),
                                 trip.after(n));
        if (!longer.possible())
            continue;
        if (cheaper) {
            if (!reached) {
                reach = draft_.reach(trip);
                reached = true;
            }
            if (std::max(reach.from, longer.earliest) <=
                std::min(reach.until - longer.minutes, longer.latest)) {
                if (blink > 0 && random_.chance(blink))
                    continue;
                here = delta;
                at = n;
                shape = longer;
                continue;
            }
        }
        if (new_crew && delta < elsewhere && delta < here) {
            if (blink > 0 && random_.chance(blink))
                continue;
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
    if (other_at >= 0) {
        Cost present = draft_.crew_cost(need.team->base, manning);
        for (auto const &stop : trip.stops)
            present += draft_.foreign_cost(*need_of(stop, need.team->base).team, manning);
        Cost const added = elsewhere + price - present;
        if (added < best.cost)
            remakes_.push_back({added, id, other_at, option, &window, other_shape});
    }
}

/// The cheapest first, so that few crews have to be looked for.
void Insertion::look_at_remakes(int task, Place &best) {
    std::sort(remakes_.begin(), remakes_.end(),
              [](Remake const &a, Remake const &b) { return a.added < b.added; });
    for (auto const &remake : remakes_) {
        if (remake.added >= best.cost)
            return;
        auto const &trip = draft_.trip(remake.trip);
        int const base = trip.cell / setting_.days;
        auto const &standing =
            setting_.standings[setting_.tasks[task].options[remake.option].standing];
        needs_.clear();
        for (auto const &stop : trip.stops)
            needs_.push_back(need_of(stop, base));
        needs_.push_back({&standing, &standing.teams[standing.team_of[base]]});
        auto const found = draft_.without(remake.trip, [&] {
            return crews_.for_round(trip.cell, needs_, remake.shape,
                                    trip.load + setting_.tasks[task].load, &trip.manning);
        });
        if (!found || remake.added + found->price >= best.cost)
            continue;
        best = Place{.cost = remake.added + found->price,
                     .option = remake.option,
                     .cell = trip.cell,
                     .trip = remake.trip,
                     .position = remake.position,
                     .window = *remake.window,
                     .manning = found->manning};
    }
}

void Insertion::look_at_new_round(int task, int option, Need const &need, Window const &window,
                                  int cell, double blink, Place &best) {
    auto const &way = setting_.tasks[task].options[option];
    int const home = setting_.bases[need.team->base].site;
    Cost const alone = setting_.trip_cost + setting_.leg_from_base(home, way.site) +
                       setting_.seconds(way.site, home) + setting_.price(way, window.day);
    if (alone >= best.cost || (blink > 0 && random_.chance(blink)))
        return;
    auto const shape = join(
        join({}, setting_.lead_from_base(home, way.site), {way.minutes, window.from, window.until}),
        setting_.way_back(way.site, home), {});
    needs_.assign(1, need);
    auto const found = crews_.for_round(cell, needs_, shape, setting_.tasks[task].load, nullptr);
    if (!found || alone + found->price >= best.cost)
        return;
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
            Cost const price = setting_.price(way, window.day);
            if (price > best.cost || (blink > 0 && random_.chance(blink)))
                continue;
            int const cell = setting_.cell(team.base, window.day);
            auto const desk = crews_.for_desk(cell, need, way.minutes, window);
            if (!desk)
                continue;
            Cost const cost = price + desk->price;
            bool const equal = cost == best.cost && best.option >= 0 && desk->liking < best.liking;
            if (cost >= best.cost && !equal)
                continue;
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
