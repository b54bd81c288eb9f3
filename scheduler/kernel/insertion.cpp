#include "insertion.hpp"

#include <algorithm>

namespace yunkan {

namespace {

/// Neighbours beside which a survey is put first of all.
constexpr size_t kNear = 80;

} // namespace

Place Insertion::best(int task, double blink, bool near, int meetings, int missed_at) {
    near &= missed_at < 0; // a few days are looked through faster than all neighbours
    auto const &options = setting_.tasks[task].options;
    auto const always = [&](size_t number) { return std::span(options[number].windows); };
    Place nowhere;
    nowhere.cost = setting_.tasks[task].unplanned_cost;
    auto const found = search(task, always, nowhere, blink, near, meetings, missed_at);
    return near && found.option < 0 ? best(task, blink, false, meetings) : found;
}

Place Insertion::within(int task, int day, int from, int until, int meetings) {
    auto const &options = setting_.tasks[task].options;
    std::vector<std::vector<Window>> hours(options.size());
    for (size_t number = 0; number < options.size(); ++number)
        for (auto const &window : options[number].windows) {
            if (window.day != day)
                continue;
            int const into = options[number].into; // the slot begins so much before the survey
            int const late = std::max(0, from - into - window.from);
            int const first = window.from + (late + window.step - 1) / window.step * window.step;
            if (int const last = std::min(until - into, window.until); first <= last)
                hours[number].push_back(
                    {day, first, first + (last - first) / window.step * window.step, window.step});
        }
    auto const then = [&](size_t number) { return std::span<Window const>(hours[number]); };
    return search(task, then, {}, 0, false, meetings);
}

/// The cheapest place that costs less than `best`, option `n` at the times `when(n)`. Meetings come
/// last: they know by then how little they must cost.
template <typename When>
Place Insertion::search(int task, When when, Place best, double blink, bool near, int meetings,
                        int missed_at) {
    remakes_.clear();
    auto const &options = setting_.tasks[task].options;
    auto const ask = [&](size_t number) {
        return Ask{task, static_cast<int>(number), when(number), blink, near, missed_at};
    };
    for (size_t number = 0; number < options.size(); ++number)
        if (options[number].companions.empty())
            look(ask(number), best);
    look_at_remakes(best);
    for (size_t number = 0; number < options.size(); ++number)
        if (!options[number].companions.empty())
            setting_.floating() ? look_for_floating_meetings(ask(number), best)
                                : look_for_meetings(ask(number), meetings, best);
    return best;
}

void Insertion::put(int task, Place const &place) {
    auto const &option = setting_.tasks[task].options[place.option];
    if (option.site < 0)
        draft_.put_at_desk(task, place.option, place.cell, place.lead, place.second, place.start,
                           place.desk_cost);
    else
        draft_.put_on_trip(task, place.option, place.cell, place.trip, place.position, place.window,
                           place.manning);
    for (size_t n = 0; n < place.companions.size(); ++n)
        put(option.companions[n], place.companions[n]);
}

std::optional<Manning> Insertion::crew_for(SeenRound const &round) {
    int const base = round.cell / setting_.days, home = setting_.bases[base].site;
    Segment shape;
    int place = -1, rest = 0, load = 0;
    needs_.clear();
    for (auto const &[task, option, window] : round.visits) {
        auto const &way = setting_.tasks[task].options[option];
        auto const &standing = setting_.standings[way.standing];
        needs_.push_back({&standing, &standing.teams[standing.team_of[base]]});
        shape = join(shape,
                     place < 0 ? setting_.lead_from_base(home, way.site, way.into)
                               : setting_.lead(place, way.site, rest + way.into),
                     {way.minutes, window.from, window.until});
        if (!shape.possible())
            return {}; // without one of its surveys it may take longer
        place = way.site;
        rest = way.rest;
        load += setting_.tasks[task].load;
    }
    shape = join(shape, setting_.way_back(place, home, rest), {});
    auto const found =
        crews_.for_round(round.cell, needs_, shape, load, &round.manning, round.alike);
    return found ? std::optional(found->manning) : std::nullopt;
}

void Insertion::look(Ask const &ask, Place &best) {
    worst_ = draft_.worst();
    if (setting_.tasks[ask.task].options[ask.option].site < 0) {
        look_at_desks(ask, best);
        return;
    }
    if (setting_.floating() && !ask.near) {
        look_at_likely_gaps(ask, best);
        return;
    }
    if (ask.near)
        look_at_neighbours(ask, best);
    else
        look_at_rounds(ask, best);
    look_at_new_rounds(ask, best);
}

Need Insertion::need_of(Stop const &stop, int base) const {
    auto const &standing =
        setting_.standings[setting_.tasks[stop.task].options[stop.option].standing];
    return {&standing, &standing.teams[standing.team_of[base]]};
}

void Insertion::look_at_rounds(Ask const &ask, Place &best) {
    auto const &way = setting_.tasks[ask.task].options[ask.option];
    auto const &standing = setting_.standings[way.standing];
    for (auto const &team : standing.teams)
        for (auto const &window : ask.windows) {
            int const cell = setting_.cell(team.base, window.day);
            if (!draft_.changed_since(cell, ask.missed_at))
                continue;
            for (int trip : draft_.cell(cell).trips)
                look_into_round(ask, {&standing, &team}, window, trip, 0,
                                static_cast<int>(draft_.trip(trip).stops.size()), best);
        }
}

/// Only the gaps before and behind surveys that are near.
void Insertion::look_at_neighbours(Ask const &ask, Place &best) {
    auto const &way = setting_.tasks[ask.task].options[ask.option];
    auto const &standing = setting_.standings[way.standing];
    auto const to_site = setting_.ways().to(way.site), from_site = setting_.ways().from(way.site);
    auto const &near = neighbours_.of(ask.task);
    int const load = setting_.tasks[ask.task].load;
    Cost const arrival = setting_.arrival_cost;
    for (size_t n = 1; n < near.size() && n <= kNear; ++n) {
        auto const &beside = draft_.beside(near[n]);
        if (beside.trip < 0 || draft_.room(beside.trip) < load)
            continue;
        // at the least, as if behind it were the base; most places are ruled out by that alone
        bool const same = beside.site == way.site;
        Cost const there = beside.before == way.site ? 0 : to_site[beside.before] + arrival;
        Cost const on = same ? 0 : from_site[beside.site] + arrival;
        Cost const before = there + on - beside.saved_before;
        Cost const behind = (same ? 0 : to_site[beside.site] + arrival) +
                            from_site[beside.behind] - beside.saved_behind;
        if (std::min(before, behind) + way.cost >= best.cost)
            continue;
        auto const &trip = draft_.trip(beside.trip);
        int const day = trip.cell % setting_.days,
                  team = standing.team_of[trip.cell / setting_.days];
        if (team < 0)
            continue;
        int const position = draft_.placement(near[n]).position;
        for (auto const &window : ask.windows)
            if (window.day == day)
                look_into_round(ask, {&standing, &standing.teams[team]}, window, beside.trip,
                                position, position + 1, best);
    }
}

void Insertion::look_at_new_rounds(Ask const &ask, Place &best) {
    auto const &way = setting_.tasks[ask.task].options[ask.option];
    auto const &standing = setting_.standings[way.standing];
    for (auto const &team : standing.teams)
        for (auto const &window : ask.windows)
            if (int const cell = setting_.cell(team.base, window.day);
                draft_.changed_since(cell, ask.missed_at))
                look_at_new_round(ask, {&standing, &team}, window, cell, best);
}

void Insertion::look_into_round(Ask const &ask, Need const &need, Window const &window, int id,
                                int first, int last, Place &best) {
    auto const &trip = draft_.trip(id);
    auto const &way = setting_.tasks[ask.task].options[ask.option];
    auto const &manning = trip.manning;
    Cost const price = setting_.price(way, window.day);
    if (draft_.room(id) < setting_.tasks[ask.task].load)
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
    int longest = 0;
    bool reached = false;
    Cost here = best.cost - extra, elsewhere = best.cost - price;
    int at = -1, other_at = -1;
    Segment shape{}, other_shape{};
    auto const to_site = setting_.ways().to(way.site), from_site = setting_.ways().from(way.site);
    auto const arrival = static_cast<int>(setting_.arrival_cost);
    // before a stop that would have begun by then there is no place, but two promises of one site
    // may be closer than their slots
    bool const on_grid = setting_.grid() > 1;
    int const closer = on_grid ? setting_.grid() : 0;
    auto const stops = trip.stops.begin();
    auto const behind =
        std::partition_point(stops + first, stops + std::min(last, count), [&](Stop const &stop) {
            return stop.after.latest < window.from + way.minutes - closer;
        });
    for (auto n = static_cast<int>(behind - stops); n <= last; ++n) {
        auto const &gap = trip.gaps[n];
        bool const same = n > 0 && gap.from == way.site; // next to a survey at the same address
        int lead = same ? 0 : Setting::whole_minutes(to_site[gap.from]) + setting_.setup_minutes;
        if (on_grid)
            lead = n ? setting_.onto_grid(lead - stops[n - 1].rest - way.into) : lead - way.into;
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
                                 draft_.lead_before(trip, n, way.site, way.rest),
                                 trip.after(n));
        if (!longer.possible())
            continue;
        if (cheaper) {
            if (!reached) {
                reach = draft_.reach(trip);
                longest = draft_.longest(trip);
                reached = true;
            }
            auto const leaves = setting_.departures(reach, longer);
            if (longer.minutes <= longest && leaves.from <= leaves.until) {
                Cost tardy = 0;
                if (setting_.floating()) {
                    auto const more =
                        draft_.puts_off(trip, n, ask.task, way, window, worst_, here - delta);
                    if (!more)
                        continue;
                    tardy = cost_of(*more);
                } else if (setting_.hurries()) {
                    tardy = cost_of(draft_.tardier(trip, n, ask.task, way, window,
                                                   draft_.departure(reach, longer)));
                }
                if (delta + tardy >= here || (ask.blink > 0 && random_.chance(ask.blink)))
                    continue;
                here = delta + tardy;
                at = n;
                shape = longer;
                continue;
            }
        }
        if (new_crew && delta < elsewhere && delta < here) {
            if (ask.blink > 0 && random_.chance(ask.blink))
                continue;
            elsewhere = delta;
            other_at = n;
            other_shape = longer;
        }
    }
    if (at >= 0) {
        best.cost = here + extra;
        best.option = ask.option;
        best.cell = trip.cell;
        best.trip = id;
        best.position = at;
        best.window = window;
        best.manning = manning;
        bool const soon = setting_.whole_shift || setting_.hurries() || random_.chance(0.5);
        best.manning.depart =
            soon ? draft_.departure(reach, shape) : setting_.departures(reach, shape).until;
        if (!setting_.whole_shift)
            best.manning.booked = {best.manning.depart, best.manning.depart + shape.minutes};
    }
    if (other_at >= 0) {
        Cost present = draft_.crew_cost(need.team->base, manning);
        for (auto const &stop : trip.stops)
            present += draft_.foreign_cost(*need_of(stop, need.team->base).team, manning);
        Cost const added = elsewhere + price - present;
        if (added < best.cost)
            remakes_.push_back({added, id, other_at, ask.task, ask.option, &window, other_shape});
    }
}

/// The cheapest first, so that few crews have to be looked for.
void Insertion::look_at_remakes(Place &best) {
    std::sort(remakes_.begin(), remakes_.end(),
              [](Remake const &a, Remake const &b) { return a.added < b.added; });
    for (auto const &remake : remakes_) {
        if (remake.added >= best.cost)
            return;
        auto const &trip = draft_.trip(remake.trip);
        if (!crews_.could_change(trip.cell, trip.manning, remake.shape.minutes))
            continue;
        int const base = trip.cell / setting_.days;
        auto const &standing =
            setting_.standings[setting_.tasks[remake.task].options[remake.option].standing];
        needs_.clear();
        for (auto const &stop : trip.stops)
            needs_.push_back(need_of(stop, base));
        needs_.push_back({&standing, &standing.teams[standing.team_of[base]]});
        auto const found = draft_.without(remake.trip, [&] {
            return crews_.for_round(trip.cell, needs_, remake.shape,
                                    trip.load + setting_.tasks[remake.task].load, &trip.manning);
        });
        if (!found)
            continue;
        Cost added = remake.added + found->price;
        if (setting_.hurries())
            added += cost_of(draft_.tardier(trip, remake.position, remake.task,
                                            setting_.tasks[remake.task].options[remake.option],
                                            *remake.window, found->manning.depart));
        if (added >= best.cost)
            continue;
        best = Place{.cost = added,
                     .option = remake.option,
                     .cell = trip.cell,
                     .trip = remake.trip,
                     .position = remake.position,
                     .window = *remake.window,
                     .manning = found->manning};
    }
}

void Insertion::look_at_new_round(Ask const &ask, Need const &need, Window const &window, int cell,
                                  Place &best) {
    auto const &way = setting_.tasks[ask.task].options[ask.option];
    int const home = setting_.bases[need.team->base].site;
    Cost const alone = setting_.trip_cost + setting_.leg_from_base(home, way.site) +
                       setting_.seconds(way.site, home) + setting_.price(way, window.day);
    if (alone >= best.cost || (ask.blink > 0 && random_.chance(ask.blink)))
        return;
    auto const shape = join(
        join({}, setting_.lead_from_base(home, way.site, way.into),
             {way.minutes, window.from, window.until}),
        setting_.way_back(way.site, home, way.rest), {});
    needs_.assign(1, need);
    auto const found =
        crews_.for_round(cell, needs_, shape, setting_.tasks[ask.task].load, nullptr);
    if (!found)
        return;
    Cost cost = alone + found->price;
    if (setting_.floating()) {
        Trip empty;
        empty.cell = cell;
        empty.manning = found->manning;
        auto const more =
            draft_.puts_off(empty, 0, ask.task, way, window, worst_, best.cost - cost);
        if (!more)
            return;
        cost += cost_of(*more);
    } else if (setting_.hurries()) {
        int const ready = found->manning.depart + setting_.lead_from_base(home, way.site, way.into);
        cost += cost_of_starting(ask.task, std::max(ready, window.from) + way.into);
    }
    if (cost >= best.cost)
        return;
    best.cost = cost;
    best.option = ask.option;
    best.cell = cell;
    best.trip = -1;
    best.position = 0;
    best.window = window;
    best.manning = found->manning;
}

void Insertion::look_at_desks(Ask const &ask, Place &best) {
    auto const &way = setting_.tasks[ask.task].options[ask.option];
    auto const &standing = setting_.standings[way.standing];
    for (auto const &team : standing.teams) {
        Need const need{&standing, &team};
        for (auto const &window : ask.windows) {
            int const cell = setting_.cell(team.base, window.day);
            if (!draft_.changed_since(cell, ask.missed_at))
                continue;
            Cost const price = setting_.price(way, window.day);
            if (price > best.cost || (ask.blink > 0 && random_.chance(ask.blink)))
                continue;
            auto const desk = crews_.for_desk(cell, need, way.minutes, window);
            if (!desk)
                continue;
            Cost const cost = price + desk->price + cost_of_starting(ask.task, desk->start);
            bool const equal = cost == best.cost && best.option >= 0 && desk->liking < best.liking;
            if (cost >= best.cost && !equal)
                continue;
            best = Place{.cost = cost,
                         .liking = desk->liking,
                         .option = ask.option,
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
