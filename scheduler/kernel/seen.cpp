#include "seen.hpp"

#include <algorithm>

namespace yunkan {

namespace {

/// The most surveys of a round that is remembered.
constexpr size_t kMostStops = 16;

} // namespace

int SeenRounds::alike(Trip const &trip) const {
    if (trip.manning.size > 1)
        return -1;
    auto const &base = setting_.bases[trip.cell / setting_.days];
    return setting_.officers[base.officers[trip.manning.crew[0]]].alike;
}

/// Of what is done in which order, where, on which day, and by whom if alone (FNV-1a).
std::uint64_t SeenRounds::key_of(Trip const &trip) const {
    std::uint64_t key = 14695981039346656037u;
    auto const mix = [&key](int number) {
        key = (key ^ static_cast<std::uint32_t>(number)) * 1099511628211u;
    };
    mix(trip.cell);
    mix(alike(trip));
    for (auto const &stop : trip.stops) {
        mix(stop.task);
        mix(stop.option);
        mix(stop.from);
    }
    return key;
}

void SeenRounds::add(Trip const &trip) {
    if (trip.stops.size() > kMostStops || meets(trip))
        return;
    auto const key = key_of(trip);
    if (auto const known = places_.find(key); known != places_.end()) {
        auto &round = rounds_[known->second];
        if (trip.cost < round.cost) {
            round.cost = trip.cost;
            round.manning = trip.manning;
            round.minutes = trip.manning.booked.length();
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
    round.alike = alike(trip);
    round.cost = trip.cost;
    round.minutes = trip.manning.booked.length();
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
