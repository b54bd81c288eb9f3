#include "ruin.hpp"

#include <algorithm>

namespace yunkan {

namespace {

// Slack induction by string removals: Christiaens and Vanden Berghe, Transportation Science 54
// (2020), with their parameters.
constexpr double kAverageRemoved = 10;
constexpr double kLongestString = 10;
constexpr double kSplit = 0.5;       // a string that keeps a few stops in its middle
constexpr double kSplitDepth = 0.01; // it keeps one more with 1 - this probability

constexpr double kHot = 0.3; // strings around a survey that is left out, where there is one

// How often which part of a plan with crews and desks is torn down.
constexpr double kMakeWay = 0.8; // for a survey that is left out, where there is one
constexpr double kStrings = 0.65, kRounds = 0.85;
constexpr double kAlsoDesks = 0.1;
constexpr double kTimeOfACrew = 0.5; // to make way: what a crew does, not some rounds and desks

constexpr Interval kAnyTime{0, kEndOfTime};

bool overlap(Interval one, Interval other) {
    return one.from < other.until && other.from < one.until;
}

} // namespace

Ruin::Ruin(Setting const &setting, Draft &draft, Neighbours &neighbours, Random &random)
    : setting_(setting), draft_(draft), neighbours_(neighbours), random_(random),
      only_strings_(true) {
    for (size_t task = 0; task < setting.tasks.size(); ++task) {
        bool on_site = false;
        for (auto const &option : setting.tasks[task].options) {
            on_site |= option.site >= 0;
            only_strings_ &= option.site >= 0 && setting.standings[option.standing].officers == 1;
        }
        if (on_site)
            on_site_.push_back(static_cast<int>(task));
    }
}

std::vector<int> const &Ruin::tear_down() {
    removed_.clear();
    favoured_ = -1;
    ++time_;
    ruined_.resize(draft_.trips(), 0);
    if (setting_.cells() == 0)
        return removed_;
    choose();
    take_companions_too();
    return removed_;
}

std::vector<int> const &Ruin::tear_all_down() {
    removed_.clear();
    favoured_ = -1;
    for (size_t task = 0; task < setting_.tasks.size(); ++task)
        take(static_cast<int>(task));
    take_companions_too();
    return removed_;
}

/// Crews that were to meet are taken out together, or nothing is.
void Ruin::take_companions_too() {
    if (take_companions() && draft_.begin_early())
        return;
    draft_.rollback();
    removed_.clear();
}

void Ruin::choose() {
    auto const &unplanned = draft_.unplanned();
    int const left_out =
        unplanned.empty() ? -1 : unplanned[random_.below(static_cast<int>(unplanned.size()))];
    if (only_strings_) {
        if (on_site_.empty())
            return;
        int const somewhere = on_site_[random_.below(static_cast<int>(on_site_.size()))];
        strings(left_out >= 0 && random_.chance(kHot) ? left_out : somewhere);
        return;
    }
    int const cell = random_.below(setting_.cells());
    if (left_out >= 0 && random_.chance(kMakeWay)) {
        make_way(left_out);
    } else if (double const choice = random_.part(); choice < kStrings && !on_site_.empty()) {
        strings(on_site_[random_.below(static_cast<int>(on_site_.size()))]);
    } else if (choice < kRounds) {
        rounds(cell, 1 + random_.below(2));
    } else {
        somebodys_day(cell);
    }
    if (random_.chance(kAlsoDesks))
        desks(cell, random_.part(), kAnyTime);
}

/// Crews that were to meet go together: without one of them the others are taken out too. False
/// where one of those cannot be, because its round would break a promise.
bool Ruin::take_companions() {
    for (size_t n = 0; n < removed_.size(); ++n) { // grows on the way
        int const led = setting_.tasks[removed_[n]].companion_of;
        int const survey = led < 0 ? removed_[n] : led;
        take(survey);
        for (auto const &option : setting_.tasks[survey].options)
            for (int companion : option.companions)
                take(companion);
    }
    for (int task : removed_) {
        int const led = setting_.tasks[task].companion_of;
        if (led >= 0 && draft_.placement(led).planned())
            return false;
        for (auto const &option : setting_.tasks[task].options)
            for (int companion : option.companions)
                if (draft_.placement(companion).planned())
                    return false;
    }
    std::erase_if(removed_, [this](int task) { return setting_.tasks[task].companion_of >= 0; });
    return true;
}

/// Strings of stops from different rounds, all near one survey.
void Ruin::strings(int seed) {
    double stops = 0, trips = 0;
    // the average over some rounds will do: it only sets how long strings are
    for (int look = 0; look < 8 && draft_.trips() > 0; ++look) {
        auto const &trip = draft_.trip(random_.below(draft_.trips()));
        if (trip.cell < 0)
            continue;
        stops += static_cast<double>(trip.stops.size());
        ++trips;
    }
    double const longest = std::min(kLongestString, trips > 0 ? stops / trips : 1.0);
    double const most = 4 * kAverageRemoved / (1 + longest) - 1;
    int const count = static_cast<int>(random_.part() * most + 1);
    int done = 0;
    for (int near : neighbours_.of(seed)) {
        if (done >= count)
            break;
        int const trip = draft_.placement(near).trip;
        if (trip < 0 || ruined_[trip] == time_)
            continue;
        ruined_[trip] = time_;
        auto const size = static_cast<double>(draft_.trip(trip).stops.size());
        take_string(trip, near, static_cast<int>(random_.part() * std::min(longest, size) + 1));
        ++done;
    }
}

void Ruin::take_string(int id, int around, int length) {
    auto const &stops = draft_.trip(id).stops;
    auto const size = static_cast<int>(stops.size());
    length = std::min(length, size);
    int const at = draft_.placement(around).position;
    int kept = 0;
    if (length > 1 && length < size && random_.chance(kSplit)) {
        kept = 1;
        while (length + kept < size && random_.chance(kSplitDepth))
            ++kept;
    }
    int const total = length + kept;
    int const lowest = std::max(0, at - total + 1), highest = std::min(at, size - total);
    int const first = lowest + random_.below(highest - lowest + 1);
    if (pinned(id)) { // one by one, around what was promised
        std::vector<int> tasks;
        for (int n = first; n < first + total; ++n)
            if (!setting_.tasks[stops[n].task].pinned)
                tasks.push_back(stops[n].task);
        for (int task : tasks)
            take(task);
        return;
    }
    if (!kept) {
        draft_.remove_from_trip(id, first, length, removed_);
        return;
    }
    int const keep_from = first + random_.below(length + 1);
    int const behind = first + total - (keep_from + kept);
    if (behind > 0)
        draft_.remove_from_trip(id, keep_from + kept, behind, removed_);
    if (keep_from > first && draft_.trip(id).cell >= 0)
        draft_.remove_from_trip(id, first, keep_from - first, removed_);
}

bool Ruin::pinned(int trip) const {
    auto const &stops = draft_.trip(trip).stops;
    return std::any_of(stops.begin(), stops.end(),
                       [this](Stop const &stop) { return setting_.tasks[stop.task].pinned; });
}

void Ruin::take(int task) {
    auto const &place = draft_.placement(task);
    if (setting_.tasks[task].pinned || !place.planned())
        return;
    if (place.trip < 0) {
        draft_.remove_from_desk(task);
        removed_.push_back(task);
        return;
    }
    int const trip = place.trip;
    int const at = place.position;
    // a round that could not go on without it is left alone where it holds a promise
    if (!pinned(trip)) {
        draft_.remove_from_trip(trip, at, 1, removed_);
    } else if (draft_.can_go_without(trip, at)) {
        draft_.remove_from_trip(trip, at, 1, removed_);
    }
}

/// Some rounds of one base and day, and of the day beside it.
void Ruin::rounds(int cell, int most) {
    for (int n = 0; n < most; ++n) {
        auto const &trips = draft_.cell(cell).trips;
        if (!trips.empty()) {
            int const id = trips[random_.below(static_cast<int>(trips.size()))];
            if (!pinned(id))
                draft_.remove_from_trip(id, 0, static_cast<int>(draft_.trip(id).stops.size()),
                                        removed_);
        }
        int const day = cell % setting_.days + (random_.chance(0.5)   ? 0
                                                : random_.chance(0.5) ? 1
                                                                      : -1);
        if (0 <= day && day < setting_.days)
            cell += day - cell % setting_.days;
    }
}

void Ruin::somebodys_day(int cell) {
    auto const &officers = setting_.bases[cell / setting_.days].officers;
    if (!officers.empty())
        officers_time(cell, random_.below(static_cast<int>(officers.size())), kAnyTime);
}

/// Everything one officer does at some time of a day.
void Ruin::officers_time(int cell, int one, Interval when) {
    auto const trips = draft_.cell(cell).trips;
    for (int id : trips) {
        auto const &manning = draft_.trip(id).manning;
        auto const end = manning.crew.begin() + manning.size;
        if (std::find(manning.crew.begin(), end, one) != end && overlap(manning.booked, when) &&
            !pinned(id))
            draft_.remove_from_trip(id, 0, static_cast<int>(draft_.trip(id).stops.size()),
                                    removed_);
    }
    auto const at_desks = draft_.cell(cell).desk_tasks;
    for (int task : at_desks) {
        auto const &place = draft_.placement(task);
        if ((place.lead == one || place.second == one) && overlap(at_desk(task), when))
            take(task);
    }
}

/// Some rounds of one base at some time of a day.
void Ruin::rounds_then(int cell, int most, Interval when) {
    std::vector<int> trips;
    for (int id : draft_.cell(cell).trips)
        if (overlap(draft_.trip(id).manning.booked, when) && !pinned(id))
            trips.push_back(id);
    random_.shuffle(trips);
    for (int n = 0; n < std::min(most, static_cast<int>(trips.size())); ++n)
        draft_.remove_from_trip(trips[n], 0, static_cast<int>(draft_.trip(trips[n]).stops.size()),
                                removed_);
}

void Ruin::desks(int cell, double share, Interval when) {
    auto const at_desks = draft_.cell(cell).desk_tasks;
    for (int task : at_desks)
        if (overlap(at_desk(task), when) && random_.chance(share))
            take(task);
}

Interval Ruin::at_desk(int task) const {
    auto const &place = draft_.placement(task);
    return {place.start, place.start + setting_.tasks[task].options[place.option].minutes};
}

/// Room when a survey that is left out could be carried out: where a day is worked in two halves
/// that nobody's round crosses, the other half could not help.
void Ruin::make_way(int task) {
    auto const &options = setting_.tasks[task].options;
    if (options.empty())
        return;
    auto const &option = options[random_.below(static_cast<int>(options.size()))];
    auto const &teams = setting_.standings[option.standing].teams;
    if (teams.empty() || option.windows.empty())
        return;
    auto const &team = teams[random_.below(static_cast<int>(teams.size()))];
    auto const &window = option.windows[random_.below(static_cast<int>(option.windows.size()))];
    if (!option.companions.empty())
        favoured_ = task;
    Interval const when{window.from, window.until + option.minutes};
    if (favoured_ == task || random_.chance(kTimeOfACrew)) {
        time_of_crews(option, window.day, when);
        return;
    }
    int const cell = setting_.cell(team.base, window.day);
    rounds_then(cell, random_.below(3), when);
    desks(cell, random_.part(), when);
    if (option.site >= 0 && random_.chance(0.4))
        strings(task);
}

/// The time of some who could be in the crew, or in those that are to meet, one after the other.
void Ruin::time_of_crews(Option const &option, int day, Interval when) {
    for (size_t n = 0; n <= option.companions.size(); ++n) {
        auto const &part = n ? setting_.tasks[option.companions[n - 1]].options[0] : option;
        auto const &standing = setting_.standings[part.standing];
        if (standing.teams.empty())
            return;
        auto const &team = standing.teams[random_.below(static_cast<int>(standing.teams.size()))];
        for (int officer = 0; officer < standing.officers; ++officer) {
            auto const &able = officer || team.judges.empty() ? team.may : team.judges.front();
            int number = able.count();
            if (!number)
                break;
            number = random_.below(number);
            able.each([&](int one) {
                if (number-- == 0)
                    officers_time(setting_.cell(team.base, day), one, when);
            });
        }
    }
}

} // namespace yunkan
