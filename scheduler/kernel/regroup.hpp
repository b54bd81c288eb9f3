// A plan of rounds that were chosen from those seen: who goes, and which desk visits can stay.
#pragma once

#include "insertion.hpp"

#include <vector>

namespace yunkan {

class Regroup {
public:
    /// `trips` and `placements` are the plan there is; the draft is changed to the new one.
    Regroup(Setting const &setting, Draft &draft, Insertion &insertion, Random &random,
            std::vector<Trip> const &trips, std::vector<Placement> const &placements);

    /// The day's rounds of one base. Those of the plan there is keep crew and time, and new ones
    /// go around its desk visits; where that cannot be, everybody is chosen anew, and desk visits
    /// that no longer fit are left out, as are rounds that find nobody.
    void cell(int number, std::vector<SeenRound const *> rounds);

    /// A round that stays as it is.
    void hold(Trip const &trip);

private:
    [[nodiscard]] bool by_the_same(Trip const &trip, SeenRound const &round) const;
    [[nodiscard]] Trip const *present(SeenRound const &round) const;
    [[nodiscard]] bool has_minutes(Trip const &trip) const;
    bool around_desks(int cell, std::vector<SeenRound const *> const &rounds);
    void put(SeenRound const &round, Manning const &crew);
    int back_to_desks(int cell);

    Setting const &setting_;
    Draft &draft_;
    Insertion &insertion_;
    Random &random_;
    std::vector<Trip> const &trips_;
    std::vector<Placement> const &placements_;
    std::vector<std::vector<int>> desk_tasks_; // by cell
};

} // namespace yunkan
