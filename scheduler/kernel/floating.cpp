// Where crews meet as soon as all of them can be there: the likely gaps first, for trying one out
// puts off whatever waits for it.
#include "insertion.hpp"

#include <algorithm>

namespace yunkan {

namespace {

/// So that the cheapest is on top of a heap.
constexpr auto kDearer = [](auto const &a, auto const &b) { return a.least > b.least; };

} // namespace

/// Every gap of every round, and new rounds, as a heap.
void Insertion::likely_gaps(Ask const &ask, std::vector<Likely> &found) const {
    auto const &way = setting_.tasks[ask.task].options[ask.option];
    auto const &standing = setting_.standings[way.standing];
    auto const to_site = setting_.ways().to(way.site), from_site = setting_.ways().from(way.site);
    auto const arrival = static_cast<int>(setting_.arrival_cost);
    found.clear();
    for (auto const &team : standing.teams) {
        int const home = setting_.bases[team.base].site;
        Cost const alone = setting_.trip_cost + setting_.leg_from_base(home, way.site) +
                           setting_.seconds(way.site, home);
        for (auto const &window : ask.windows) {
            Cost const price = setting_.price(way, window.day);
            found.push_back({price + alone, &team, &window, -1, 0});
            for (int id : draft_.cell(setting_.cell(team.base, window.day)).trips) {
                auto const &trip = draft_.trip(id);
                if (!CrewFinder::may({&standing, &team}, trip.manning))
                    continue;
                Cost const extra = price + draft_.foreign_cost(team, trip.manning);
                auto const count = static_cast<int>(trip.stops.size());
                for (int n = 0; n <= count; ++n) {
                    auto const &gap = trip.gaps[n];
                    bool const same = n > 0 && gap.from == way.site;
                    int const lead =
                        same ? 0
                             : Setting::whole_minutes(to_site[gap.from]) + setting_.setup_minutes;
                    Cost const added = (same ? 0 : to_site[gap.from] + arrival) +
                                       (n == count           ? from_site[home]
                                        : gap.to == way.site ? 0
                                                             : from_site[gap.to] + arrival) -
                                       gap.left_out;
                    int const start = std::max(draft_.ready(trip, n) + lead, window.from);
                    Cost const least = extra + added + cost_of_starting(ask.task, start);
                    found.push_back({least, &team, &window, id, n});
                }
            }
        }
    }
    std::make_heap(found.begin(), found.end(), kDearer);
}

Insertion::Likely Insertion::next_of(std::vector<Likely> &gaps) {
    std::pop_heap(gaps.begin(), gaps.end(), kDearer);
    auto const next = gaps.back();
    gaps.pop_back();
    return next;
}

void Insertion::look_at_likely_gaps(Ask const &ask, Place &best) {
    likely_gaps(ask, likely_);
    while (!likely_.empty() && likely_.front().least < best.cost)
        look_into(ask, next_of(likely_), best);
}

void Insertion::look_into(Ask const &ask, Likely const &gap, Place &best) {
    auto const &way = setting_.tasks[ask.task].options[ask.option];
    Need const need{&setting_.standings[way.standing], gap.team};
    if (gap.trip < 0)
        look_at_new_round(ask, need, *gap.window, setting_.cell(gap.team->base, gap.window->day),
                          best);
    else
        look_into_round(ask, need, *gap.window, gap.trip, gap.position, gap.position, best);
}

/// The first crew's places one after the other, with the others' cheapest once it is there.
void Insertion::look_for_floating_meetings(Ask const &ask, Place &best) {
    worst_ = draft_.worst();
    likely_gaps(ask, leads_);
    while (!leads_.empty() && leads_.front().least < best.cost)
        follow(ask, next_of(leads_), best);
}

void Insertion::follow(Ask const &ask, Likely const &lead, Place &best) {
    auto const &way = setting_.tasks[ask.task].options[ask.option];
    Place place;
    place.cost = best.cost;
    worst_ = draft_.worst();
    look_into(ask, lead, place);
    if (place.option < 0)
        return;
    Cost cost = place.cost;
    places_.assign(1, place);
    auto const before = draft_.mark();
    put(ask.task, place);
    for (int companion : way.companions) {
        that_day_.clear();
        for (auto const &window : setting_.tasks[companion].options[0].windows)
            if (window.day == lead.window->day)
                that_day_.push_back(window);
        place = {};
        place.cost = best.cost - cost;
        look({companion, 0, that_day_, ask.blink, false}, place);
        if (place.option < 0) {
            cost = Place::kNowhere;
            break;
        }
        cost += place.cost;
        places_.push_back(place);
        if (companion != way.companions.back())
            put(companion, place);
    }
    draft_.rollback(before);
    if (cost >= best.cost)
        return;
    best = places_.front();
    best.cost = cost;
    best.companions.assign(places_.begin() + 1, places_.end());
}

} // namespace yunkan
