// Who goes: the officers, the kind of car and the time for a round, or for a desk.
#pragma once

#include "draft.hpp"
#include "random.hpp"

#include <optional>
#include <vector>

namespace yunkan {

/// What one survey asks of the crew that carries it out.
struct Need {
    Standing const *standing;
    Team const *team;
};

class CrewFinder {
public:
    CrewFinder(Setting const &setting, Draft &draft, Random &random)
        : setting_(setting), draft_(draft), random_(random) {}

    /// A crew, a kind of car and a time for a round of this shape; `present` are officers it is
    /// better to keep. Among crews of one price the more versatile is likelier. Who goes alone
    /// must be one of those `alike`, if that is not -1.
    ///
    /// The price is the crew's own: help from other districts and unusual pairs.
    struct Found {
        Manning manning;
        Cost price;
    };
    std::optional<Found> for_round(int cell, std::vector<Need> const &needs, Segment const &shape,
                                   int load, Manning const *present, int alike = -1);

    /// Whether anybody else has so many minutes on end, or all of the crew there is at another
    /// time: without that nobody else could make its round.
    [[nodiscard]] bool could_change(int cell, Manning const &present, int minutes) const;

    struct Desk {
        int lead, second, start;
        Cost price;
        double liking; // the smaller, the better, among those of one price
    };
    std::optional<Desk> for_desk(int cell, Need const &need, int minutes, Window const &window);

    /// Whether this crew may carry out the survey.
    static bool may(Need const &need, Manning const &manning);

private:
    /// Minutes at which something may start, as closed stretches.
    struct Starts {
        int count = 0;
        std::array<Interval, FreeTime::kMost + 1> stretches;
    };

    static void starts(std::span<Interval const> free, Segment const &shape, Starts &into);
    /// The same of a round, whose surveys begin on the grid.
    void departures(std::span<Interval const> free, Segment const &shape, Starts &into) const;
    static bool meet(Starts const &one, Starts const &other, Starts &both);
    void judge(int cell, std::vector<Need> const &needs, Manning const &crew, Starts const &when,
               Manning const *present);
    void larger_crew(int cell, std::vector<Need> const &needs, std::vector<int> const &able,
                     size_t next, Manning &crew, Starts const &when, int size,
                     Manning const *present, int &looks);
    [[nodiscard]] Interval to_book(int cell, Manning const &manning, int minutes) const;

    Setting const &setting_;
    Draft &draft_;
    Random &random_;
    std::vector<Starts> officer_starts_;  // by local number
    std::vector<double> officer_likings_; // at desks, the same
    std::optional<Found> best_;
    double best_liking_ = 0;
};

} // namespace yunkan
