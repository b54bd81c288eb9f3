// Where a survey would cost least.
#pragma once

#include "crew.hpp"
#include "neighbours.hpp"
#include "seen.hpp"

#include <limits>
#include <span>
#include <vector>

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
    std::vector<Place> companions{}; // where its option's companions would be
};

class Insertion {
public:
    Insertion(Setting const &setting, Draft &draft, Neighbours &neighbours, Random &random)
        : setting_(setting), draft_(draft), neighbours_(neighbours), random_(random),
          crews_(setting, draft, random) {}

    /// The cheapest place that costs less than leaving the survey out; each improvement is
    /// overlooked with probability `blink` (Christiaens and Vanden Berghe). `near` looks beside
    /// its neighbours before it looks everywhere. Where several crews are to meet in a minute that
    /// is settled before, as many minutes are tried as `meetings` says, chosen by chance. A survey
    /// that had no place when so many commits had been made (`missed_at`, -1: who knows) is looked
    /// for one only where something has changed since.
    Place best(int task, double blink, bool near, int meetings, int missed_at = -1);

    /// The cheapest place within some hours of one day, whatever it costs.
    Place within(int task, int day, int from, int until, int meetings);

    void put(int task, Place const &place);

    /// Somebody for a round with these surveys in this order; none where nobody is free for it.
    std::optional<Manning> crew_for(SeenRound const &round);

private:
    /// What is looked for: a place for one way to carry out one survey, at certain times.
    struct Ask {
        int task;
        int option;
        std::span<Window const> windows;
        double blink;
        bool near;
        int missed_at = -1;
    };

    /// A round the survey would fit into, were it made up anew: another crew, car or time.
    struct Remake {
        Cost added; // without what the crew costs, so the least it can cost
        int trip;
        int position;
        int task;
        int option;
        Window const *window;
        Segment shape;
    };

    template <typename When>
    Place search(int task, When when, Place best, double blink, bool near, int meetings,
                 int missed_at = -1);
    void look(Ask const &ask, Place &best);
    void look_for_meetings(Ask const &ask, int meetings, Place &best);
    /// A gap of a round, or a new one, and the least that a survey costs there.
    struct Likely {
        Cost least;
        Team const *team;
        Window const *window;
        int trip; // -1: a new round
        int position;
    };
    void likely_gaps(Ask const &ask, std::vector<Likely> &found) const;
    static Likely next_of(std::vector<Likely> &gaps);
    void look_at_likely_gaps(Ask const &ask, Place &best);
    void look_into(Ask const &ask, Likely const &gap, Place &best);
    void look_for_floating_meetings(Ask const &ask, Place &best);
    void follow(Ask const &ask, Likely const &lead, Place &best);
    /// Somewhere on a day where a crew could take a survey in between: when it could begin at the
    /// earliest, and the least that it adds.
    struct Gate {
        Cost added;
        int ready;
    };
    void gates(int task, Option const &way, int day, std::vector<Gate> &found) const;
    struct Meeting {
        Cost least; // it costs
        Window when;
    };
    void likely_minutes(Ask const &ask);
    [[nodiscard]] Cost meet(Ask const &ask, Window const &minute, Cost most,
                            std::vector<Place> &places);
    [[nodiscard]] std::vector<Window> then(int companion, int option,
                                           Window const &minute) const;
    void look_at_rounds(Ask const &ask, Place &best);
    void look_at_new_rounds(Ask const &ask, Place &best);
    void look_at_neighbours(Ask const &ask, Place &best);
    void look_into_round(Ask const &ask, Need const &need, Window const &window, int trip,
                         int first, int last, Place &best);
    void look_at_remakes(Place &best);
    void look_at_new_round(Ask const &ask, Need const &need, Window const &window, int cell,
                           Place &best);
    void look_at_desks(Ask const &ask, Place &best);
    /// What it costs that a survey begins too late, and others behind it on the round.
    [[nodiscard]] Cost cost_of(Draft::Tardiness const &tardiness) const {
        return tardiness.cost + setting_.worst_tardy_cost * std::max(0, tardiness.worst - worst_);
    }
    [[nodiscard]] Cost cost_of_starting(int task, int start) const {
        int const tardy = setting_.minutes_tardy(task, start);
        return cost_of({setting_.tasks[task].tardy_cost * tardy, tardy});
    }
    [[nodiscard]] Need need_of(Stop const &stop, int base) const;

    Setting const &setting_;
    Draft &draft_;
    Neighbours &neighbours_;
    Random &random_;
    CrewFinder crews_;
    std::vector<Need> needs_;
    std::vector<Remake> remakes_;
    int worst_ = 0;                    // minutes by which the most tardy survey begins too late
    std::vector<Meeting> minutes_;     // at which crews could meet
    std::vector<Gate> gates_, others_; // of the crews that are to meet
    std::vector<Place> places_;        // of the crews that are to meet
    std::vector<Likely> likely_, leads_; // gaps, and those of the first of crews that meet
    std::vector<Window> that_day_;       // of one that is to meet them
};

} // namespace yunkan
