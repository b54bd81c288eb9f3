#include "setting.hpp"

#include <algorithm>
#include <limits>
#include <map>
#include <numeric>
#include <stdexcept>
#include <string>
#include <utility>

namespace yunkan {

namespace {

void require(bool sensible, char const *what) {
    if (!sensible)
        throw std::invalid_argument(what);
}

/// Minutes of the widest grid.
constexpr int kWidestGrid = 60;

std::vector<std::vector<Interval>> by_day(std::vector<DaySpan> const &spans, int days) {
    std::vector<std::vector<Interval>> result(days);
    for (auto const &span : spans) {
        require(0 <= span.day && span.day < days, "a day outside the plan");
        require(0 <= span.from && span.from < span.until && span.until < kEndOfTime / 4,
                "a span that ends before it starts");
        auto &day = result[span.day];
        require(day.empty() || day.back().until < span.from, "spans out of order");
        day.push_back({span.from, span.until});
        require(day.size() < FreeTime::kMost / 2, "too many spans on one day");
    }
    return result;
}

} // namespace

Setting::Setting(int days_, Ways const &ways) : days(days_), ways_(ways) {
    require(days >= 0, "a negative number of days");
}

void Setting::require_open() const { require(!sealed_, "a setting that is sealed"); }

void Setting::require_sealed() const { require(sealed_, "a setting that is not sealed"); }

int Setting::add_base(int site, int desks) {
    require_open();
    require(0 <= site && site < ways_.sites(), "a base at an unknown site");
    require(desks >= 0, "fewer than no desks");
    bases.push_back({site, {}, {}, desks});
    return static_cast<int>(bases.size()) - 1;
}

int Setting::add_officer(int base, std::vector<DaySpan> const &duty, int skills, int most_minutes) {
    require_open();
    require(0 <= base && base < static_cast<int>(bases.size()), "an unknown base");
    auto &colleagues = bases[base].officers;
    require(colleagues.size() < Bits::kMost, "more officers at one base than the planner holds");
    require(skills >= 0 && most_minutes >= 0, "fewer than no skills or minutes");
    int minutes = 0;
    for (auto const &span : duty)
        minutes += span.until - span.from;
    limited_ |= most_minutes < minutes;
    officers.push_back({base,
                        static_cast<int>(colleagues.size()),
                        by_day(duty, days),
                        {},
                        {},
                        skills,
                        most_minutes});
    colleagues.push_back(static_cast<int>(officers.size()) - 1);
    return colleagues.back();
}

void Setting::set_grid(int minutes) {
    require_open();
    require(tasks.empty(), "a grid for surveys that were added before");
    require(1 <= minutes && minutes <= kWidestGrid, "no grid, or one of more than an hour");
    grid_ = minutes;
    lift_ = kEndOfTime / 2 / minutes * minutes;
    inverse_ = (std::uint64_t{1} << kShift) / static_cast<std::uint64_t>(minutes) + 1;
}

void Setting::add_usual_pair(int one, int other) { add_pair(one, other, &Officer::usual); }

void Setting::add_recent_pair(int one, int other) { add_pair(one, other, &Officer::recent); }

void Setting::add_pair(int one, int other, Bits Officer::*partners) {
    require_open();
    auto const count = static_cast<int>(officers.size());
    require(0 <= one && one < count && 0 <= other && other < count, "an unknown officer");
    if (officers[one].base != officers[other].base)
        return; // they never make a crew
    (officers[one].*partners).add(officers[other].local);
    (officers[other].*partners).add(officers[one].local);
}

void Setting::add_cars(int base, int count, int seats, int load, std::vector<DaySpan> const &duty) {
    require_open();
    require(0 <= base && base < static_cast<int>(bases.size()), "an unknown base");
    require(count > 0 && seats > 0 && load >= 0, "cars without number, seats or load");
    cars.push_back({base, count, seats, load, by_day(duty, days)});
    bases[base].car_kinds.push_back(static_cast<int>(cars.size()) - 1);
}

int Setting::add_standing(int needed, int qualified, std::vector<int> const &may,
                          std::vector<int> const &lead, std::vector<int> const &foreign,
                          std::vector<std::vector<int>> const &judges) {
    require_open();
    require(1 <= needed && needed <= kMostCrew, "a crew of none or of too many");
    require(qualified >= 1, "nobody needs to be qualified");
    Standing standing{needed, qualified, {}, std::vector<int>(bases.size(), -1)};
    auto const team = [&](int officer) -> Team & {
        require(0 <= officer && officer < static_cast<int>(officers.size()), "an unknown officer");
        int const base = officers[officer].base;
        auto &index = standing.team_of[base];
        if (index < 0) {
            index = static_cast<int>(standing.teams.size());
            standing.teams.push_back({base, {}, {}, {}, std::vector<Bits>(judges.size()), {}});
        }
        return standing.teams[index];
    };
    for (int officer : may)
        team(officer).may.add(officers[officer].local);
    for (int officer : lead)
        team(officer).lead.add(officers[officer].local);
    for (int officer : foreign)
        team(officer).foreign.add(officers[officer].local);
    for (size_t type = 0; type < judges.size(); ++type)
        for (int officer : judges[type])
            team(officer).judges[type].add(officers[officer].local);
    for (auto &one : standing.teams) {
        one.alone = one.may;
        for (auto const &type : one.judges)
            one.alone &= type;
    }
    standings.push_back(std::move(standing));
    return static_cast<int>(standings.size()) - 1;
}

int Setting::add_task(Cost unplanned_cost, int load, bool pinned, int begin_by, Cost tardy_cost) {
    require_open();
    require(unplanned_cost >= 0 && load >= 0 && tardy_cost >= 0, "a negative cost or load");
    require(begin_by >= 0, "a survey that begins before its day");
    tasks.push_back({unplanned_cost, load, pinned, begin_by, tardy_cost, -1, {}, {}, 0, 0});
    hurries_ |= begin_by < kEndOfTime;
    return static_cast<int>(tasks.size()) - 1;
}

void Setting::require_windows(std::vector<Window> const &windows) const {
    for (auto const &window : windows) {
        require(0 <= window.day && window.day < days, "a day outside the plan");
        require(0 <= window.from && window.from <= window.until && window.step > 0 &&
                    window.until < kEndOfTime / 4,
                "a window that ends before it starts");
    }
}

void Setting::add_option(int task, int standing, int minutes, int site, Cost cost,
                         std::vector<Window> const &windows) {
    require_open();
    require(0 <= task && task < static_cast<int>(tasks.size()), "an unknown task");
    require(0 <= standing && standing < static_cast<int>(standings.size()), "an unknown standing");
    require(0 < minutes && minutes < kEndOfTime / 4, "a survey without length");
    require(-1 <= site && site < ways_.sites(), "an unknown site");
    require(cost >= 0, "a negative cost");
    require(site >= 0 || standings[standing].officers <= 2, "a desk seats two officers");
    require_windows(windows);
    Option option{standing, minutes, site, cost, windows, {}};
    if (site >= 0 && grid_ > 1)
        put_on_grid(option);
    tasks[task].options.push_back(std::move(option));
}

void Setting::require_beside(std::vector<Window> const &windows) const {
    for (auto const &window : windows)
        require((window.from - windows.front().from) % grid_ == 0 &&
                    (window.until - window.from) % grid_ == 0,
                "starts that are not as far beside the grid");
}

/// All starts of one option are as far beside the grid: most not at all, those of a promise so that
/// it stays where it is.
void Setting::put_on_grid(Option &option) const {
    int const into = option.windows.empty() ? 0 : option.windows.front().from % grid_;
    require_beside(option.windows);
    for (auto &window : option.windows) {
        window.from -= into;
        window.until -= into;
        window.step = std::lcm(window.step, grid_);
    }
    int const slot = onto_grid(into + option.minutes);
    option.into = static_cast<signed char>(into);
    option.rest = static_cast<signed char>(slot - into - option.minutes);
    option.minutes = slot;
}

int Setting::add_companion(int task, int standing, Interval after,
                           std::vector<Window> const &windows) {
    require_open();
    require(0 <= task && task < static_cast<int>(tasks.size()), "an unknown task");
    require(!tasks[task].options.empty(), "a companion of nothing");
    require(tasks[task].options.back().site >= 0, "a companion at a desk");
    require(0 <= standing && standing < static_cast<int>(standings.size()), "an unknown standing");
    require_windows(windows);
    require_beside(windows);
    require(tasks[task].companion_of < 0, "a companion of a companion");
    require(0 <= after.from && after.from <= after.until && after.until < kEndOfTime / 4,
            "a companion that ends before it starts");
    auto const &option = tasks[task].options.back();
    require(option.companions.size() < kMostCrew,
            "more crews at one survey than the planner holds");
    auto const &survey = tasks[task]; // each crew needs its load, and begins tardy by itself
    int const companion =
        add_task(0, survey.load, survey.pinned, survey.begin_by, survey.tardy_cost);
    tasks[companion].companion_of = task;
    tasks[companion].after = after;
    auto &led = tasks[task].options.back(); // adding has moved it
    led.companions.push_back(companion);
    add_option(companion, standing, led.minutes - led.into - led.rest, led.site, 0, windows);
    return companion;
}

void Setting::seal() {
    require_open();
    sealed_ = true;
    for (auto &task : tasks) {
        double ways = 0;
        task.nearest = 0;
        bool somewhere = false;
        for (auto const &option : task.options) {
            auto const &standing = standings[option.standing];
            for (auto const &team : standing.teams) {
                double crews = standing.officers == 1 ? team.alone.count() : team.may.count();
                if (standing.officers > 1)
                    for (auto const &judges : team.judges)
                        crews = std::min<double>(crews, judges.count() * team.may.count());
                ways += crews * static_cast<double>(option.windows.size());
                if (option.site >= 0) {
                    int const way = seconds(bases[team.base].site, option.site);
                    task.nearest = somewhere ? std::min(task.nearest, way) : way;
                    somewhere = true;
                }
            }
        }
        task.hardness = static_cast<int>(std::min(ways, 1e9));
    }
    number_alike();
    floating_ = may_float();
}

bool Setting::may_float() const {
    bool meet = false;
    if (grid_ > 1)
        return false; // they meet on the grid
    for (auto const &task : tasks)
        for (auto const &option : task.options) {
            if (option.site < 0 || standings[option.standing].officers != 1)
                return false;
            meet |= !option.companions.empty();
            if (!option.companions.empty())
                for (auto const &window : option.windows)
                    if (window.step != 1)
                        return false;
        }
    return meet && whole_shift && hurries_;
}

void Setting::number_alike() {
    for (size_t base = 0; base < bases.size(); ++base) {
        std::map<std::vector<bool>, int> known;
        for (int number : bases[base].officers) {
            int const local = officers[number].local;
            std::vector<bool> able;
            for (auto const &standing : standings) {
                if (standing.team_of[base] < 0)
                    continue;
                auto const &team = standing.teams[standing.team_of[base]];
                for (auto const *who : {&team.may, &team.lead, &team.foreign})
                    able.push_back(who->has(local));
                for (auto const &judges : team.judges)
                    able.push_back(judges.has(local));
            }
            auto const fresh = static_cast<int>(known.size());
            officers[number].alike = known.try_emplace(std::move(able), fresh).first->second;
        }
    }
}

} // namespace yunkan
