// The planner's kernel as Python sees it: numbers in, numbers out.
#include "pricing.hpp"
#include "search.hpp"
#include "ways.hpp"

#include <nanobind/nanobind.h>
#include <nanobind/ndarray.h>
#include <nanobind/stl/function.h>
#include <nanobind/stl/pair.h>
#include <nanobind/stl/tuple.h>
#include <nanobind/stl/vector.h>

#include <tuple>
#include <type_traits>

namespace nb = nanobind;
using namespace yunkan;

namespace {

using Travel = nb::ndarray<std::int32_t const, nb::shape<-1, -1>, nb::c_contig, nb::device::cpu>;
using Spans = std::vector<std::tuple<int, int, int>>;        // day, from, until
using Windows = std::vector<std::tuple<int, int, int, int>>; // day, from, until, step

std::vector<DaySpan> spans_of(Spans const &spans) {
    std::vector<DaySpan> result;
    for (auto [day, from, until] : spans)
        result.push_back({day, from, until});
    return result;
}

std::vector<Window> windows_of(Windows const &windows) {
    std::vector<Window> result;
    for (auto [day, from, until, step] : windows)
        result.push_back({day, from, until, step});
    return result;
}

/// (day, kind of car, officers, departure, [(task, option, arrival, start), ...])
nb::list rounds_of(Search const &search) {
    auto const &setting = search.setting();
    nb::list result;
    for (auto const &trip : search.trips()) {
        if (trip.cell < 0)
            continue;
        auto const &base = setting.bases[trip.cell / setting.days];
        nb::list crew, stops;
        for (int n = 0; n < trip.manning.size; ++n)
            crew.append(base.officers[trip.manning.crew[n]]);
        int clock = trip.manning.depart, place = -1, rest = 0; // the end of a slot
        for (auto const &stop : trip.stops) {
            bool const there = place == stop.site;
            int const from = place < 0 ? base.site : place;
            int const lead = place < 0 ? setting.lead_from_base(from, stop.site, stop.into)
                                       : setting.lead(from, stop.site, rest + stop.into);
            int const way = there ? 0 : Setting::whole_minutes(setting.seconds(from, stop.site));
            int const slot = std::max(clock + lead, stop.from);
            stops.append(nb::make_tuple(stop.task, stop.option, clock - rest + way,
                                        slot + stop.into));
            clock = slot + stop.minutes;
            place = stop.site;
            rest = stop.rest;
        }
        result.append(nb::make_tuple(trip.cell % setting.days, trip.manning.cars, crew,
                                     trip.manning.depart,
                                     clock + setting.way_back(place, base.site, rest), stops));
    }
    return result;
}

/// (task, option, lead, second or -1, day, start)
nb::list desk_visits_of(Search const &search) {
    auto const &setting = search.setting();
    nb::list result;
    for (size_t task = 0; task < search.placements().size(); ++task) {
        auto const &place = search.placements()[task];
        if (place.desk_cell < 0)
            continue;
        auto const &officers = setting.bases[place.desk_cell / setting.days].officers;
        result.append(nb::make_tuple(task, place.option, officers[place.lead],
                                     place.second < 0 ? -1 : officers[place.second],
                                     place.desk_cell % setting.days, place.start));
    }
    return result;
}

/// (base, day, officers, alike, departure, minutes, cost, (task, ...))
nb::tuple seen_of(Search const &search, size_t number) {
    auto const &setting = search.setting();
    auto const &round = search.seen().at(number);
    nb::list tasks;
    for (auto const &visit : round.visits)
        tasks.append(visit.task);
    return nb::make_tuple(round.cell / setting.days, round.cell % setting.days, round.manning.size,
                          round.alike, round.manning.depart, round.minutes, round.cost,
                          nb::tuple(tasks));
}

/// A part of the bureau's policy; it stays as it is once everything has been added.
template <typename Value> auto get(Value Setting::*part) {
    return [part](Setting const &self) { return self.*part; };
}
template <typename Value> auto set(Value Setting::*part) {
    return [part](Setting &self, Value value) {
        self.require_open();
        if constexpr (!std::is_same_v<Value, bool>)
            if (value < 0 || value > kEndOfTime)
                throw std::invalid_argument("a policy of less than nothing, or far too much");
        self.*part = value;
    };
}

/// A search does one thing at a time: while it works without the lock, or asks whether to go on,
/// whoever else asks it for something is refused.
class AtWork {
public:
    explicit AtWork(Search &search) : search_(search) {
        if (search.at_work)
            throw std::runtime_error("this search is at work");
        search.at_work = true;
    }
    ~AtWork() { search_.at_work = false; }
    AtWork(AtWork const &) = delete;
    AtWork &operator=(AtWork const &) = delete;

private:
    Search &search_;
};

/// (whether no cheaper round was missed, [(price, cost, minutes, [visit, ...]), ...])
nb::tuple answer_of(Pricing::Answer const &answer) {
    nb::list rounds;
    for (auto const &round : answer.rounds)
        rounds.append(nb::make_tuple(round.price, round.cost, round.minutes, round.visits));
    return nb::make_tuple(answer.complete, rounds);
}

using GoOn = std::function<bool(double, std::int64_t, int, Cost)>;

std::function<bool(Progress const &)> with_the_lock(GoOn const &go_on) {
    if (!go_on)
        return {};
    return [&go_on](Progress const &progress) {
        nb::gil_scoped_acquire lock;
        return go_on(progress.seconds, progress.iterations, progress.planned, progress.cost);
    };
}

} // namespace

NB_MODULE(yunkan_kernel, module) {
    nb::class_<Ways>(module, "Ways")
        .def("__init__",
             [](Ways *self, Travel travel) {
                 if (travel.shape(0) != travel.shape(1))
                     throw std::invalid_argument("travel times must be square");
                 new (self) Ways(static_cast<int>(travel.shape(0)),
                                 {travel.data(), travel.data() + travel.size()});
             })
        .def(nb::init<std::vector<std::pair<double, double>> const &, bool, double, double,
                      double>(),
             nb::arg("places"), nb::arg("plane"), nb::arg("detour"), nb::arg("speed"),
             nb::arg("standing"))
        .def("__len__", &Ways::sites)
        .def("seconds", [](Ways const &self, int from, int to) {
            if (from < 0 || from >= self.sites() || to < 0 || to >= self.sites())
                throw nb::index_error("an unknown site");
            return self.seconds(from, to);
        });

    nb::class_<Setting>(module, "Setting")
        .def(nb::init<int, Ways const &>(), nb::keep_alive<1, 3>())
        .def_prop_rw("setup_minutes", get(&Setting::setup_minutes), set(&Setting::setup_minutes))
        .def_prop_rw("grid", &Setting::grid, &Setting::set_grid)
        .def_prop_rw("trip_cost", get(&Setting::trip_cost), set(&Setting::trip_cost))
        .def_prop_rw("arrival_cost", get(&Setting::arrival_cost), set(&Setting::arrival_cost))
        .def_prop_rw("cross_district_cost", get(&Setting::cross_district_cost),
                     set(&Setting::cross_district_cost))
        .def_prop_rw("unusual_pair_cost", get(&Setting::unusual_pair_cost),
                     set(&Setting::unusual_pair_cost))
        .def_prop_rw("repeated_pair_cost", get(&Setting::repeated_pair_cost),
                     set(&Setting::repeated_pair_cost))
        .def_prop_rw("fixed_roster", get(&Setting::fixed_roster), set(&Setting::fixed_roster))
        .def_prop_rw("waiting_cost", get(&Setting::waiting_cost), set(&Setting::waiting_cost))
        .def_prop_rw("whole_shift", get(&Setting::whole_shift), set(&Setting::whole_shift))
        .def_prop_rw("worst_tardy_cost", get(&Setting::worst_tardy_cost),
                     set(&Setting::worst_tardy_cost))
        .def("add_base", &Setting::add_base, nb::arg("site"), nb::arg("desks"))
        .def(
            "add_officer",
            [](Setting &self, int base, Spans const &duty, int skills, int most_minutes) {
                return self.add_officer(base, spans_of(duty), skills, most_minutes);
            },
            nb::arg("base"), nb::arg("duty"), nb::arg("skills"),
            nb::arg("most_minutes") = kEndOfTime)
        .def("add_usual_pair", &Setting::add_usual_pair)
        .def("add_recent_pair", &Setting::add_recent_pair)
        .def("add_cars",
             [](Setting &self, int base, int count, int seats, int load, Spans const &duty) {
                 self.add_cars(base, count, seats, load, spans_of(duty));
             })
        .def("add_standing", &Setting::add_standing)
        .def("add_task", &Setting::add_task, nb::arg("unplanned_cost"), nb::arg("load"),
             nb::arg("pinned"), nb::arg("begin_by") = kEndOfTime, nb::arg("tardy_cost") = 0)
        .def("add_option",
             [](Setting &self, int task, int standing, int minutes, int site, Cost cost,
                Windows const &windows) {
                 self.add_option(task, standing, minutes, site, cost, windows_of(windows));
             })
        .def("add_companion",
             [](Setting &self, int task, int standing, int earliest, int latest,
                Windows const &windows) {
                 return self.add_companion(task, standing, {earliest, latest}, windows_of(windows));
             })
        .def("seal", &Setting::seal)
        .def("unplanned_cost",
             [](Setting const &self, int task) { return self.tasks.at(task).unplanned_cost; })
        .def("alike", [](Setting const &self, int officer) {
            self.require_sealed();
            return self.officers.at(officer).alike;
        });

    nb::class_<Search>(module, "Search")
        .def(nb::init<Setting const &, std::uint64_t>(), nb::keep_alive<1, 2>())
        .def("keep_round",
             [](Search &self, int day, int cars, std::vector<int> const &officers, int depart,
                std::vector<std::tuple<int, int, int>> const &stops) {
                 AtWork const now(self);
                 std::vector<Search::KeptStop> kept;
                 for (auto [task, option, start] : stops)
                     kept.push_back({task, option, start});
                 return self.keep_round(day, cars, officers, depart, kept);
             })
        .def("keep_desk_visit",
             [](Search &self, int task, int option, int lead, int second, int day, int start) {
                 AtWork const now(self);
                 return self.keep_desk_visit(task, option, lead, second, day, start);
             })
        .def("offer",
             [](Search &self, int task, int day, int from, int until) -> nb::object {
                 AtWork const now(self);
                 auto const offer = self.offer(task, day, from, until);
                 if (!offer)
                     return nb::none();
                 return nb::make_tuple(offer->option, offer->start, offer->cost, offer->driving,
                                       offer->on_way);
             })
        .def(
            "construct",
            [](Search &self, GoOn const &go_on) {
                AtWork const now(self);
                nb::gil_scoped_release unlocked;
                return self.construct(with_the_lock(go_on));
            },
            nb::arg("go_on").none())
        .def(
            "improve",
            [](Search &self, double seconds, std::int64_t iterations, bool by_count,
               GoOn const &go_on, double cooled, bool remember) {
                AtWork const now(self);
                nb::gil_scoped_release unlocked;
                self.improve(seconds, iterations, by_count, cooled, remember, with_the_lock(go_on));
            },
            nb::arg("seconds"), nb::arg("iterations"), nb::arg("by_count"), nb::arg("go_on").none(),
            nb::arg("cooled") = 0.0, nb::arg("remember") = true)
        .def("seen",
             [](Search &self, size_t number) {
                 AtWork const now(self);
                 return seen_of(self, number);
             })
        .def_prop_ro("seen_count", [](Search const &self) { return self.seen().size(); })
        .def("present",
             [](Search &self) {
                 AtWork const now(self);
                 return self.present();
             })
        .def("regroup",
             [](Search &self, std::vector<int> const &rounds) {
                 AtWork const now(self);
                 return self.regroup(rounds);
             })
        .def("begin_anew",
             [](Search &self) {
                 AtWork const now(self);
                 self.begin_anew();
             })
        .def_prop_ro("cost", &Search::cost)
        .def_prop_ro("left_out", &Search::left_out)
        .def_prop_ro("iterations", &Search::iterations)
        .def("rounds",
             [](Search &self) {
                 AtWork const now(self);
                 return rounds_of(self);
             })
        .def("desk_visits", [](Search &self) {
            AtWork const now(self);
            return desk_visits_of(self);
        });

    nb::class_<Pricing>(module, "Pricing")
        .def(
            "__init__",
            [](Pricing *self, Ways const &ways, int base, int from, int until, int setup_minutes,
               Cost trip_cost, Cost arrival_cost) {
                new (self)
                    Pricing(ways, base, {from, until}, setup_minutes, trip_cost, arrival_cost);
            },
            nb::keep_alive<1, 2>(), nb::arg("ways"), nb::arg("base"), nb::arg("start"),
            nb::arg("end"), nb::kw_only(), nb::arg("setup_minutes"), nb::arg("trip_cost"),
            nb::arg("arrival_cost"))
        .def("add_visit",
             [](Pricing &self, int survey, int site, int minutes, Cost cost,
                std::vector<std::pair<int, int>> const &starts) {
                 std::vector<Interval> told;
                 for (auto [first, last] : starts)
                     told.push_back({first, last});
                 self.add_visit(survey, site, minutes, cost, told);
             })
        .def(
            "cheapest",
            [](Pricing const &self, std::vector<double> const &surveys, double round, double minute,
               std::vector<std::pair<int, double>> const &longer, int near, int most_labels,
               int most_rounds) {
                Pricing::Prices prices{surveys, round, minute, {}};
                for (auto [minutes, price] : longer)
                    prices.longer.push_back({minutes, price});
                return answer_of(self.cheapest(prices, near, most_labels, most_rounds));
            },
            nb::arg("surveys"), nb::kw_only(), nb::arg("round"), nb::arg("minute"),
            nb::arg("longer"), nb::arg("near"), nb::arg("most_labels"), nb::arg("most_rounds"))
        .def(
            "every",
            [](Pricing const &self, std::vector<double> const &surveys, double round, double minute,
               std::vector<std::pair<int, double>> const &longer, double below, int most_labels) {
                Pricing::Prices prices{surveys, round, minute, {}};
                for (auto [minutes, price] : longer)
                    prices.longer.push_back({minutes, price});
                return answer_of(self.every(prices, below, most_labels));
            },
            nb::arg("surveys"), nb::kw_only(), nb::arg("round"), nb::arg("minute"),
            nb::arg("longer"), nb::arg("below"), nb::arg("most_labels"))
        .def_prop_ro("shortest", &Pricing::shortest);
}
