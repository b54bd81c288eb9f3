// Chance that is the same on every machine: the standard library's distributions are not.
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

namespace yunkan {

/// splitmix64 (Steele, Lea and Flood, OOPSLA 2014).
class Random {
public:
    explicit Random(std::uint64_t seed) : state_(seed) {}

    std::uint64_t next() {
        std::uint64_t z = (state_ += 0x9e3779b97f4a7c15);
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
        z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
        return z ^ (z >> 31);
    }

    /// A number in [0, 1).
    double part() { return static_cast<double>(next() >> 11) * 0x1p-53; }

    /// A whole number in [0, bound); bound must be positive.
    int below(int bound) {
        return static_cast<int>((next() >> 32) * static_cast<std::uint64_t>(bound) >> 32);
    }

    bool chance(double probability) { return part() < probability; }

    template <typename Thing> void shuffle(std::vector<Thing> &things) {
        for (auto last = static_cast<int>(things.size()) - 1; last > 0; --last)
            std::swap(things[last], things[below(last + 1)]);
    }

private:
    std::uint64_t state_;
};

} // namespace yunkan
