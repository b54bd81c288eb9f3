// Where a survey would cost least.
#pragma once

#include "crew.hpp"
#include "neighbours.hpp"

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
    Manning manning{};                     // of a round
    int lead = -1, second = -1, start = 0; // at a desk
    Cost desk_cost = 0;
};

class Insertion {
public:
    Insertion(Setting const &setting, Draft &draft, Neighbours &neighbours, Random &random)
        : setting_(setting), draft_(draft), neighbours_(neighbours), random_(random),
          crews_(setting, draft, random) {}

    /// The cheapest place that costs less than leaving the survey out; each improvement is
    /// overlooked with probability `blink` (Christiaens and Vanden Berghe). `near` looks beside
    /// its neighbours before it looks everywhere.
    Place best(int task, double blink, bool near);
    void put(int task, Place const &place);

private:
    /// A round the survey would fit into, were it made up anew: another crew, car or time.
    struct Remake {
        Cost added; // without what the crew costs, so the least it can cost
        int trip;
        int position;
        int option;
        Window const *window;
        Segment shape;
    };

    void look_at_rounds(int task, int option, double blink, Place &best);
    void look_at_new_rounds(int task, int option, double blink, Place &best);
    void look_at_neighbours(int task, int option, double blink, Place &best);
    void look_into_round(int task, int option, Need const &need, Window const &window, int trip,
                         int first, int last, double blink, Place &best);
    void look_at_remakes(int task, Place &best);
    void look_at_new_round(int task, int option, Need const &need, Window const &window, int cell,
                           double blink, Place &best);
    void look_at_desks(int task, int option, double blink, Place &best);
    [[nodiscard]] Need need_of(Stop const &stop, int base) const;

    Setting const &setting_;
    Draft &draft_;
    Neighbours &neighbours_;
    Random &random_;
    CrewFinder crews_;
    std::vector<Need> needs_;
    std::vector<Remake> remakes_;
};

} // namespace yunkan
