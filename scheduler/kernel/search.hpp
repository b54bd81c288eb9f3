// Ruin and recreate with simulated annealing: the best plan so far is always at hand.
#pragma once

#include "insertion.hpp"
#include "ruin.hpp"

#include <functional>
#include <optional>

namespace yunkan {

struct Progress {
    double seconds;
    std::int64_t iterations;
    int planned;
    Cost cost; // of the best plan so far, surveys left out included
};

class Search {
public:
    Search(Setting const &setting, std::uint64_t seed);

    bool at_work = false; // for whoever calls from several threads, or from `go_on`

    // Start from a plan that is already there. Each returns false, and changes nothing, where it
    // cannot be kept: somebody is away, the time is taken, a rule has changed.

    struct KeptStop {
        int task;
        int option;
        int start; // matters only where several crews meet
    };
    bool keep_round(int day, int cars, std::vector<int> const &officers, int depart,
                    std::vector<KeptStop> const &stops);
    bool keep_desk_visit(int task, int option, int lead, int second, int day, int start);

    /// Where a survey that is not planned could begin within some hours of a day, beside what the
    /// search was started from and before it improves anything.
    struct Offer {
        int option;
        int start;
        Cost cost;           // what it would add
        int driving = 0;     // seconds more on the road, of all its crews
        bool on_way = false; // by a round that is made anyway
    };
    std::optional<Offer> offer(int task, int day, int from, int until);

    /// Put everything not yet planned in its cheapest place, the promised and the hard first.
    /// Returns false when `go_on` said to stop before every survey was tried.
    bool construct(std::function<bool(Progress const &)> const &go_on);

    /// Improve for so many seconds or iterations, whichever end first. `by_count` says that it
    /// cools by the count alone, so that the same seed and count give the same plan. `go_on` is
    /// asked about twenty times a second and may say to stop. `cooled` is how much of the way from
    /// hot to cold lies behind already, from 0 to 1. Where `remember` says so, the rounds that are
    /// tried can be asked for afterwards.
    void improve(double seconds, std::int64_t iterations, bool by_count, double cooled,
                 bool remember, std::function<bool(Progress const &)> const &go_on);

    /// The rounds of the plans that were tried and remembered, and which of them are in the best
    /// one. Very long rounds, and those of crews that meet, are in neither.
    [[nodiscard]] std::vector<SeenRound> const &seen() const { return seen_.all(); }
    [[nodiscard]] std::vector<size_t> present() const;

    /// Go on from a plan of these rounds (indices into `seen`; a survey that is in two stays in
    /// the first) and of those of crews that meet, with the desk visits there are as far as they
    /// fit; everything else is put in its cheapest place. The best plan stays the best until there
    /// is a better one; whether this is.
    bool regroup(std::vector<int> const &rounds);

    /// Go on from another plan: all but what was promised is taken out and put in its cheapest place
    /// in an order of chance. The best plan stays the best until there is a better one.
    void begin_anew();

    [[nodiscard]] Setting const &setting() const { return setting_; }
    [[nodiscard]] Cost cost() const { return best_cost_; }
    /// Surveys that the best plan so far leaves out though there is somebody who could make them.
    [[nodiscard]] int left_out() const;
    [[nodiscard]] std::int64_t iterations() const { return iterations_; }

    // the best plan so far
    [[nodiscard]] std::vector<Trip> const &trips() const { return best_trips_; }
    [[nodiscard]] std::vector<Placement> const &placements() const { return best_placements_; }

private:
    [[nodiscard]] bool known(int task, int option) const;
    [[nodiscard]] std::int64_t times_left_out() const;
    bool take_turns(Cost missed, std::int64_t often, Cost dearer);
    bool give_one_up(Cost missed, double part);
    [[nodiscard]] Cost least_left_out() const;
    void part_broken_meetings();
    [[nodiscard]] bool comes_after(int survey, int companion) const;
    /// Seconds of driving that a planned survey adds to its round.
    [[nodiscard]] int detour(int task) const;
    [[nodiscard]] std::optional<Manning> kept_crew(std::vector<int> const &officers) const;
    void recreate(std::vector<int> &tasks, double blink);
    void order(std::vector<int> &tasks);
    void keep_best();
    void settle(int task);
    [[nodiscard]] double typical_leg();
    [[nodiscard]] Progress progress() const;

    Setting const &setting_;
    Random random_;
    Draft draft_;
    Neighbours neighbours_;
    Insertion insertion_;
    bool many_;
    int companions_; // tasks that are no survey by themselves
    Ruin ruin_;
    SeenRounds seen_;
    std::vector<Trip> best_trips_;
    std::vector<Placement> best_placements_;
    Cost best_cost_;
    std::vector<std::int64_t> left_out_; // by task: in how many drafts
    std::vector<int> missed_at_; // by task: after how many commits there was no place; -1: unknown
    int best_planned_ = 0;
    std::int64_t iterations_ = 0;
    double seconds_ = 0;
};

} // namespace yunkan
