// What is torn down before it is built again: neighbouring stops, whole rounds, a person's day.
#pragma once

#include "draft.hpp"
#include "neighbours.hpp"
#include "random.hpp"

#include <vector>

namespace yunkan {

class Ruin {
public:
    Ruin(Setting const &setting, Draft &draft, Neighbours &neighbours, Random &random);

    /// Whether there are no crews and no desks, only rounds of one officer each.
    [[nodiscard]] bool only_strings() const { return only_strings_; }

    /// Take some surveys out of the draft. Promised ones stay where they are.
    std::vector<int> const &tear_down();

    /// Take out all but the promised ones; nothing, where crews that meet cannot all be taken out.
    std::vector<int> const &tear_all_down();

    /// The survey of several crews that was left out and that way was made for; -1: none.
    [[nodiscard]] int favoured() const { return favoured_; }

private:
    void choose();
    void take_companions_too();
    [[nodiscard]] bool take_companions();
    void strings(int seed);
    void rounds(int cell, int most);
    void rounds_then(int cell, int most, Interval when);
    void somebodys_day(int cell);
    void officers_time(int cell, int officer, Interval when);
    void time_of_crews(Option const &option, int day, Interval when);
    void desks(int cell, double share, Interval when);
    void make_way(int task);
    void take_string(int trip, int around, int length);
    void take(int task);
    [[nodiscard]] bool pinned(int trip) const;
    [[nodiscard]] Interval at_desk(int task) const;

    Setting const &setting_;
    Draft &draft_;
    Neighbours &neighbours_;
    Random &random_;
    std::vector<int> removed_;
    std::vector<int> on_site_; // tasks that can be carried out on site
    bool only_strings_;        // nothing but rounds of one officer
    std::vector<int> ruined_;  // by trip: the last time it was ruined
    int time_ = 0;
    int favoured_ = -1;
};

} // namespace yunkan
