// Points in a tree of halves (Bentley 1975), so that the near ones are found without looking at
// all.
#pragma once

#include "ways.hpp"

#include <algorithm>
#include <array>
#include <numeric>
#include <span>
#include <vector>

namespace yunkan {

class PointTree {
public:
    explicit PointTree(std::vector<Point> const &points) : order_(points.size()) {
        for (auto const &point : points)
            points_.push_back({point.x, point.y, point.z});
        std::iota(order_.begin(), order_.end(), 0);
        halve(0, order_.size(), 0);
    }

    /// Call `look(number)` for points, roughly the near ones first. `far()` is asked again and
    /// again beyond how many metres there is nothing to look for.
    template <typename Look, typename Far> void near(int to, Look look, Far far) const {
        search(points_[to], 0, order_.size(), 0, look, far);
    }

private:
    using Coordinates = std::array<double, 3>;
    static constexpr size_t kLeaf = 8;

    /// Put the smaller half of order_[first, last) first, along one axis after the other.
    void halve(size_t first, size_t last, size_t axis) {
        if (last - first <= kLeaf)
            return;
        size_t const middle = (first + last) / 2;
        auto const at = [this](size_t n) {
            return order_.begin() + static_cast<std::ptrdiff_t>(n);
        };
        std::nth_element(at(first), at(middle), at(last), [&](int one, int other) {
            return points_[one][axis] < points_[other][axis];
        });
        halve(first, middle, (axis + 1) % 3);
        halve(middle + 1, last, (axis + 1) % 3);
    }

    template <typename Look, typename Far>
    void search(Coordinates const &to, size_t first, size_t last, size_t axis, Look &look,
                Far &far) const {
        if (last - first <= kLeaf) {
            for (size_t n = first; n < last; ++n)
                look(order_[n]);
            return;
        }
        size_t const middle = (first + last) / 2, next = (axis + 1) % 3;
        double const ahead = points_[order_[middle]][axis] - to[axis];
        bool const before = ahead > 0;
        search(to, before ? first : middle + 1, before ? middle : last, next, look, far);
        if (std::abs(ahead) > far())
            return;
        look(order_[middle]);
        search(to, before ? middle + 1 : first, before ? last : middle, next, look, far);
    }

    std::vector<Coordinates> points_;
    std::vector<int> order_;
};

} // namespace yunkan
