// A search starts from a plan that is there: what of it can still be carried out.
#include "search.hpp"

#include <algorithm>
#include <optional>
#include <tuple>

namespace yunkan {

namespace {

/// The window in which a survey may start then, or in which it may wait to start.
Window const *window_for(Option const &option, int day, int ready) {
    for (auto const &window : option.windows)
        if (window.day == day && ready <= window.until)
            return &window;
    return nullptr;
}

bool starts_at(Window const &window, int start) {
    return window.from <= start && start <= window.until &&
           (start - window.from) % window.step == 0;
}

} // namespace

std::optional<Manning> Search::kept_crew(std::vector<int> const &officers) const {
    if (officers.empty() || officers.size() > kMostCrew)
        return {};
    Manning manning{.size = static_cast<int>(officers.size())};
    int base = -1;
    for (int n = 0; n < manning.size; ++n) {
        if (officers[n] < 0 || officers[n] >= static_cast<int>(setting_.officers.size()))
            return {};
        auto const &officer = setting_.officers[officers[n]];
        if (n && officer.base != base)
            return {};
        base = officer.base;
        manning.crew[n] = officer.local;
    }
    return manning;
}

bool Search::keep_round(int day, int cars, std::vector<int> const &officers, int depart,
                        std::vector<KeptStop> const &stops) {
    auto crew = kept_crew(officers);
    if (!crew || stops.empty() || day < 0 || day >= setting_.days)
        return false;
    if (cars < 0 || cars >= static_cast<int>(setting_.cars.size()))
        return false;
    int const base = setting_.officers[officers[0]].base, cell = setting_.cell(base, day);
    auto const &kind = setting_.cars[cars];
    if (kind.base != base || kind.seats < crew->size || !draft_.on_roster(base, *crew))
        return false;
    int const home = setting_.bases[base].site;
    int clock = depart, place = -1, rest = 0, load = 0;
    std::vector<Window> windows;
    for (auto const &[task, number, start] : stops) {
        if (!known(task, number) || draft_.placement(task).planned())
            return false;
        auto const &option = setting_.tasks[task].options[number];
        auto const &standing = setting_.standings[option.standing];
        int const team = standing.team_of[base];
        if (option.site < 0 || team < 0)
            return false;
        if (!CrewFinder::may({&standing, &standing.teams[team]}, *crew))
            return false;
        if (place < 0) {
            int const lead = setting_.lead_from_base(home, option.site, option.into);
            clock = setting_.onto_grid(depart + lead);
            crew->depart = clock - lead;
        } else {
            clock += setting_.lead(place, option.site, rest + option.into);
        }
        bool const meeting = setting_.tasks[task].companion_of >= 0 || !option.companions.empty();
        int const slot = start - option.into;
        auto const *window = window_for(option, day, meeting ? slot : clock);
        if (!window || (meeting && (clock > slot || !starts_at(*window, slot))))
            return false;
        windows.push_back(meeting ? Window{day, slot, slot, window->step} : *window);
        clock = std::max(clock, windows.back().from) + option.minutes;
        place = option.site;
        rest = option.rest;
        load += setting_.tasks[task].load;
    }
    crew->cars = cars;
    crew->booked = {crew->depart, clock + setting_.way_back(place, home, rest)};
    if (load > kind.load || !lies_in(draft_.cars(cars, day).stretches(), crew->booked))
        return false;
    for (int n = 0; n < crew->size; ++n) {
        auto const &free = draft_.officer(cell, crew->crew[n]);
        if (!free.room() || crew->booked.length() > draft_.spare(cell, crew->crew[n]) ||
            !lies_in(free.stretches(), crew->booked))
            return false;
    }
    int trip = -1;
    for (size_t n = 0; n < stops.size(); ++n)
        trip = draft_.put_on_trip(stops[n].task, stops[n].option, cell, trip, static_cast<int>(n),
                                  windows[n], *crew);
    draft_.commit();
    return true;
}

bool Search::keep_desk_visit(int task, int option, int lead, int second, int day, int start) {
    auto const crew = second < 0 ? kept_crew({lead}) : kept_crew({lead, second});
    if (!crew || !known(task, option) || lead == second)
        return false;
    if (draft_.placement(task).planned() || day < 0 || day >= setting_.days)
        return false;
    auto const &way = setting_.tasks[task].options[option];
    auto const &standing = setting_.standings[way.standing];
    int const base = setting_.officers[lead].base, team = standing.team_of[base];
    int const cell = setting_.cell(base, day);
    if (!draft_.on_roster(base, *crew))
        return false;
    if (way.site >= 0 || team < 0 || !standing.teams[team].lead.has(crew->crew[0]))
        return false;
    if (!CrewFinder::may({&standing, &standing.teams[team]}, *crew))
        return false;
    bool const on_grid = std::any_of(way.windows.begin(), way.windows.end(), [&](auto const &one) {
        return one.day == day && starts_at(one, start);
    });
    Interval const when{start, start + way.minutes};
    if (!on_grid || !lies_in(draft_.desks(cell).stretches(), when))
        return false;
    for (int n = 0; n < crew->size; ++n) {
        auto const &free = draft_.officer(cell, crew->crew[n]);
        if (!free.room() || when.length() > draft_.spare(cell, crew->crew[n]) ||
            !lies_in(free.stretches(), when))
            return false;
    }
    Cost const cost = setting_.price(way, day) + draft_.crew_cost(base, *crew) +
                      draft_.foreign_cost(standing.teams[team], *crew);
    draft_.put_at_desk(task, option, cell, crew->crew[0], second < 0 ? -1 : crew->crew[1], start,
                       cost);
    draft_.commit();
    return true;
}

bool Search::known(int task, int option) const {
    return 0 <= task && task < static_cast<int>(setting_.tasks.size()) && 0 <= option &&
           option < static_cast<int>(setting_.tasks[task].options.size());
}

/// Crews that were kept without those they were to meet stay at home.
void Search::part_broken_meetings() {
    std::vector<int> parted;
    auto const part = [&](int task) {
        auto const &place = draft_.placement(task);
        if (place.trip >= 0) {
            draft_.remove_from_trip(place.trip, place.position, 1, parted);
        } else if (place.desk_cell >= 0) {
            draft_.remove_from_desk(task);
            parted.push_back(task);
        }
    };
    auto const there = [this](int task) { return draft_.placement(task).planned(); };
    do { // a round that cannot go on without one survey loses all of them, others' among them
        parted.clear();
        for (size_t number = 0; number < setting_.tasks.size(); ++number) {
            auto const survey = static_cast<int>(number);
            auto const &options = setting_.tasks[number].options;
            for (size_t way = 0; way < options.size(); ++way) {
                auto const &companions = options[way].companions;
                bool const meant =
                    there(survey) && draft_.placement(survey).option == static_cast<int>(way);
                auto const in_time = [&](int companion) {
                    return there(companion) && comes_after(survey, companion);
                };
                if (meant && std::all_of(companions.begin(), companions.end(), in_time))
                    continue;
                std::for_each(companions.begin(), companions.end(), part);
                if (meant)
                    part(survey);
            }
        }
    } while (!parted.empty());
    draft_.begin_early();
    draft_.commit();
}

/// Whether a companion starts as long after its survey as it should; both are kept to the minute.
bool Search::comes_after(int survey, int companion) const {
    auto const stop = [this](int task) {
        auto const &place = draft_.placement(task);
        return draft_.trip(place.trip).stops[place.position];
    };
    if (draft_.placement(survey).trip < 0 || draft_.placement(companion).trip < 0)
        return false;
    auto const &after = setting_.tasks[companion].after;
    auto const begins = [&](int task) {
        auto const one = stop(task);
        return one.from + one.into;
    };
    int const minutes = begins(companion) - begins(survey);
    return after.from <= minutes && minutes <= after.until;
}

} // namespace yunkan
