#include "seen.hpp"

#include <algorithm>

namespace yunkan {

namespace {

/// Of what is done in which order, where and on which day (FNV-1a).
std::uint64_t key_of(Trip const &trip) {
    std::uint64_t key = 14695981039346656037u;
    auto const mix = [&key](int number) {
        key = (key ^ static_cast<std::uint32_t>(number)) * 1099511628211u;
    };
    mix(trip.cell);
    for (auto const &stop : trip.stops) {
        mix(stop.task);
        mix(stop.option);
        mix(stop.from);
    }
    return key;
}

} // namespace

void SeenRounds::add(Trip const &trip) {
    if (meets(trip))
        return;
    auto const key = key_of(trip);
    if (auto const known = places_.find(key); known != places_.end()) {
        auto &round = rounds_[known->second];
        if (trip.cost < round.cost) {
            round.cost = trip.cost;
            round.manning = trip.manning;
        }
        return;
    }
    size_t const place = next_++ % most_;
    if (place < rounds_.size()) {
        places_.erase(keys_[place]);
    } else {
        rounds_.emplace_back();
        keys_.emplace_back();
    }
    places_.emplace(key, place);
    keys_[place] = key;
    auto &round = rounds_[place];
    round.cell = trip.cell;
    round.cost = trip.cost;
    round.minutes = join(trip.outward, trip.way_back, {}).minutes;
    round.manning = trip.manning;
    round.visits.clear();
    int const day = trip.cell % setting_.days;
    for (auto const &stop : trip.stops)
        round.visits.push_back({stop.task, stop.option, {day, stop.from, stop.until, 1}});
}

std::optional<size_t> SeenRounds::find(Trip const &trip) const {
    auto const known = places_.find(key_of(trip));
    return known == places_.end() ? std::nullopt : std::optional(known->second);
}

bool SeenRounds::meets(Trip const &trip) const {
    return std::any_of(trip.stops.begin(), trip.stops.end(), [this](Stop const &stop) {
        auto const &task = setting_.tasks[stop.task];
        return task.companion_of >= 0 || !task.options[stop.option].companions.empty();
    });
}

} // namespace yunkan
