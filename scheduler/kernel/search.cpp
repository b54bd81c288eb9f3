#include "search.hpp"

#include "regroup.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <numeric>
#include <optional>
#include <span>
#include <tuple>
#include <utility>

namespace yunkan {

namespace {

constexpr double kBlink = 0.01;

/// Start and end of the annealing temperature, in typical ways between neighbours. Long rounds of
/// one officer can be changed a little in many ways, so that there is a hill worth climbing; a
/// crew's few stops cannot.
struct Cooling {
    double hot;
    double cold;
};
constexpr Cooling kOfficers{10, 0.05};
constexpr Cooling kCrews{0.5, 0.01};

/// The part of a run in which surveys take turns at being left out.
constexpr double kTurns = 0.9;

/// How often, at first, one more may be left out for a while.
constexpr double kGivenUp = 0.0003;

/// Surveys left out that are tried again in one iteration.
constexpr int kRetried = 40;

/// Minutes tried at which several crews could meet: at first, and in one iteration.
constexpr int kFirstMeetings = 24, kMeetings = 4;

/// Surveys whose neighbourhood says how long a typical way is.
constexpr size_t kSampled = 200;

/// Surveys from which on only the neighbourhood is searched for a place; that finds the cheapest
/// less often where it matters when a survey begins.
constexpr size_t kMany = 150, kManyInAHurry = 400;

/// How often a survey of several crews that way was made for goes first.
constexpr double kFavoured = 0.7;

/// Rounds remembered; of single officers those of plans that were dearer by less than so many times
/// what the temperature lets pass: theirs are many, and the rest only make choosing slow.
constexpr size_t kSeen = 200'000;
constexpr double kPromising = 60;

/// Seconds between two questions whether to go on.
constexpr double kAsked = 0.05;

double now() {
    return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch())
        .count();
}

} // namespace

Search::Search(Setting const &setting, std::uint64_t seed)
    : setting_(setting), random_(seed), draft_(setting), neighbours_(setting),
      insertion_(setting, draft_, neighbours_, random_),
      many_(setting.tasks.size() > (setting.hurries() ? kManyInAHurry : kMany)),
      companions_(
          static_cast<int>(std::count_if(setting.tasks.begin(), setting.tasks.end(),
                                         [](Task const &task) { return task.companion_of >= 0; }))),
      ruin_(setting, draft_, neighbours_, random_), seen_(setting, kSeen),
      best_cost_(draft_.total()) {
    setting.require_sealed();
    best_placements_.resize(setting.tasks.size());
    left_out_.resize(setting.tasks.size());
    missed_at_.assign(setting.tasks.size(), -1);
}

Progress Search::progress() const { return {seconds_, iterations_, best_planned_, best_cost_}; }

std::optional<Search::Offer> Search::offer(int task, int day, int from, int until) {
    if (!known(task, 0) || draft_.placement(task).planned() ||
        setting_.tasks[task].companion_of >= 0)
        return {};
    random_ = Random(0); // the same question, the same answer
    auto const place = insertion_.within(task, day, from, until, kFirstMeetings);
    if (place.option < 0)
        return {};
    auto const &option = setting_.tasks[task].options[place.option];
    if (option.site < 0)
        return Offer{place.option, place.start, place.cost};
    insertion_.put(task, place);
    auto const &placed = draft_.placement(task);
    auto const &trip = draft_.trip(placed.trip);
    int clock = trip.manning.depart;
    for (int n = 0; n <= placed.position; ++n)
        clock = std::max(clock + (n ? trip.stops[n - 1].minutes : 0) + trip.stops[n].lead,
                         trip.stops[n].from);
    if (setting_.floating())
        clock = draft_.start(task);
    int driving = detour(task);
    for (int companion : option.companions)
        driving += detour(companion);
    bool const on_way = trip.stops.size() > 1;
    draft_.rollback();
    return Offer{place.option, clock + option.into, place.cost, driving, on_way};
}

int Search::detour(int task) const {
    auto const &placed = draft_.placement(task);
    auto const &trip = draft_.trip(placed.trip);
    auto const count = static_cast<int>(trip.stops.size());
    int const home = setting_.bases[trip.cell / setting_.days].site;
    int const here = trip.stops[placed.position].site;
    int const before = placed.position > 0 ? trip.stops[placed.position - 1].site : home;
    int const behind = placed.position + 1 < count ? trip.stops[placed.position + 1].site : home;
    int const without = count > 1 ? setting_.seconds(before, behind) : 0;
    return setting_.seconds(before, here) + setting_.seconds(here, behind) - without;
}

bool Search::construct(std::function<bool(Progress const &)> const &go_on) {
    double const began = now();
    if (companions_)
        part_broken_meetings();
    std::vector<int> tasks(setting_.tasks.size());
    std::iota(tasks.begin(), tasks.end(), 0);
    std::erase_if(tasks, [this](int task) { return setting_.tasks[task].companion_of >= 0; });
    auto const rank = [this](int number) {
        auto const &task = setting_.tasks[number];
        bool const by_video = task.options.empty() || task.options.front().site < 0;
        return std::tuple(!task.pinned, by_video, task.hardness, -task.unplanned_cost, number);
    };
    std::sort(tasks.begin(), tasks.end(), [&](int a, int b) { return rank(a) < rank(b); });
    double asked = began;
    bool whole = true;
    for (int task : tasks) {
        if (draft_.placement(task).planned())
            continue;
        auto const place = insertion_.best(task, 0, false, kFirstMeetings);
        if (place.option >= 0)
            insertion_.put(task, place);
        if (double const time = now(); time - asked > kAsked) {
            asked = time;
            seconds_ = time - began;
            if (go_on && !go_on(progress())) {
                whole = false;
                break;
            }
        }
    }
    for (int id = 0; id < draft_.trips(); ++id)
        if (draft_.trip(id).cell >= 0)
            seen_.add(draft_.trip(id));
    draft_.commit();
    keep_best();
    seconds_ = now() - began;
    return whole;
}

void Search::improve(double seconds, std::int64_t iterations, bool by_count, double cooled,
                     bool remember, std::function<bool(Progress const &)> const &go_on) {
    double const began = now(), leg = typical_leg();
    double asked = began, part = 0;
    std::vector<int> tasks;
    double elapsed = 0;
    auto const cooling = ruin_.only_strings() ? kOfficers : kCrews;
    for (std::int64_t done = 0; done < iterations; ++done) {
        if ((done & 15) == 0) {
            double const time = now();
            seconds_ = time - began;
            if (seconds_ >= seconds)
                break;
            elapsed = seconds_ / seconds;
            if (time - asked > kAsked) {
                asked = time;
                if (go_on && !go_on(progress()))
                    break;
            }
        }
        part = static_cast<double>(done) / static_cast<double>(iterations);
        if (!by_count)
            part = std::max(part, elapsed);
        part = cooled + (1 - cooled) * part;
        ++iterations_;
        double const temperature = leg * cooling.hot * std::pow(cooling.cold / cooling.hot, part);
        Cost const before = draft_.total(), missed = draft_.shortfall();
        auto const often = times_left_out();
        tasks = ruin_.tear_down();
        for (int task : tasks)
            missed_at_[task] = -1;
        auto const &unplanned = draft_.unplanned();
        if (unplanned.size() <= tasks.size() + kRetried) {
            tasks = unplanned;
        } else {
            for (int n = 0; n < kRetried; ++n) {
                int const task = unplanned[random_.below(static_cast<int>(unplanned.size()))];
                if (std::find(tasks.begin(), tasks.end(), task) == tasks.end())
                    tasks.push_back(task);
            }
        }
        if (tasks.empty())
            continue;
        recreate(tasks, kBlink);
        Cost const after = draft_.total();
        auto const dearer = static_cast<double>(after - before);
        bool const in_turn = part < kTurns && take_turns(missed, often, after - before);
        bool const accepted = in_turn || after <= before || give_one_up(missed, part) ||
                              dearer < -temperature * std::log(std::max(1e-12, random_.part()));
        bool const promising = !ruin_.only_strings() || dearer < kPromising * temperature;
        if (remember && (accepted || promising))
            draft_.each_new([this](Trip const &trip) { seen_.add(trip); });
        if (accepted) {
            draft_.commit();
            // matters of those without a place only; where officers go alone few are left out, and
            // to leave out looks that seem of no use left out more of them
            if (!ruin_.only_strings())
                for (int task : tasks)
                    missed_at_[task] = draft_.commits();
            if (after < best_cost_)
                keep_best();
        } else {
            draft_.rollback();
        }
    }
    seconds_ = now() - began;
    if (go_on)
        go_on(progress());
}

std::int64_t Search::times_left_out() const {
    std::int64_t sum = 0;
    for (int task : draft_.unplanned())
        sum += left_out_[task];
    return sum;
}

/// Where surveys are left out, others are from time to time, or nothing would ever make way for
/// them: whether the draft leaves out as much as before, of those who were left out less often, for
/// less than one of them is worth (absence counters of Christiaens and Vanden Berghe).
bool Search::take_turns(Cost missed, std::int64_t often, Cost dearer) {
    if (draft_.unplanned().empty())
        return false;
    bool const turn =
        draft_.shortfall() == missed && times_left_out() < often && dearer < least_left_out();
    for (int task : draft_.unplanned())
        ++left_out_[task];
    return turn;
}

/// Where crews leave surveys out, one more is now and then, the less often the later: some plans
/// are better only after two have made way, and no other step leads there.
bool Search::give_one_up(Cost missed, double part) {
    if (ruin_.only_strings() || part >= kTurns || missed == 0 || draft_.shortfall() <= missed)
        return false;
    return draft_.shortfall() - missed <= least_left_out() &&
           random_.chance(kGivenUp * (1 - part / kTurns));
}

/// What the least of those left out is worth.
Cost Search::least_left_out() const {
    Cost worth = Place::kNowhere;
    for (int task : draft_.unplanned())
        worth = std::min(worth, setting_.tasks[task].unplanned_cost);
    return worth;
}

void Search::begin_anew() {
    ruin_.tear_all_down();
    std::fill(missed_at_.begin(), missed_at_.end(), -1);
    std::fill(left_out_.begin(), left_out_.end(), 0);
    auto tasks = draft_.unplanned();
    recreate(tasks, kBlink);
    draft_.each_new([this](Trip const &trip) { seen_.add(trip); });
    draft_.commit();
    if (draft_.total() < best_cost_)
        keep_best();
}

bool Search::regroup(std::vector<int> const &rounds) {
    std::vector<int> gone;
    for (int id = 0; id < draft_.trips(); ++id)
        if (draft_.trip(id).cell >= 0)
            draft_.remove_from_trip(id, 0, static_cast<int>(draft_.trip(id).stops.size()), gone);
    for (size_t task = 0; task < setting_.tasks.size(); ++task)
        if (draft_.placement(static_cast<int>(task)).desk_cell >= 0)
            draft_.remove_from_desk(static_cast<int>(task));
    draft_.commit();
    std::vector<SeenRound> wanted;
    std::vector<char> covered(setting_.tasks.size());
    for (int number : rounds) {
        auto &round = wanted.emplace_back(seen_.all().at(number));
        std::erase_if(round.visits, [&](auto const &visit) {
            return std::exchange(covered[visit.task], char{1}) != 0;
        });
    }
    std::vector<std::vector<SeenRound const *>> by_cell(setting_.cells());
    for (auto const &round : wanted)
        if (!round.visits.empty())
            by_cell[round.cell].push_back(&round);
    Regroup together(setting_, draft_, insertion_, random_, best_trips_, best_placements_);
    for (auto const &trip : best_trips_)
        if (trip.cell >= 0 && !seen_.find(trip))
            together.hold(trip);
    for (int cell = 0; cell < setting_.cells(); ++cell)
        together.cell(cell, std::move(by_cell[cell]));
    std::vector<int> tasks = draft_.unplanned();
    std::fill(missed_at_.begin(), missed_at_.end(), -1);
    recreate(tasks, 0);
    draft_.commit();
    bool const better = draft_.total() < best_cost_;
    if (better)
        keep_best();
    return better;
}

int Search::left_out() const {
    int count = 0;
    for (size_t task = 0; task < setting_.tasks.size(); ++task) {
        auto const &one = setting_.tasks[task];
        if (best_placements_[task].planned() || one.companion_of >= 0)
            continue;
        count += std::any_of(one.options.begin(), one.options.end(), [this](Option const &option) {
            auto const &standing = setting_.standings[option.standing];
            return !option.windows.empty() &&
                   std::any_of(standing.teams.begin(), standing.teams.end(), [&](Team const &team) {
                       return standing.officers == 1 ? team.alone.any() : team.may.any();
                   });
        });
    }
    return count;
}

std::vector<size_t> Search::present() const {
    std::vector<size_t> result;
    for (auto const &trip : best_trips_)
        if (trip.cell >= 0)
            if (auto const number = seen_.find(trip))
                result.push_back(*number);
    return result;
}

void Search::recreate(std::vector<int> &tasks, double blink) {
    order(tasks);
    auto const favoured = std::find(tasks.begin(), tasks.end(), ruin_.favoured());
    if (favoured != tasks.end() && random_.chance(kFavoured))
        std::rotate(tasks.begin(), favoured, favoured + 1);
    for (int task : tasks) {
        int const meetings = task == ruin_.favoured() ? kFirstMeetings : kMeetings;
        auto const place = insertion_.best(task, blink, many_, meetings, missed_at_[task]);
        if (place.option >= 0)
            insertion_.put(task, place);
    }
}

/// In an order that differs every time: by chance, the hard, the long, the far, the near, the
/// urgent first. Rounds mostly go before desks, which fit into what they leave.
void Search::order(std::vector<int> &tasks) {
    random_.shuffle(tasks);
    auto const &all = setting_.tasks;
    auto const first_window = [&](int task) {
        int day = setting_.days, until = 0;
        for (auto const &option : all[task].options)
            for (auto const &window : option.windows)
                if (window.day < day || (window.day == day && window.until < until))
                    day = window.day, until = window.until;
        return day * 100'000 + until;
    };
    auto const width = [&](int task) {
        std::int64_t sum = 0;
        for (auto const &option : all[task].options)
            for (auto const &window : option.windows)
                sum += window.until - window.from;
        return sum;
    };
    auto const minutes = [&](int task) {
        return all[task].options.empty() ? 0 : all[task].options.front().minutes;
    };
    auto const sort = [&](auto key) {
        std::stable_sort(tasks.begin(), tasks.end(), [&](int a, int b) { return key(a) < key(b); });
    };
    switch (random_.below(13)) {
    case 0:
    case 1:
        sort([&](int task) { return all[task].hardness; });
        break;
    case 2:
        sort([&](int task) { return std::pair(-all[task].load, -minutes(task)); });
        break;
    case 3:
        sort([&](int task) { return -all[task].nearest; });
        break;
    case 4:
        sort([&](int task) { return all[task].nearest; });
        break;
    case 5:
    case 6:
        sort(width);
        break;
    case 7:
        sort(first_window);
        break;
    case 8:
        sort([&](int task) { return -all[task].unplanned_cost; });
        break;
    default:
        break;
    }
    if (random_.below(6))
        sort([&](int task) {
            return all[task].options.empty() || all[task].options.front().site < 0;
        });
}

void Search::keep_best() {
    best_cost_ = draft_.total();
    best_planned_ =
        static_cast<int>(setting_.tasks.size() - draft_.unplanned().size()) - companions_;
    best_trips_.resize(draft_.trips());
    for (int trip : draft_.changed_trips)
        best_trips_[trip] = draft_.trip(trip);
    for (int task : draft_.changed_tasks)
        best_placements_[task] = draft_.placement(task);
    draft_.forget_changed();
    if (!setting_.floating())
        return;
    for (auto const &task : setting_.tasks) // the minutes of those that meet are settled now
        for (auto const &option : task.options)
            for (int companion : option.companions) {
                settle(companion);
                settle(setting_.tasks[companion].companion_of);
            }
}

/// Write down in the best plan, which is the present one, when a survey begins.
void Search::settle(int task) {
    auto const &place = draft_.placement(task);
    if (place.trip < 0)
        return;
    auto &stop = best_trips_[place.trip].stops[place.position];
    stop.from = stop.until = draft_.start(task);
}

double Search::typical_leg() {
    double sum = 0;
    int count = 0;
    size_t const step = setting_.tasks.size() / kSampled + 1;
    for (size_t task = 0; task < setting_.tasks.size(); task += step) {
        auto const &near = neighbours_.of(static_cast<int>(task));
        int site = -1;
        for (auto const &option : setting_.tasks[task].options)
            if (option.site >= 0)
                site = option.site;
        for (size_t n = 1; n < near.size() && n < 6; ++n)
            for (auto const &option : setting_.tasks[near[n]].options)
                if (option.site >= 0) {
                    sum += setting_.seconds(site, option.site);
                    ++count;
                    break;
                }
    }
    return count ? std::max(1.0, sum / count) : 60;
}

} // namespace yunkan
