#include "regroup.hpp"

#include <algorithm>

namespace yunkan {

namespace {

/// Orders in which crews are looked for before what does not work is left out.
constexpr int kOrders = 300;

/// Desk visits a round is worth.
constexpr int kRound = 1'000;

} // namespace

Regroup::Regroup(Setting const &setting, Draft &draft, Insertion &insertion, Random &random,
                 std::vector<Trip> const &trips, std::vector<Placement> const &placements)
    : setting_(setting), draft_(draft), insertion_(insertion), random_(random), trips_(trips),
      placements_(placements), desk_tasks_(setting.cells()) {
    for (size_t task = 0; task < placements.size(); ++task)
        if (int const cell = placements[task].desk_cell; cell >= 0)
            desk_tasks_[cell].push_back(static_cast<int>(task));
}

void Regroup::cell(int number, std::vector<SeenRound const *> rounds) {
    auto const before = draft_.mark();
    if (around_desks(number, rounds))
        return;
    int const everything =
        kRound * static_cast<int>(rounds.size()) + static_cast<int>(desk_tasks_[number].size());
    int best = -1;
    std::vector<std::pair<SeenRound const *, Manning>> chosen, manned;
    for (int order = 0; order < kOrders; ++order) {
        draft_.rollback(before);
        random_.shuffle(rounds);
        manned.clear();
        for (auto const *round : rounds)
            if (auto const crew = insertion_.crew_for(*round)) {
                put(*round, *crew);
                manned.emplace_back(round, *crew);
            }
        int const kept = kRound * static_cast<int>(manned.size()) + back_to_desks(number);
        if (kept > best) {
            best = kept;
            chosen = manned;
        }
        if (best == everything)
            break;
    }
    draft_.rollback(before);
    for (auto const &[round, crew] : chosen)
        put(*round, crew);
    back_to_desks(number);
}

void Regroup::hold(Trip const &trip) {
    int id = -1;
    for (size_t n = 0; n < trip.stops.size(); ++n) {
        auto const &stop = trip.stops[n];
        Window const window{trip.cell % setting_.days, stop.from, stop.until, 1};
        id = draft_.put_on_trip(stop.task, stop.option, trip.cell, id, static_cast<int>(n), window,
                                trip.manning);
    }
}

bool Regroup::around_desks(int cell, std::vector<SeenRound const *> const &rounds) {
    std::vector<SeenRound const *> fresh;
    for (auto const *round : rounds)
        if (auto const *trip = present(*round); trip && has_minutes(*trip))
            put(*round, trip->manning);
        else
            fresh.push_back(round);
    back_to_desks(cell);
    return std::all_of(fresh.begin(), fresh.end(), [this](SeenRound const *round) {
        auto const crew = insertion_.crew_for(*round);
        if (crew)
            put(*round, *crew);
        return crew.has_value();
    });
}

/// Whether a round of somebody alone is of one who is like him.
bool Regroup::by_the_same(Trip const &trip, SeenRound const &round) const {
    if (round.alike < 0)
        return true;
    auto const &base = setting_.bases[trip.cell / setting_.days];
    return setting_.officers[base.officers[trip.manning.crew[0]]].alike == round.alike;
}

/// The round of the plan there is that is the same.
Trip const *Regroup::present(SeenRound const &round) const {
    int const id = placements_[round.visits.front().task].trip;
    if (id < 0 || trips_[id].cell != round.cell || !by_the_same(trips_[id], round))
        return nullptr;
    auto const &stops = trips_[id].stops;
    bool const same =
        std::equal(stops.begin(), stops.end(), round.visits.begin(), round.visits.end(),
                   [](Stop const &stop, SeenRound::Visit const &visit) {
                       return stop.task == visit.task && stop.option == visit.option &&
                              stop.from == visit.window.from;
                   });
    return same ? &trips_[id] : nullptr;
}

/// Whether its crew has so many minutes left: on other days they may have got more to do.
bool Regroup::has_minutes(Trip const &trip) const {
    auto const &manning = trip.manning;
    return std::all_of(manning.crew.begin(), manning.crew.begin() + manning.size, [&](int one) {
        return manning.booked.length() <= draft_.spare(trip.cell, one);
    });
}

void Regroup::put(SeenRound const &round, Manning const &crew) {
    int trip = -1;
    for (size_t n = 0; n < round.visits.size(); ++n) {
        auto const &[task, option, window] = round.visits[n];
        trip =
            draft_.put_on_trip(task, option, round.cell, trip, static_cast<int>(n), window, crew);
    }
}

/// Returns how many of the desk visits there were are there again.
int Regroup::back_to_desks(int cell) {
    int back = 0;
    for (int task : desk_tasks_[cell]) {
        auto const &place = placements_[task];
        int const until = place.start + setting_.tasks[task].options[place.option].minutes;
        if (draft_.placement(task).planned() ||
            !draft_.desk_free(cell, place.lead, place.second, {place.start, until}))
            continue;
        draft_.put_at_desk(task, place.option, cell, place.lead, place.second, place.start,
                           place.cost);
        ++back;
    }
    return back;
}

} // namespace yunkan
