#include "neighbours.hpp"

#include <algorithm>
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
}

std::vector<int> const &Neighbours::of(int task) {
    auto &near = near_[task];
    if (!near.empty() || visit_of_[task] < 0)
        return near;
    auto const one = static_cast<size_t>(visit_of_[task]);
    std::vector<std::pair<double, int>> order;
    order.reserve(visits_.size());
    for (size_t other = 0; other < visits_.size(); ++other)
        order.emplace_back(other == one ? -1 : distance(one, other), visits_[other].task);
    auto const most = std::min<size_t>(order.size(), kMost);
    std::partial_sort(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(most),
                      order.end());
    for (size_t n = 0; n < most; ++n)
        near.push_back(order[n].second);
    return near;
}

double Neighbours::distance(size_t one, size_t other) const {
    auto const &a = visits_[one], &b = visits_[other];
    double const there = setting_.from(a.site)[b.site] / 60.0;
    double const back = setting_.to(a.site)[b.site] / 60.0;
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
