// A part of a round in three numbers, so that joining two parts takes a handful of operations.
#pragma once

#include "free_time.hpp"

#include <algorithm>

namespace yunkan {

/// A part of a round: it lasts `minutes`, waiting included, when begun between `earliest` and
/// `latest`. Begun earlier, it only waits longer; begun later, a survey would miss its window.
///
/// The concatenation is that of Vidal, Crainic, Gendreau and Prins, "A unified solution
/// framework for multi-attribute vehicle routing problems", EJOR 234 (2014).
struct Segment {
    int minutes = 0;
    int earliest = -kEndOfTime;
    int latest = kEndOfTime;

    [[nodiscard]] bool possible() const { return earliest <= latest; }
};

/// First `one`, then a way of so many minutes, then `other`; both must be possible.
inline Segment join(Segment const &one, int way, Segment const &other) {
    int const reach = one.minutes + way;
    if (one.earliest + reach > other.latest)
        return {0, 1, 0};
    int const wait = std::max(0, other.earliest - reach - one.latest);
    return {reach + wait + other.minutes, std::max(one.earliest, other.earliest - reach) - wait,
            std::min(one.latest, other.latest - reach)};
}

} // namespace yunkan
