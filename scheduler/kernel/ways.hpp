// How long the ways between sites are: a table, or places with straight lines and a detour.
#pragma once

#include <cmath>
#include <cstdint>
#include <vector>

namespace yunkan {

/// A site in metres, so that a straight line is what is between two of them.
struct Point {
    double x, y, z;
};

/// Driving times in whole seconds. Never changes once it is made, so many plans may share it.
class Ways {
public:
    /// Row by row. Raises std::invalid_argument where it is not square or a time is beyond reason.
    Ways(int sites, std::vector<std::int32_t> seconds);

    /// Between places, in degrees of longitude and latitude on the Earth or, on a `plane`, in
    /// metres east and north: the straight line times `detour` at `metres_per_second`, and
    /// `standing` seconds for setting off and parking.
    ///
    /// Up to a few thousand places it is worked out at once; beyond, a city's table would take
    /// gigabytes, and each way is worked out when it is asked for.
    Ways(std::vector<std::pair<double, double>> const &places, bool plane, double detour,
         double metres_per_second, double standing);

    /// The ways from one site, or to it.
    class Row {
    public:
        int operator[](int other) const {
            return row_ ? row_[other] : ways_->measured(site_, other);
        }

    private:
        friend class Ways;
        Row(Ways const *ways, int site, std::int32_t const *row)
            : ways_(ways), site_(site), row_(row) {}
        Ways const *ways_;
        int site_;
        std::int32_t const *row_;
    };

    [[nodiscard]] int sites() const { return sites_; }
    [[nodiscard]] int seconds(int from, int to) const { return this->from(from)[to]; }
    [[nodiscard]] Row from(int site) const { return {this, site, row(table_, site)}; }
    [[nodiscard]] Row to(int site) const {
        return {this, site, row(back_.empty() ? table_ : back_, site)};
    }

    /// Where the sites are; empty for a table.
    [[nodiscard]] std::vector<Point> const &points() const { return points_; }
    /// What a metre of the straight line takes, in seconds.
    [[nodiscard]] double pace() const { return pace_; }

private:
    [[nodiscard]] std::int32_t const *row(std::vector<std::int32_t> const &table, int site) const {
        return table.empty() ? nullptr : table.data() + static_cast<size_t>(site) * sites_;
    }
    [[nodiscard]] int measured(int from, int to) const {
        if (from == to)
            return 0;
        auto const &a = points_[from], &b = points_[to];
        double const x = a.x - b.x, y = a.y - b.y, z = a.z - b.z;
        double const chord = std::sqrt(x * x + y * y + z * z);
        return static_cast<int>(chord * stretch(chord) * pace_ + standing_ + 0.5);
    }
    /// How much longer than its chord the way along the surface is.
    [[nodiscard]] double stretch(double chord) const {
        double const half = chord * curvature_;
        if (half > 0.05)
            return std::asin(half < 1 ? half : 1) / half;
        double const square = half * half; // asin(h) / h, to a millionth of a millionth
        return 1 + square * (1.0 / 6 + square * (3.0 / 40 + square * (15.0 / 336)));
    }

    int sites_;
    std::vector<std::int32_t> table_, back_; // back_: by where a way ends, where that differs
    std::vector<Point> points_;
    double pace_ = 0, standing_ = 0;
    double curvature_ = 0; // one over the diameter in metres, 0 on a plane
};

} // namespace yunkan
