#include "search.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <numeric>
#include <tuple>

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

/// Surveys left out that are tried again in one iteration.
constexpr int kRetried = 40;

/// Surveys whose neighbourhood says how long a typical way is.
constexpr size_t kSampled = 200;

/// Surveys from which on only the neighbourhood is searched for a place.
constexpr size_t kMany = 150;

/// Seconds between two questions whether to go on.
constexpr double kAsked = 0.05;

double now() {
    return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch())
        .count();
}

} // namespace

Search::Search(Setting const &setting, std::uint64_t seed)
    : setting_(setting), random_(seed), draft_(setting), neighbours_(setting),
      insertion_(setting, draft_, neighbours_, random_), many_(setting.tasks.size() > kMany),
      ruin_(setting, draft_, neighbours_, random_), best_cost_(draft_.total()) {
    best_placements_.resize(setting.tasks.size());
}

Progress Search::progress() const { return {seconds_, iterations_, best_planned_, best_cost_}; }

bool Search::construct(std::function<bool(Progress const &)> const &go_on) {
    double const began = now();
    std::vector<int> tasks(setting_.tasks.size());
    std::iota(tasks.begin(), tasks.end(), 0);
    auto const rank = [this](int number) {
        auto const &task = setting_.tasks[number];
        bool const by_video = task.options.empty() || task.options.front().site < 0;
        return std::tuple(!task.pinned, by_video, task.hardness, -task.unplanned_cost, number);
    };
    std::sort(tasks.begin(), tasks.end(), [&](int a, int b) { return rank(a) < rank(b); });
    double asked = began;
    bool whole = true;
    for (int task : tasks) {
        auto const place = insertion_.best(task, 0, false);
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
    draft_.commit();
    keep_best();
    seconds_ = now() - began;
    return whole;
}

void Search::improve(double seconds, std::int64_t iterations, bool by_count,
                     std::function<bool(Progress const &)> const &go_on) {
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
        ++iterations_;
        double const temperature = leg * cooling.hot * std::pow(cooling.cold / cooling.hot, part);
        Cost const before = draft_.total();
        tasks = ruin_.tear_down();
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
        if (after <= before || static_cast<double>(after - before) <
                                   -temperature * std::log(std::max(1e-12, random_.part()))) {
            draft_.commit();
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

void Search::recreate(std::vector<int> &tasks, double blink) {
    order(tasks);
    for (int task : tasks) {
        auto const place = insertion_.best(task, blink, many_);
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
    best_planned_ = static_cast<int>(setting_.tasks.size() - draft_.unplanned().size());
    best_trips_.resize(draft_.trips());
    for (int trip : draft_.changed_trips)
        best_trips_[trip] = draft_.trip(trip);
    for (int task : draft_.changed_tasks)
        best_placements_[task] = draft_.placement(task);
    draft_.forget_changed();
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
