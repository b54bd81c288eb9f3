// When surveys begin where crews meet without a fixed minute: each as early as its own round and
// those it is to meet allow.
#pragma once

#include "setting.hpp"

#include <algorithm>
#include <optional>
#include <span>
#include <utility>
#include <vector>

namespace yunkan {

struct Trip;

/// Starts of all surveys on rounds. They are the earliest there are after `begin`; surveys put in
/// later put others off, on their own round and on those that are met, and never let them begin
/// earlier.
class Timetable {
public:
    /// What putting a survey in costs because others begin too late, and by how many minutes the
    /// most tardy of those that are put off then does.
    struct Tardiness {
        Cost cost = 0;
        int worst = 0;
    };

    explicit Timetable(Setting const &setting);

    [[nodiscard]] int start(int task) const { return starts_[task]; }
    [[nodiscard]] Cost cost() const { return cost_; } // of what begins too late
    /// Minutes by which the most tardy survey begins too late.
    [[nodiscard]] int worst() const;

    /// What is next on a round from one of its stops on, after it has changed.
    void link(Trip const &trip, int position);
    /// A survey is on no round any more.
    void forget(int task);

    /// A survey that could be between two others of a round, or -1 where the round begins or ends.
    struct Between {
        int task;
        int minutes;
        Window const &window;
        int before, behind; // surveys
        int ready;          // when its own crew can begin it at the earliest
        int lead;           // minutes to what is behind it
        int end;            // when the round must be back
    };
    /// None where it cannot be there, or where it would cost `most` or more; the most tardy of
    /// all is so by `worst` minutes so far.
    [[nodiscard]] std::optional<Tardiness> trial(Between const &where, int worst, Cost most);

    /// A survey that was linked begins, or everything does, as early as possible. False where
    /// something would begin too late for its window or shift.
    bool insert(int task, int ready);
    bool begin(std::vector<Trip> const &trips);

    struct Mark {
        size_t changes;
        Cost cost;
    };
    [[nodiscard]] Mark mark() const { return {changes_.size(), cost_}; }
    void rollback(Mark const &to);
    void commit() { changes_.clear(); }

private:
    struct Stop {
        int from, until;
        int minutes;
        int next = -1; // survey
        int lead = 0;  // minutes to it
        bool planned = false;
        int begin_by; // of the survey itself
        Cost tardy_cost;
    };
    /// Of a survey another crew carries out: it begins so many minutes later, or earlier.
    struct Meeting {
        int other;
        int later;
    };

    bool put_off(int task, int start);
    bool put_off_all(Cost most);
    void set(int task, int start);
    [[nodiscard]] int after_others(int task, int ready) const;
    [[nodiscard]] std::span<Meeting const> meetings(int task) const {
        return {meetings_.data() + first_meeting_[task],
                static_cast<size_t>(first_meeting_[task + 1] - first_meeting_[task])};
    }
    [[nodiscard]] int tardy(int task, int start) const {
        return std::max(0, start - stops_[task].begin_by);
    }

    Setting const &setting_;
    std::vector<Stop> stops_; // by survey, like those that follow
    std::vector<int> starts_;
    std::vector<int> late_; // minutes; 0 where not planned
    std::vector<int> first_meeting_;
    std::vector<Meeting> meetings_;
    std::vector<std::pair<int, int>> changes_; // surveys and when they began before
    std::vector<std::pair<int, int>> waiting_; // surveys to be put off, and until when
    Cost cost_ = 0;
    // of a trial: what it may cost, what there was before it, the most tardy so far, and what is
    // tried
    Cost most_ = 0, cost_before_ = 0;
    int worst_ = 0, worst_before_ = 0, tried_ = -1;
};

} // namespace yunkan
