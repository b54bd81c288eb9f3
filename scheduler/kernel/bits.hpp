// Officers of one base, or surveys of one round, as bits: "who of these may also do that" is one
// AND.
#pragma once

#include <array>
#include <bit>
#include <cstdint>

namespace yunkan {

/// A set of up to `kMost` small numbers.
class Bits {
public:
    static constexpr int kWords = 8;
    static constexpr int kMost = 64 * kWords;

    void add(int number) { words_[number / 64] |= std::uint64_t{1} << number % 64; }
    void remove(int number) { words_[number / 64] &= ~(std::uint64_t{1} << number % 64); }
    [[nodiscard]] bool has(int number) const { return words_[number / 64] >> number % 64 & 1; }

    Bits &operator&=(Bits const &other) {
        for (int w = 0; w < kWords; ++w)
            words_[w] &= other.words_[w];
        return *this;
    }
    Bits &operator|=(Bits const &other) {
        for (int w = 0; w < kWords; ++w)
            words_[w] |= other.words_[w];
        return *this;
    }

    /// Whether all of them are among the others.
    [[nodiscard]] bool within(Bits const &others) const {
        std::uint64_t all = 0;
        for (int w = 0; w < kWords; ++w)
            all |= words_[w] & ~others.words_[w];
        return all == 0;
    }

    [[nodiscard]] int count() const {
        int sum = 0;
        for (auto word : words_)
            sum += std::popcount(word);
        return sum;
    }
    [[nodiscard]] bool any() const {
        std::uint64_t all = 0;
        for (auto word : words_)
            all |= word;
        return all != 0;
    }

    /// Call `visit(number)` for each, in order.
    template <typename Visit> void each(Visit visit) const {
        for (int w = 0; w < kWords; ++w)
            for (auto word = words_[w]; word; word &= word - 1)
                visit(64 * w + std::countr_zero(word));
    }

private:
    std::array<std::uint64_t, kWords> words_{};
};

} // namespace yunkan
