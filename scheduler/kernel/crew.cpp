#include "crew.hpp"

#include <algorithm>

namespace yunkan {

namespace {

/// How much chance weighs against the rest in choosing among crews of one price.
constexpr double kChance = 6;
constexpr double kVersatile = 0.25; // for each item type the crew knows
constexpr double kPresent = 2;      // for each officer who is on the round already

/// Crews of three and more, and desks, are looked at no more often than this.
constexpr int kMostLooks = 2000;
constexpr int kMostDesks = 400;

/// Who can go along with `one` so that both together satisfy the need.
Bits partners(Need const &need, int one) {
    Bits result = need.team->may;
    for (auto const &judges : need.team->judges) {
        bool const judge = judges.has(one);
        if (need.standing->qualified >= 2 ? !judge : false)
            return {};
        if (need.standing->qualified >= 2 || !judge)
            result &= judges;
    }
    if (need.standing->qualified > 2 && !need.team->judges.empty())
        return {};
    return result;
}

} // namespace

bool CrewFinder::may(Need const &need, Manning const &manning) {
    if (manning.size < need.standing->officers)
        return false;
    for (int n = 0; n < manning.size; ++n)
        if (!need.team->may.has(manning.crew[n]))
            return false;
    for (auto const &judges : need.team->judges) {
        int sum = 0;
        for (int n = 0; n < manning.size; ++n)
            sum += judges.has(manning.crew[n]);
        if (sum < need.standing->qualified)
            return false;
    }
    return true;
}

void CrewFinder::starts(std::span<Interval const> free, Segment const &shape, Starts &into) {
    into.count = 0;
    for (auto const &stretch : free) {
        int const from = std::max(stretch.from, shape.earliest);
        int const until = std::min(stretch.until - shape.minutes, shape.latest);
        if (from <= until && into.count < FreeTime::kMost)
            into.stretches[into.count++] = {from, until};
    }
}

void CrewFinder::departures(std::span<Interval const> free, Segment const &shape,
                            Starts &into) const {
    into.count = 0;
    for (auto const &stretch : free) {
        auto const leaves = setting_.departures(stretch, shape);
        if (leaves.from <= leaves.until && into.count < FreeTime::kMost)
            into.stretches[into.count++] = leaves;
    }
}

bool CrewFinder::meet(Starts const &one, Starts const &other, Starts &both) {
    both.count = 0;
    for (int a = 0, b = 0; a < one.count && b < other.count;) {
        int const from = std::max(one.stretches[a].from, other.stretches[b].from);
        int const until = std::min(one.stretches[a].until, other.stretches[b].until);
        if (from <= until && both.count < FreeTime::kMost)
            both.stretches[both.count++] = {from, until};
        one.stretches[a].until < other.stretches[b].until ? ++a : ++b;
    }
    return both.count > 0;
}

bool CrewFinder::could_change(int cell, Manning const &present, int minutes) const {
    auto const &colleagues = setting_.bases[cell / setting_.days].officers;
    auto const end = present.crew.begin() + present.size;
    bool elsewhere = true;
    for (int one = 0; one < static_cast<int>(colleagues.size()); ++one) {
        bool const free = draft_.officer(cell, one).longest() >= minutes;
        bool const there = std::find(present.crew.begin(), end, one) != end;
        if (free && !there)
            return true;
        elsewhere &= free || !there;
    }
    return elsewhere;
}

std::optional<CrewFinder::Found> CrewFinder::for_round(int cell, std::vector<Need> const &needs,
                                                       Segment const &shape, int load,
                                                       Manning const *present, int alike) {
    best_.reset();
    int size = 1;
    Bits able = needs.front().team->may;
    for (auto const &need : needs) {
        size = std::max(size, need.standing->officers);
        able &= need.team->may;
    }
    if (size == 1)
        for (auto const &need : needs)
            if (need.standing->qualified == 1)
                able &= need.team->alone;
    auto const &base = setting_.bases[cell / setting_.days];
    officer_starts_.resize(std::max(officer_starts_.size(), base.officers.size()));
    std::vector<int> out;
    Starts cars, when;
    for (int kind : base.car_kinds) {
        if (setting_.cars[kind].seats < size || setting_.cars[kind].load < load)
            continue;
        departures(draft_.cars(kind, cell % setting_.days).stretches(), shape, cars);
        if (!cars.count)
            continue;
        out.clear();
        Bits free;
        able.each([&](int one) {
            auto const &day = draft_.officer(cell, one);
            if (day.longest() < shape.minutes || !day.room() ||
                draft_.spare(cell, one) < shape.minutes)
                return;
            if (alike >= 0 && setting_.officers[base.officers[one]].alike != alike)
                return;
            departures(day.stretches(), shape, when);
            if (when.count && meet(when, cars, officer_starts_[one])) {
                free.add(one);
                out.push_back(one);
            }
        });
        Manning crew{.size = size, .cars = kind};
        if (size == 1) {
            for (int one : out) {
                crew.crew[0] = one;
                if (needs.front().standing->qualified > 1 && !may(needs.front(), crew))
                    continue;
                judge(cell, needs, crew, officer_starts_[one], present);
            }
        } else if (size == 2) {
            for (int one : out) {
                Bits others = free;
                for (auto const &need : needs)
                    others &= partners(need, one);
                others.each([&](int other) {
                    if (other <= one)
                        return;
                    if (!meet(officer_starts_[one], officer_starts_[other], when))
                        return;
                    crew.crew[0] = one;
                    crew.crew[1] = other;
                    judge(cell, needs, crew, when, present);
                });
            }
        } else {
            int looks = 0;
            random_.shuffle(out);
            crew.size = 0;
            larger_crew(cell, needs, out, 0, crew, cars, size, present, looks);
        }
    }
    if (best_) {
        auto &manning = best_->manning;
        manning.booked = to_book(cell, manning, shape.minutes);
        if (setting_.whole_shift && setting_.hurries())
            manning.depart = draft_.departure(manning.booked, shape);
    }
    return best_;
}

void CrewFinder::larger_crew(int cell, std::vector<Need> const &needs, std::vector<int> const &able,
                             size_t next, Manning &crew, Starts const &when, int size,
                             Manning const *present, int &looks) {
    if (++looks > kMostLooks)
        return;
    if (crew.size == size) {
        for (auto const &need : needs)
            if (!may(need, crew))
                return;
        judge(cell, needs, crew, when, present);
        return;
    }
    for (size_t n = next; n < able.size(); ++n) {
        Starts both;
        if (!meet(when, officer_starts_[able[n]], both))
            continue;
        crew.crew[crew.size++] = able[n];
        larger_crew(cell, needs, able, n + 1, crew, both, size, present, looks);
        --crew.size;
    }
}

void CrewFinder::judge(int cell, std::vector<Need> const &needs, Manning const &crew,
                       Starts const &when, Manning const *present) {
    int const base = cell / setting_.days;
    if (!draft_.on_roster(base, crew))
        return;
    Cost price = draft_.crew_cost(base, crew);
    for (auto const &need : needs)
        price += draft_.foreign_cost(*need.team, crew);
    if (best_ && price > best_->price)
        return;
    double liking = random_.part() * kChance;
    for (int n = 0; n < crew.size; ++n) {
        liking -=
            kVersatile * setting_.officers[setting_.bases[base].officers[crew.crew[n]]].skills;
        if (present)
            for (int m = 0; m < present->size; ++m)
                if (present->crew[m] == crew.crew[n])
                    liking -= kPresent;
    }
    if (best_ && price == best_->price && liking >= best_liking_)
        return;
    best_liking_ = liking;
    best_ = Found{crew, price};
    // at one end of what is free, so that no time is left over on both sides
    bool const soon = setting_.hurries() || random_.chance(0.5);
    best_->manning.depart = soon ? when.stretches[0].from : when.stretches[when.count - 1].until;
}

/// What is taken of crew and car: the round itself, or all they have left of their shift.
Interval CrewFinder::to_book(int cell, Manning const &manning, int minutes) const {
    Interval round{manning.depart, manning.depart + minutes};
    if (!setting_.whole_shift)
        return round;
    Interval whole{-kEndOfTime, kEndOfTime};
    auto const narrow = [&](std::span<Interval const> free) {
        for (auto const &stretch : free)
            if (stretch.from <= round.from && round.until <= stretch.until)
                whole = {std::max(whole.from, stretch.from), std::min(whole.until, stretch.until)};
    };
    for (int n = 0; n < manning.size; ++n)
        narrow(draft_.officer(cell, manning.crew[n]).stretches());
    narrow(draft_.cars(manning.cars, cell % setting_.days).stretches());
    return whole;
}

std::optional<CrewFinder::Desk> CrewFinder::for_desk(int cell, Need const &need, int minutes,
                                                     Window const &window) {
    auto const &base = setting_.bases[cell / setting_.days];
    Segment const shape{minutes, window.from, window.until};
    Starts desks, when;
    starts(draft_.desks(cell).stretches(), shape, desks);
    if (!desks.count)
        return {};
    officer_starts_.resize(std::max(officer_starts_.size(), base.officers.size()));
    officer_likings_.resize(officer_starts_.size());
    auto const idle = [&](int one) { // better not to break into a day that is still free
        auto const &officer = setting_.officers[base.officers[one]];
        auto const free_now = draft_.officer(cell, one).stretches();
        auto const &duty = officer.duty[cell % setting_.days];
        bool const untouched = free_now.size() == duty.size() &&
                               std::equal(duty.begin(), duty.end(), free_now.begin());
        return 0.3 * officer.skills + (untouched ? 3 : 0);
    };
    Bits free;
    std::vector<int> leads;
    need.team->may.each([&](int one) {
        auto const &day = draft_.officer(cell, one);
        if (day.longest() < minutes || !day.room() || draft_.spare(cell, one) < minutes)
            return;
        starts(day.stretches(), shape, when);
        if (!when.count || !meet(when, desks, officer_starts_[one]))
            return;
        free.add(one);
        officer_likings_[one] = idle(one);
        if (need.team->lead.has(one))
            leads.push_back(one);
    });
    std::optional<Desk> best;
    auto const on_grid = [&](Starts const &starts) {
        for (int n = 0; n < starts.count; ++n) {
            int const late = starts.stretches[n].from - window.from;
            int const start = window.from + (late + window.step - 1) / window.step * window.step;
            if (start <= starts.stretches[n].until)
                return start;
        }
        return -1;
    };
    auto const offer = [&](int lead, int second, auto when_to_start) {
        Manning crew{.size = second < 0 ? 1 : 2, .crew = {lead, second}};
        if (!draft_.on_roster(cell / setting_.days, crew))
            return;
        Cost const price =
            draft_.crew_cost(cell / setting_.days, crew) + draft_.foreign_cost(*need.team, crew);
        double const liking = random_.part() * 4 + officer_likings_[lead] +
                              (second < 0 ? 0 : officer_likings_[second]);
        if (best && (price > best->price || (price == best->price && liking >= best->liking)))
            return;
        if (int const start = when_to_start(); start >= 0)
            best = Desk{lead, second, start, price, liking};
    };
    if (leads.size() > 20)
        random_.shuffle(leads);
    int looks = 0;
    for (int lead : leads) {
        if (need.standing->officers == 1) {
            Manning const alone{.size = 1, .crew = {lead}};
            if (!may(need, alone))
                continue;
            offer(lead, -1, [&] { return on_grid(officer_starts_[lead]); });
            continue;
        }
        Bits others = free;
        others &= partners(need, lead);
        others.each([&](int second) {
            if (second == lead || looks > kMostDesks)
                return;
            ++looks;
            offer(lead, second, [&] {
                bool const both = meet(officer_starts_[lead], officer_starts_[second], when);
                return both ? on_grid(when) : -1;
            });
        });
    }
    return best;
}

} // namespace yunkan
