// The rounds a search has tried, for whoever wants to put together other plans from them.
#pragma once

#include "draft.hpp"

#include <optional>
#include <unordered_map>
#include <vector>

namespace yunkan {

/// A round that was part of some plan.
struct SeenRound {
    struct Visit {
        int task;
        int option;
        Window window;
    };
    int cell;  // base and day
    int alike; // of those who could go alone, any who is like this one; -1: it takes a crew
    Cost cost;
    int minutes;     // of its crew and its car
    Manning manning; // the cheapest there was
    std::vector<Visit> visits;
};

/// A bounded memory without doubles, of rounds that are short enough to fit into another plan: what
/// came in first is forgotten first. Crews that meet are not remembered, since a round of theirs
/// makes no sense without the others.
class SeenRounds {
public:
    SeenRounds(Setting const &setting, size_t most) : setting_(setting), most_(most) {}

    void add(Trip const &trip);

    [[nodiscard]] std::vector<SeenRound> const &all() const { return rounds_; }
    /// The index of a round with the same surveys in the same order on the same day.
    [[nodiscard]] std::optional<size_t> find(Trip const &trip) const;

private:
    [[nodiscard]] int alike(Trip const &trip) const;
    [[nodiscard]] std::uint64_t key_of(Trip const &trip) const;
    [[nodiscard]] bool meets(Trip const &trip) const;

    Setting const &setting_;
    size_t most_, next_ = 0;
    std::vector<SeenRound> rounds_;
    std::vector<std::uint64_t> keys_;
    std::unordered_map<std::uint64_t, size_t> places_; // by key
};

} // namespace yunkan
