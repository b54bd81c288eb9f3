// Where several crews meet: when that could be, and what it costs.
#include "insertion.hpp"

#include <algorithm>
#include <tuple>

namespace yunkan {

namespace {

/// Places looked at, for each of two crews, to guess at when they could meet; and how often one of
/// their meetings is overlooked.
constexpr size_t kGates = 12, kLikely = 6;
constexpr double kOverlooked = 0.2;

} // namespace

/// Several crews that are to meet: once it is settled when, each has its own cheapest place.
void Insertion::look_for_meetings(Ask const &ask, int meetings, Place &best) {
    int starts = 0;
    for (auto const &window : ask.windows)
        starts += (window.until - window.from) / window.step + 1;
    minutes_.clear();
    if (meetings < starts)
        likely_minutes(ask);
    meetings = std::min(meetings, starts);
    for (int tried = 0; tried < meetings; ++tried) {
        // all of them where there are few; of many a random one of each part
        int const part = starts / meetings;
        int number = tried * part + (part > 1 ? random_.below(part) : 0);
        auto window = ask.windows.begin();
        for (; number > (window->until - window->from) / window->step; ++window)
            number -= (window->until - window->from) / window->step + 1;
        int const minute = window->from + number * window->step;
        minutes_.push_back({0, {window->day, minute, minute, window->step}});
    }
    for (auto const &[least, minute] : minutes_) {
        if (least >= best.cost)
            continue;
        Cost const cost = meet(ask, minute, best.cost, places_);
        if (cost >= best.cost)
            continue;
        best = places_.front();
        best.cost = cost;
        best.companions.assign(places_.begin() + 1, places_.end());
    }
}

/// The cheapest places on a day, one crew and one survey at a time.
void Insertion::gates(int task, Option const &way, int day, std::vector<Gate> &found) const {
    found.clear();
    auto const &standing = setting_.standings[way.standing];
    auto const to_site = setting_.ways().to(way.site), from_site = setting_.ways().from(way.site);
    for (auto const &team : standing.teams) {
        int const home = setting_.bases[team.base].site;
        found.push_back({setting_.trip_cost + setting_.leg_from_base(home, way.site) +
                             setting_.seconds(way.site, home),
                         0});
        for (int id : draft_.cell(setting_.cell(team.base, day)).trips) {
            auto const &trip = draft_.trip(id);
            if (!CrewFinder::may({&standing, &team}, trip.manning) ||
                trip.load + setting_.tasks[task].load > setting_.cars[trip.manning.cars].load)
                continue;
            for (auto const &gap : trip.gaps)
                found.push_back({to_site[gap.from] + from_site[gap.to] - gap.left_out,
                                 gap.ready + Setting::whole_minutes(to_site[gap.from]) +
                                     setting_.setup_minutes});
        }
    }
    auto const cheaper = [](Gate const &a, Gate const &b) { return a.added < b.added; };
    auto const most = std::min(found.size(), kGates);
    std::partial_sort(found.begin(), found.begin() + static_cast<std::ptrdiff_t>(most), found.end(),
                      cheaper);
    found.resize(most);
}

/// Minutes at which two crews could meet with little waiting, those first that cost least.
void Insertion::likely_minutes(Ask const &ask) {
    auto const &task = setting_.tasks[ask.task];
    auto const &survey = task.options[ask.option];
    int day = -1;
    for (auto const &window : ask.windows) {
        if (window.day != day) {
            day = window.day;
            gates(ask.task, survey, day, gates_);
        }
        for (int companion : survey.companions) {
            auto const &other = setting_.tasks[companion];
            gates(companion, other.options[0], day, others_);
            for (auto const &one : gates_)
                for (auto const &two : others_) {
                    int const ready = std::max(one.ready, two.ready - other.after.until);
                    int const late = std::max(0, ready - window.from);
                    int const minute =
                        window.from + (late + window.step - 1) / window.step * window.step;
                    if (minute > window.until || (ask.blink > 0 && random_.chance(kOverlooked)))
                        continue;
                    int const then = std::max(two.ready, minute + other.after.from);
                    Cost const tardy = task.tardy_cost * setting_.minutes_tardy(ask.task, minute) +
                                       other.tardy_cost * setting_.minutes_tardy(companion, then);
                    minutes_.push_back(
                        {one.added + two.added + tardy, {day, minute, minute, window.step}});
                }
        }
    }
    auto const most = std::min(minutes_.size(), kLikely);
    std::partial_sort(minutes_.begin(), minutes_.begin() + static_cast<std::ptrdiff_t>(most),
                      minutes_.end(), [](Meeting const &a, Meeting const &b) {
                          return std::tuple(a.least, a.when.day, a.when.from) <
                                 std::tuple(b.least, b.when.day, b.when.from);
                      });
    minutes_.resize(most);
    auto const same = [](Meeting const &a, Meeting const &b) {
        return a.when.day == b.when.day && a.when.from == b.when.from;
    };
    minutes_.erase(std::unique(minutes_.begin(), minutes_.end(), same), minutes_.end());
}

/// When a companion may start, of a survey that starts in that minute.
std::vector<Window> Insertion::then(int companion, int option, Window const &minute) const {
    auto const &task = setting_.tasks[companion];
    auto const &way = task.options[0];
    // from slot to slot, as the surveys are apart
    int const beside = setting_.tasks[task.companion_of].options[option].into - way.into;
    int const earliest = setting_.onto_grid(beside + task.after.from);
    int const latest = -setting_.onto_grid(-beside - task.after.until);
    std::vector<Window> result;
    for (auto const &window : way.windows) {
        int const from = std::max(window.from, minute.from + earliest);
        int const until = std::min(window.until, minute.from + latest);
        if (window.day == minute.day && from <= until)
            result.push_back({minute.day, from, until, 1});
    }
    return result;
}

/// What it costs that a survey begins in that minute, and where each of its crews would.
Cost Insertion::meet(Ask const &ask, Window const &minute, Cost most, std::vector<Place> &places) {
    auto const &option = setting_.tasks[ask.task].options[ask.option];
    places.clear();
    Cost cost = 0;
    auto const before = draft_.mark();
    for (size_t n = 0; n <= option.companions.size(); ++n) {
        int const task = n ? option.companions[n - 1] : ask.task;
        auto const starts = n ? then(task, ask.option, minute) : std::vector{minute};
        Ask const one{task, n ? 0 : ask.option, starts, ask.blink, false};
        Place place;
        place.cost = most - cost;
        remakes_.clear();
        look(one, place);
        look_at_remakes(place);
        if (place.option < 0) {
            cost = Place::kNowhere;
            break;
        }
        cost += place.cost;
        places.push_back(place);
        if (n < option.companions.size())
            put(one.task, place);
    }
    draft_.rollback(before);
    return cost;
}

} // namespace yunkan
