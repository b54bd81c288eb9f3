#include "ways.hpp"

#include "free_time.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace yunkan {

namespace {

/// The mean radius of the Earth in metres (IUGG).
constexpr double kEarth = 6'371'008.8;
constexpr double kDegree = 3.14159265358979323846 / 180;

/// Sites up to which a table is quicker to read than a line is to measure: it stays in the cache.
constexpr int kTabled = 1'500;

constexpr int kLongest = kEndOfTime / 4;

} // namespace

Ways::Ways(int sites, std::vector<std::int32_t> seconds)
    : sites_(sites), table_(std::move(seconds)) {
    if (sites < 0 || table_.size() != static_cast<size_t>(sites) * sites)
        throw std::invalid_argument("travel times must be square");
    for (auto way : table_)
        if (way < 0 || way >= kLongest)
            throw std::invalid_argument("a travel time below zero or beyond reason");
    bool symmetric = true;
    auto const at = [this](int from, int to) {
        return table_[static_cast<size_t>(from) * sites_ + to];
    };
    for (int from = 0; from < sites && symmetric; ++from)
        for (int to = 0; to < from && symmetric; ++to)
            symmetric = at(from, to) == at(to, from);
    if (symmetric)
        return;
    back_.resize(table_.size());
    for (int from = 0; from < sites; ++from)
        for (int to = 0; to < sites; ++to)
            back_[static_cast<size_t>(to) * sites + from] = at(from, to);
}

Ways::Ways(std::vector<std::pair<double, double>> const &places, bool plane, double detour,
           double metres_per_second, double standing)
    : sites_(static_cast<int>(places.size())), pace_(detour / metres_per_second),
      standing_(standing), curvature_(plane ? 0 : 1 / (2 * kEarth)) {
    double longest = kEarth * 4; // none is longer than half around the Earth
    for (auto [east, north] : places) {
        if (!std::isfinite(east) || !std::isfinite(north))
            throw std::invalid_argument("a place that is nowhere");
        if (plane) {
            points_.push_back({east, north, 0});
            longest = std::max(longest, 3 * std::hypot(east, north));
            continue;
        }
        double const around = kEarth * std::cos(north * kDegree);
        points_.push_back({around * std::cos(east * kDegree), around * std::sin(east * kDegree),
                           kEarth * std::sin(north * kDegree)});
    }
    if (!(pace_ > 0 && standing_ >= 0 && longest * pace_ + standing_ < kLongest))
        throw std::invalid_argument("a travel time below zero or beyond reason");
    if (sites_ > kTabled)
        return;
    std::vector<std::int32_t> table(static_cast<size_t>(sites_) * sites_);
    for (int from = 0; from < sites_; ++from)
        for (int to = 0; to < from; ++to)
            table[static_cast<size_t>(from) * sites_ + to] =
                table[static_cast<size_t>(to) * sites_ + from] = measured(from, to);
    table_ = std::move(table);
}

} // namespace yunkan
