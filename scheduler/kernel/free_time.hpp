// What is still free of an officer, of a pool of cars or of a room's desks on one day.
#pragma once

#include <algorithm>
#include <array>
#include <cassert>
#include <span>
#include <vector>

namespace yunkan {

/// Later than any minute of a day, and far from overflowing when minutes are added.
constexpr int kEndOfTime = 1 << 28;

/// From one minute up to, not including, another; minutes after 00:00 local time.
struct Interval {
    int from;
    int until;

    [[nodiscard]] int length() const { return until - from; }
    bool operator==(Interval const &) const = default;
};

/// Whether one of these stretches holds it whole.
inline bool lies_in(std::span<Interval const> free, Interval when) {
    return std::any_of(free.begin(), free.end(), [&](Interval const &stretch) {
        return stretch.from <= when.from && when.until <= stretch.until;
    });
}

/// The free stretches of one officer's day, earliest first, never touching each other.
class FreeTime {
public:
    /// More stretches than a day of appointments leaves; a day this ragged counts as full.
    static constexpr int kMost = 30;

    void add(Interval stretch);  ///< give back; grows together with its neighbours
    void take(Interval stretch); ///< must lie within one stretch, and the day must have `room`

    [[nodiscard]] bool room() const { return count_ < kMost; }
    [[nodiscard]] int longest() const { return longest_; } ///< of the stretches, in minutes
    [[nodiscard]] std::span<Interval const> stretches() const {
        return {stretches_.data(), static_cast<size_t>(count_)};
    }

private:
    std::array<Interval, kMost> stretches_;
    int count_ = 0;
    int longest_ = 0;
};

/// Things of one base that do not differ, on one day: cars of one kind, or a room's desks.
class Pool {
public:
    Pool() = default;
    Pool(int size, std::vector<Interval> duty);

    void take(Interval use);
    void give_back(Interval use);

    /// When at least one is free.
    [[nodiscard]] std::span<Interval const> stretches() const { return open_; }

private:
    void refresh();

    int size_ = 0;
    std::vector<Interval> duty_, open_;
    std::vector<int> starts_, ends_; // of the uses, sorted each
};

inline void FreeTime::add(Interval stretch) {
    int at = 0;
    while (at < count_ && stretches_[at].until < stretch.from)
        ++at;
    int end = at; // [at, end) grow together with the new one
    while (end < count_ && stretches_[end].from <= stretch.until) {
        stretch.from = std::min(stretch.from, stretches_[end].from);
        stretch.until = std::max(stretch.until, stretches_[end].until);
        ++end;
    }
    if (end == at) {
        assert(count_ < kMost);
        std::copy_backward(&stretches_[at], &stretches_[count_], &stretches_[count_] + 1);
        ++count_;
    } else {
        std::copy(&stretches_[end - 1] + 1, &stretches_[count_ - 1] + 1, &stretches_[at] + 1);
        count_ -= end - at - 1;
    }
    stretches_[at] = stretch;
    longest_ = std::max(longest_, stretch.length());
}

inline void FreeTime::take(Interval stretch) {
    int at = 0;
    while (stretches_[at].until < stretch.until)
        ++at;
    auto &whole = stretches_[at];
    bool const was_longest = whole.length() == longest_;
    assert(at < count_ && whole.from <= stretch.from);
    bool const before = whole.from < stretch.from, after = stretch.until < whole.until;
    if (before && after) {
        assert(count_ < kMost);
        std::copy_backward(&stretches_[at], &stretches_[count_ - 1] + 1,
                           &stretches_[count_ - 1] + 2);
        ++count_;
        stretches_[at].until = stretch.from;
        stretches_[at + 1].from = stretch.until;
    } else if (before) {
        whole.until = stretch.from;
    } else if (after) {
        whole.from = stretch.until;
    } else {
        std::copy(&stretches_[at] + 1, &stretches_[count_ - 1] + 1, &stretches_[at]);
        --count_;
    }
    if (was_longest) {
        longest_ = 0;
        for (auto const &one : stretches())
            longest_ = std::max(longest_, one.length());
    }
}

inline Pool::Pool(int size, std::vector<Interval> duty) : size_(size), duty_(std::move(duty)) {
    refresh();
}

inline void Pool::take(Interval use) {
    starts_.insert(std::upper_bound(starts_.begin(), starts_.end(), use.from), use.from);
    ends_.insert(std::upper_bound(ends_.begin(), ends_.end(), use.until), use.until);
    refresh();
}

inline void Pool::give_back(Interval use) {
    starts_.erase(std::lower_bound(starts_.begin(), starts_.end(), use.from));
    ends_.erase(std::lower_bound(ends_.begin(), ends_.end(), use.until));
    refresh();
}

inline void Pool::refresh() {
    open_.clear();
    if (size_ <= 0)
        return;
    if (static_cast<int>(starts_.size()) < size_) {
        open_ = duty_;
        return;
    }
    int taken = 0, free_from = -1;
    size_t start = 0, end = 0, duty = 0;
    auto const open = [&](int from, int until) { // the part of it that is on duty
        while (duty < duty_.size() && duty_[duty].until <= from)
            ++duty;
        for (size_t d = duty; d < duty_.size() && duty_[d].from < until; ++d)
            open_.push_back({std::max(from, duty_[d].from), std::min(until, duty_[d].until)});
    };
    while (start < starts_.size()) {
        if (ends_[end] <= starts_[start]) {
            if (taken-- == size_)
                free_from = ends_[end];
            ++end;
        } else {
            if (++taken == size_ && free_from < starts_[start])
                open(free_from, starts_[start]);
            ++start;
        }
    }
    if (taken == size_)
        free_from = ends_[end];
    open(free_from, kEndOfTime);
}

} // namespace yunkan
