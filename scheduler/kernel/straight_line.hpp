// Driving times where there is no map: the great-circle distance times a detour.
#pragma once

#include <cmath>
#include <cstdint>
#include <utility>
#include <vector>

namespace yunkan {

/// The mean radius of the Earth in metres (IUGG).
constexpr double kEarth = 6'371'008.8;

/// Seconds from every place (longitude, latitude in degrees) to every other, row by row.
inline std::vector<std::int32_t> straight_line(std::vector<std::pair<double, double>> const &places,
                                               double detour, double metres_per_second) {
    struct Point {
        double east, north, cosine; // radians
    };
    constexpr double kDegree = 3.14159265358979323846 / 180;
    std::vector<Point> points;
    for (auto [east, north] : places)
        points.push_back({east * kDegree, north * kDegree, std::cos(north * kDegree)});
    auto const count = points.size();
    std::vector<std::int32_t> result(count * count);
    for (size_t a = 0; a < count; ++a)
        for (size_t b = 0; b < a; ++b) {
            double const x = std::sin((points[b].east - points[a].east) / 2);
            double const y = std::sin((points[b].north - points[a].north) / 2);
            double const half = y * y + points[a].cosine * points[b].cosine * x * x;
            double const metres = 2 * kEarth * std::asin(std::sqrt(half));
            auto const seconds =
                static_cast<std::int32_t>(std::lround(metres * detour / metres_per_second));
            result[a * count + b] = result[b * count + a] = seconds;
        }
    return result;
}

} // namespace yunkan
