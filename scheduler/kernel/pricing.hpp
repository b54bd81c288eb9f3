// Rounds that would pay at given prices: what a lower bound by column generation asks for.
#pragma once

#include "bits.hpp"
#include "free_time.hpp"
#include "setting.hpp"

#include <vector>

namespace yunkan {

/// All rounds that one crew could make in one stretch of its day, none of them written down.
///
/// The cheapest is found by labels along the clock, a shortest way within limits. A round forgets
/// surveys it met far away, so it may come back to one: it is cheaper then than any real round
/// could be, as a bound may be. Baldacci, Mingozzi and Roberti, "New route relaxation and pricing
/// strategies for the vehicle routing problem", Operations Research 59 (2011).
class Pricing {
public:
    /// Out from `from` to `until` at the longest.
    Pricing(Ways const &ways, int base, Interval stretch, int setup_minutes, Cost trip_cost,
            Cost arrival_cost);

    /// One way to carry out one survey, to begin in one of `starts`, the ends included; surveys
    /// are numbered from 0. Raises std::invalid_argument where numbers make no sense.
    void add_visit(int survey, int site, int minutes, Cost cost,
                   std::vector<Interval> const &starts);

    /// A round of more than so many minutes pays so much more.
    struct Surcharge {
        int minutes;
        double price;
    };
    struct Prices {
        std::vector<double> surveys; // what each one earns
        double round;                // what going out costs beside what the plan pays for it
        double minute;
        std::vector<Surcharge> longer;
    };
    struct Round {
        double price; // cost and prices, less what its surveys earn
        Cost cost;    // what a plan pays for it
        int minutes;  // at least, from leaving to being back
        std::vector<int> visits;
    };
    struct Answer {
        bool complete;             // else a cheaper round may have been missed
        std::vector<Round> rounds; // the cheapest first
    };

    /// The cheapest rounds with a price below zero, at most so many; `near` is how many surveys
    /// each one remembers, and after `most_labels` the search is given up. All prices are at least
    /// 0.
    [[nodiscard]] Answer cheapest(Prices const &prices, int near, int most_labels,
                                  int most_rounds) const;

    /// By the surveys met and the last of them, each round below a price that is as cheap and as
    /// short as any.
    [[nodiscard]] Answer every(Prices const &prices, double below, int most_labels) const;

    /// Minutes of the shortest round; none where nothing can be visited.
    [[nodiscard]] int shortest() const;

private:
    struct Visit {
        int survey;
        int site;
        int minutes;
        Cost cost;
        std::vector<Interval> starts;
    };
    /// A round up to the end of one of its visits.
    struct Label {
        int visit;
        int clock;
        int minutes; // without waiting
        Cost cost;
        double price;
        Bits met; // surveys it remembers
        int before;
        bool beaten = false;
    };
    class Labels;
    class Onward;

    [[nodiscard]] Answer below(double limit, bool every, Prices const &prices, int near,
                               int most_labels, int most_rounds) const;
    [[nodiscard]] int lead(int place, int to) const;
    [[nodiscard]] Cost leg(int place, int to) const;
    [[nodiscard]] int start(Visit const &visit, int ready) const; // -1: too late
    [[nodiscard]] std::vector<Bits> remembered(int near) const;
    [[nodiscard]] Round finished(Label const &label, Prices const &prices) const;

    Ways const &ways_;
    int base_;
    Interval stretch_;
    int setup_minutes_;
    Cost trip_cost_, arrival_cost_;
    int surveys_ = 0;
    std::vector<Visit> visits_;
};

} // namespace yunkan
