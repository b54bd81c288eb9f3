#include "neighbours.hpp"

#include <algorithm>
#include <limits>
#include <utility>

namespace yunkan {

namespace {

// Vidal, Crainic, Gendreau and Prins, "A hybrid genetic algorithm with adaptive diversity
// management for a large class of vehicle routing problems with time-windows" (2013): a minute
// waited weighs a fifth of a minute driven, a minute late as much as one.
constexpr double kWait = 0.2;
constexpr double kLate = 1.0;

/// Surveys that share no day are as far apart as this many minutes of driving.
constexpr double kOtherDay = 600;

} // namespace

Neighbours::Neighbours(Setting const &setting)
    : setting_(setting), visit_of_(setting.tasks.size(), -1), near_(setting.tasks.size()) {
    for (size_t task = 0; task < setting.tasks.size(); ++task)
        for (auto const &option : setting.tasks[task].options) {
            if (option.site < 0)
                continue;
            visit_of_[task] = static_cast<int>(visits_.size());
            visits_.push_back({static_cast<int>(task), option.site, option.minutes});
            auto &hours = hours_.emplace_back();
            for (auto const &window : option.windows) {
                if (!hours.empty() && hours.back().day == window.day)
                    hours.back().until = std::max(hours.back().until, window.until);
                else
                    hours.push_back({window.day, window.from, window.until});
            }
            break; // its first way to be made on site will do
        }
    auto const &sites = setting.ways().points();
    if (sites.empty())
        return;
    std::vector<Point> points;
    for (auto const &visit : visits_)
        points.push_back(sites[visit.site]);
    tree_.emplace(points);
}

std::vector<int> const &Neighbours::of(int task) {
    auto &near = near_[task];
    if (!near.empty() || visit_of_[task] < 0)
        return near;
    rank(static_cast<size_t>(visit_of_[task]));
    for (auto const &[distance, other] : ranked_)
        near.push_back(other);
    return near;
}

/// The nearest visits, in order.
void Neighbours::rank(size_t one) {
    ranked_.clear();
    auto const look = [&](int number) {
        auto const other = static_cast<size_t>(number);
        std::pair const visit(other == one ? -1 : distance(one, other), visits_[other].task);
        if (ranked_.size() == kMost) {
            if (visit >= ranked_.front())
                return;
            std::pop_heap(ranked_.begin(), ranked_.end());
            ranked_.pop_back();
        }
        ranked_.push_back(visit);
        std::push_heap(ranked_.begin(), ranked_.end());
    };
    if (tree_) // a visit is never nearer in time than on the road
        tree_->near(static_cast<int>(one), look, [&] {
            bool const full = ranked_.size() == kMost;
            return full ? (60 * ranked_.front().first + 1) / setting_.ways().pace()
                        : std::numeric_limits<double>::infinity();
        });
    else
        for (size_t other = 0; other < visits_.size(); ++other)
            look(static_cast<int>(other));
    std::sort(ranked_.begin(), ranked_.end());
}

double Neighbours::distance(size_t one, size_t other) const {
    auto const &a = visits_[one], &b = visits_[other];
    double const there = setting_.seconds(a.site, b.site) / 60.0;
    double const back = setting_.seconds(b.site, a.site) / 60.0;
    double time = kOtherDay;
    for (size_t m = 0, n = 0; m < hours_[one].size() && n < hours_[other].size();) {
        auto const &x = hours_[one][m], &y = hours_[other][n];
        if (x.day == y.day) {
            auto const cost = [](Hours const &first, double reach, Hours const &then) {
                return kWait * std::max(0.0, then.from - reach - first.until) +
                       kLate * std::max(0.0, first.from + reach - then.until);
            };
            time = std::min(
                {time, there + cost(x, a.minutes + there, y), back + cost(y, b.minutes + back, x)});
        }
        x.day < y.day ? ++m : ++n;
    }
    return time == kOtherDay ? kOtherDay + std::min(there, back) : time;
}

} // namespace yunkan
