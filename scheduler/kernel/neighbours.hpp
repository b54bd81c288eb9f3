// Which surveys are near each other, on the road and in time.
#pragma once

#include "point_tree.hpp"
#include "setting.hpp"

#include <optional>
#include <vector>

namespace yunkan {

/// Worked out for a survey when it is first asked for: a search over tens of thousands of surveys
/// never asks for most of them.
class Neighbours {
public:
    /// As many as are kept of each survey, itself the first.
    static constexpr int kMost = 120;

    explicit Neighbours(Setting const &setting);

    /// Other surveys on site, the nearest first.
    std::vector<int> const &of(int task);

private:
    struct Visit {
        int task;
        int site;
        int minutes;
    };
    struct Hours {
        int day;
        int from; // of the first start of that day
        int until;
    };

    [[nodiscard]] double distance(size_t one, size_t other) const;
    void rank(size_t one);

    Setting const &setting_;
    std::optional<PointTree> tree_; // of the visits, where it is known where they are
    std::vector<std::pair<double, int>> ranked_;
    std::vector<Visit> visits_;             // by survey that may be on site
    std::vector<std::vector<Hours>> hours_; // the same; by day
    std::vector<int> visit_of_;             // by task, -1: by video only
    std::vector<std::vector<int>> near_;    // by task
};

} // namespace yunkan
