// What somebody may cost: a bucket that fills at a steady rate and is never fuller than its burst.
#pragma once

#include "clock.hpp"

#include <algorithm>

namespace yunkan {

class Budget {
public:
    Budget(double per_second, double burst)
        : per_second_(per_second), burst_(burst), left_(burst) {}

    /// Whether there is still enough for one more, which is then spent.
    bool spend(Seconds now, double cost = 1.0) {
        left_ = std::min(burst_, left_ + std::max(0.0, now - filled_) * per_second_);
        filled_ = std::max(filled_, now);
        if (left_ < cost)
            return false;
        left_ -= cost;
        return true;
    }

private:
    double per_second_, burst_, left_;
    Seconds filled_ = 0;
};

} // namespace yunkan
