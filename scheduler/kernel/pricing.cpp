#include "pricing.hpp"

#include <algorithm>
#include <limits>
#include <optional>
#include <queue>
#include <stdexcept>

namespace yunkan {

namespace {

constexpr int kAtBase = -1;

/// Cheaper by less is not cheaper.
constexpr double kNothing = 1e-6;

/// Labels after which it pays to work out how cheaply each of them could go on.
constexpr size_t kMany = 2'000;

} // namespace

Pricing::Pricing(Ways const &ways, int base, Interval stretch, int setup_minutes, Cost trip_cost,
                 Cost arrival_cost)
    : ways_(ways), base_(base), stretch_(stretch), setup_minutes_(setup_minutes),
      trip_cost_(trip_cost), arrival_cost_(arrival_cost) {
    if (base < 0 || base >= ways.sites() || stretch.from < 0 || stretch.until > kEndOfTime)
        throw std::invalid_argument("an unknown base, or a stretch beyond reason");
}

void Pricing::add_visit(int survey, int site, int minutes, Cost cost,
                        std::vector<Interval> const &starts) {
    if (survey < 0 || survey >= Bits::kMost || site < 0 || site >= ways_.sites() || minutes < 1)
        throw std::invalid_argument("an unknown survey or site, or one without a length");
    surveys_ = std::max(surveys_, survey + 1);
    visits_.push_back({survey, site, minutes, cost, starts});
}

int Pricing::lead(int place, int to) const {
    int const from = place == kAtBase ? base_ : visits_[place].site;
    if (place != kAtBase && from == visits_[to].site)
        return 0;
    return Setting::whole_minutes(ways_.seconds(from, visits_[to].site)) + setup_minutes_;
}

Cost Pricing::leg(int place, int to) const {
    int const from = place == kAtBase ? base_ : visits_[place].site;
    if (place != kAtBase && from == visits_[to].site)
        return 0;
    return ways_.seconds(from, visits_[to].site) + arrival_cost_;
}

int Pricing::start(Visit const &visit, int ready) const {
    auto const some = std::partition_point(visit.starts.begin(), visit.starts.end(),
                                           [&](auto const &one) { return one.until < ready; });
    return some == visit.starts.end() ? -1 : std::max(ready, some->from);
}

int Pricing::shortest() const {
    int least = kEndOfTime;
    for (size_t n = 0; n < visits_.size(); ++n)
        least = std::min(least, lead(kAtBase, static_cast<int>(n)) + visits_[n].minutes +
                                    Setting::whole_minutes(ways_.seconds(visits_[n].site, base_)));
    return least;
}

/// By visit: its own survey and those nearest to it.
std::vector<Bits> Pricing::remembered(int near) const {
    std::vector<Bits> result(visits_.size());
    std::vector<std::pair<int, int>> others;
    for (size_t n = 0; n < visits_.size(); ++n) {
        others.clear();
        for (auto const &visit : visits_)
            others.emplace_back(ways_.seconds(visits_[n].site, visit.site), visit.survey);
        std::sort(others.begin(), others.end());
        result[n].add(visits_[n].survey);
        for (auto [_, survey] : others) {
            if (result[n].count() >= near)
                break;
            result[n].add(survey);
        }
    }
    return result;
}

/// The labels of each visit that no other one beats.
class Pricing::Labels {
public:
    Labels(size_t visits, bool by_minutes, bool every)
        : by_minutes_(by_minutes), every_(every), unbeaten_(visits) {}

    [[nodiscard]] size_t size() const { return all_.size(); }
    [[nodiscard]] Label const &operator[](int number) const { return all_[number]; }

    /// Its number, or -1 where another label can do all it can do for no more.
    int add(Label const &label) {
        auto &others = unbeaten_[label.visit];
        for (int other : others)
            if (beats(all_[other], label))
                return -1;
        std::erase_if(others,
                      [&](int other) { return all_[other].beaten = beats(label, all_[other]); });
        all_.push_back(label);
        others.push_back(static_cast<int>(all_.size()) - 1);
        return others.back();
    }

private:
    [[nodiscard]] bool beats(Label const &one, Label const &other) const {
        return one.clock <= other.clock && one.price <= other.price &&
               (!by_minutes_ || one.minutes <= other.minutes) && one.met.within(other.met) &&
               (!every_ || other.met.within(one.met));
    }

    bool by_minutes_; // how long a round is matters beside its price so far
    bool every_;      // no other surveys make up for those met
    std::vector<Label> all_;
    std::vector<std::vector<int>> unbeaten_;
};

/// The least that a round still costs, prices included, from the end of a visit at some minute on:
/// worked out backwards along the clock, and forgetting whom it has met.
class Pricing::Onward {
public:
    Onward(Pricing const &pricing, Prices const &prices)
        : from_(pricing.stretch_.from), minutes_(pricing.stretch_.length() + 1),
          least_(pricing.visits_.size() * static_cast<size_t>(minutes_), kNever) {
        auto const &visits = pricing.visits_;
        int const count = static_cast<int>(visits.size()), until = pricing.stretch_.until;
        std::vector<int> home(count), lead(static_cast<size_t>(count) * count);
        std::vector<double> back(count), paid(lead.size());
        for (int at = 0; at < count; ++at) {
            int const seconds = pricing.ways_.seconds(visits[at].site, pricing.base_);
            home[at] = Setting::whole_minutes(seconds);
            back[at] = seconds + prices.minute * home[at];
            for (int to = 0; to < count; ++to) {
                size_t const way = static_cast<size_t>(at) * count + to;
                lead[way] = pricing.lead(at, to);
                paid[way] = static_cast<double>(pricing.leg(at, to) + visits[to].cost) +
                            prices.minute * (lead[way] + visits[to].minutes) -
                            prices.surveys[visits[to].survey];
            }
        }
        for (int clock = until; clock >= from_; --clock)
            for (int at = 0; at < count; ++at) {
                if (clock + home[at] > until)
                    continue;
                double least = back[at];
                for (int to = 0; to < count; ++to) {
                    size_t const way = static_cast<size_t>(at) * count + to;
                    if (visits[to].survey == visits[at].survey ||
                        clock + lead[way] + visits[to].minutes + home[to] > until)
                        continue;
                    int const begun = pricing.start(visits[to], clock + lead[way]);
                    if (begun < 0 || begun + visits[to].minutes > until)
                        continue;
                    least =
                        std::min(least, paid[way] + this->least(to, begun + visits[to].minutes));
                }
                least_[index(at, clock)] = least;
            }
    }

    [[nodiscard]] double least(int visit, int clock) const { return least_[index(visit, clock)]; }

private:
    static constexpr double kNever = std::numeric_limits<double>::infinity();

    [[nodiscard]] size_t index(int visit, int clock) const {
        return static_cast<size_t>(visit) * minutes_ + (clock - from_);
    }

    int from_, minutes_;
    std::vector<double> least_;
};

Pricing::Answer Pricing::cheapest(Prices const &prices, int near, int most_labels,
                                  int most_rounds) const {
    return below(0, false, prices, near, most_labels, most_rounds);
}

Pricing::Answer Pricing::every(Prices const &prices, double below, int most_labels) const {
    return this->below(below, true, prices, Bits::kMost, most_labels, most_labels);
}

Pricing::Answer Pricing::below(double limit, bool every, Prices const &prices, int near,
                               int most_labels, int most_rounds) const {
    if (static_cast<int>(prices.surveys.size()) < surveys_)
        throw std::invalid_argument("a survey without a price");
    int const visits = static_cast<int>(visits_.size());
    auto const kept = remembered(near);
    Labels labels(visits_.size(), every || !prices.longer.empty(), every);
    using Due = std::pair<int, int>; // clock, label
    std::priority_queue<Due, std::vector<Due>, std::greater<>> due;
    std::vector<std::pair<double, int>> paying;
    std::optional<Onward> onward;
    auto const hopeless = [&](Label const &label) {
        return onward && label.price + onward->least(label.visit, label.clock) >= limit - kNothing;
    };

    auto const go_on = [&](Label const &from, int number) {
        for (int to = 0; to < visits; ++to) {
            auto const &visit = visits_[to];
            if (from.met.has(visit.survey))
                continue;
            int const lead = this->lead(from.visit, to);
            int const begun = start(visit, from.clock + lead);
            if (begun < 0)
                continue;
            int const home = Setting::whole_minutes(ways_.seconds(visit.site, base_));
            int const clock = begun + visit.minutes;
            if (clock + home > stretch_.until)
                continue;
            Cost const cost = leg(from.visit, to) + visit.cost;
            Label next{.visit = to,
                       .clock = clock,
                       .minutes = from.minutes + lead + visit.minutes,
                       .cost = from.cost + cost,
                       .price = from.price + static_cast<double>(cost) +
                                prices.minute * (lead + visit.minutes) -
                                prices.surveys[visit.survey],
                       .met = from.met,
                       .before = number};
            if (hopeless(next))
                continue;
            next.met &= kept[to];
            next.met.add(visit.survey);
            if (int const added = labels.add(next); added >= 0)
                due.emplace(clock, added);
        }
    };
    Label const at_base{.visit = kAtBase,
                        .clock = stretch_.from,
                        .minutes = 0,
                        .cost = trip_cost_,
                        .price = prices.round + static_cast<double>(trip_cost_),
                        .met = {},
                        .before = -1};
    go_on(at_base, -1);
    while (!due.empty() && static_cast<int>(labels.size()) <= most_labels) {
        int const number = due.top().second;
        due.pop();
        if (labels[number].beaten || hopeless(labels[number]))
            continue;
        if (!onward && labels.size() > kMany)
            onward.emplace(*this, prices);
        if (double const price = finished(labels[number], prices).price; price < limit - kNothing)
            paying.emplace_back(price, number);
        Label const from = labels[number]; // those behind it may move
        go_on(from, number);
    }
    std::sort(paying.begin(), paying.end());
    Answer answer{.complete = due.empty(), .rounds = {}};
    for (auto [_, number] : paying) {
        if (static_cast<int>(answer.rounds.size()) == most_rounds)
            break;
        auto round = finished(labels[number], prices);
        for (int at = number; at >= 0; at = labels[at].before)
            round.visits.push_back(labels[at].visit);
        std::reverse(round.visits.begin(), round.visits.end());
        answer.rounds.push_back(std::move(round));
    }
    return answer;
}

/// The round that goes home from here, without its visits.
Pricing::Round Pricing::finished(Label const &label, Prices const &prices) const {
    int const seconds = ways_.seconds(visits_[label.visit].site, base_);
    int const home = Setting::whole_minutes(seconds);
    int const minutes = label.minutes + home;
    double price = label.price + seconds + prices.minute * home;
    for (auto const &surcharge : prices.longer)
        if (minutes > surcharge.minutes)
            price += surcharge.price;
    return {price, label.cost + seconds, minutes, {}};
}

} // namespace yunkan
