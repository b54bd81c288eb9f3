// Where a survey would cost least.
#pragma once

#include "crew.hpp"

#include <limits>

namespace yunkan {

/// A place for a survey and what it would add to the cost.
struct Place {
    static constexpr Cost kNowhere = std::numeric_limits<Cost>::max() / 4;

    Cost cost = kNowhere;
    double liking = 0; // at desks, among places of one cost: the smaller, the better
    int option = -1;
    int cell = -1;
    int trip = -1; // -1: a new round
    int position = 0;
    Window window{};
    Manning manning{};                    // of a round
    int lead = -1, second = -1, start = 0; // at a desk
    Cost desk_cost = 0;
};

class Insertion {
public:
    Insertion(Setting const &setting, Draft &draft, Random &random)
        : setting_(setting), draft_(draft), random_(random), crews_(setting, draft, random) {}

    /// The cheapest place that costs less than leaving the survey out; each improvement is
    /// overlooked with probability `blink` (Christiaens and Vanden Berghe).
    Place best(int task, double blink);
    void put(int task, Place const &place);

private:
    void look_at_rounds(int task, int option, double blink, Place &best);
    void look_into_round(int task, int option, Need const &need, Window const &window, int trip,
                         double blink, Place &best);
    void look_at_new_round(int task, int option, Need const &need, Window const &window,
                           int cell, double blink, Place &best);
    void look_at_desks(int task, int option, double blink, Place &best);
    [[nodiscard]] Need need_of(Stop const &stop, int base) const;

    Setting const &setting_;
    Draft &draft_;
    Random &random_;
    CrewFinder crews_;
    std::vector<Need> needs_;
};

} // namespace yunkan
