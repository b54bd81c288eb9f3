"""Cheapest insertion: one survey after the other goes where it costs least, and stays there."""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random

from scheduler import cost, minutes
from scheduler.agenda import Agenda
from scheduler.groundwork import Crew, Groundwork, Option, Team
from scheduler.plan import DeskVisit, Stop, Trip
from scheduler.task import Kind


@dataclass(slots=True)
class _Tour:
    """A trip that still grows."""

    crew: Crew
    trip: Trip
    options: list[Option]


@dataclass(frozen=True, slots=True, order=True)
class _Offer:
    """What it would cost to put a survey into a round, or to start something for it."""

    cost: int
    option: Option = field(compare=False)
    place: _Tour | Team = field(compare=False)
    position: int = 0


class Insertion:
    """One pass over the tasks. ``taste`` shuffles choices that cost the same."""

    def __init__(self, ground: Groundwork, taste: Random | None = None) -> None:
        self.agenda = Agenda(ground.problem)
        self._ground = ground
        self._days = range(len(ground.problem.days))
        self._tours: list[_Tour] = []
        self._desk_visits: list[DeskVisit] = []
        self._liking = {
            officer.key: taste.uniform(0.5, 1.5) if taste else 1.0
            for officer in ground.problem.officers
        }

    def insert(self, task: str) -> bool:
        """Put the survey where it adds least to the cost; False if it fits nowhere."""
        offers: list[_Offer] = []
        for option in self._ground.options[task]:
            offers += [_Offer(team.cost, option, team) for team in option.teams]
            if option.mode.kind is Kind.ON_SITE:
                offers += self._offers_to_join(option)
        return any(self._accept(offer) for offer in sorted(offers))

    @property
    def trips(self) -> tuple[Trip, ...]:
        """The rounds so far, in order of time."""
        trips = (tour.trip for tour in self._tours)
        return tuple(sorted(trips, key=lambda trip: (trip.day, trip.depart, trip.car)))

    @property
    def desk_visits(self) -> tuple[DeskVisit, ...]:
        """The video surveys so far, in order of time."""
        return tuple(
            sorted(self._desk_visits, key=lambda visit: (visit.day, visit.start, visit.task))
        )

    def _offers_to_join(self, option: Option) -> list[_Offer]:
        problem = self._ground.problem
        offers = []
        for tour in self._tours:
            if not option.starts[tour.trip.day] or not self._ground.may(option, tour.crew):
                continue
            base = tour.crew.officers[0].base
            sites = [stop.site for stop in tour.options]
            extra = cost.visit_cost(problem.policy, option.task, tour.crew.officers)
            extra -= cost.route_cost(problem, base, sites)
            for position in range(len(sites) + 1):
                longer = [*sites[:position], option.site, *sites[position:]]
                price = extra + cost.route_cost(problem, base, longer)
                offers.append(_Offer(price, option, tour, position))
        return offers

    def _accept(self, offer: _Offer) -> bool:
        if isinstance(offer.place, _Tour):
            return self._join(offer.option, offer.place, offer.position)
        if offer.option.mode.kind is Kind.VIDEO:
            return self._sit_down(offer.option, offer.place)
        return self._set_out(offer.option, offer.place)

    def _join(self, option: Option, tour: _Tour, position: int) -> bool:
        """Let a crew see one more site on its round, which may move within the day."""
        options = [*tour.options[:position], option, *tour.options[position:]]
        self.agenda.give_back_trip(tour.trip)
        trip = self._trip(tour.crew, tour.trip.car, tour.trip.day, options)
        if trip is not None:
            tour.trip, tour.options = trip, options
        self.agenda.take_trip(tour.trip)
        return trip is not None

    def _set_out(self, option: Option, team: Team) -> bool:
        """Send a crew out for this survey, on the first day possible."""
        way = self._ground.ways[team.base][option.site]
        back = self._ground.ways[option.site][team.base]
        least = way + self._ground.setup(None, option.site) + option.mode.minutes + back
        crews = sorted(team.crews, key=self._fit_for_tours)
        for day in self._days:
            if not option.starts[day]:
                continue
            for crew in crews:
                free = self.agenda.crew(crew.keys, day)
                if not minutes.starts(free, least):
                    continue
                for car in self._ground.cars.get(team.base, ()):
                    if car.seats < len(crew.keys):
                        continue
                    trip = self._trip(crew, car.key, day, [option])
                    if trip is not None:
                        self.agenda.take_trip(trip)
                        self._tours.append(_Tour(crew, trip, [option]))
                        return True
        return False

    def _sit_down(self, option: Option, team: Team) -> bool:
        """Give a video survey the first desk at which somebody who may lead it is free."""
        crews = sorted(team.crews, key=self._in_demand)
        for day in self._days:
            if not option.starts[day]:
                continue
            for crew in crews:
                free = minutes.starts(self.agenda.crew(crew.keys, day), option.mode.minutes)
                free &= option.starts[day]
                if not free:
                    continue
                for room in self._ground.rooms.get(team.base, ()):
                    open_desks = self.agenda.room(room, day)
                    starts = free & minutes.starts(open_desks, option.mode.minutes)
                    if starts:
                        self._book(option, crew, room.key, day, minutes.first(starts))
                        return True
        return False

    def _book(self, option: Option, crew: Crew, room: str, day: int, start: int) -> None:
        visit = DeskVisit(
            task=option.task.key,
            mode=option.index,
            lead=crew.keys[0],
            second=crew.keys[1] if len(crew.keys) > 1 else None,
            room=room,
            day=day,
            start=start,
            end=start + option.mode.minutes,
        )
        self.agenda.take_desk(visit)
        self._desk_visits.append(visit)

    def _trip(self, crew: Crew, car: str, day: int, options: list[Option]) -> Trip | None:
        """The earliest trip through these stops while crew and car are free, or None."""
        base = crew.officers[0].base
        free = self.agenda.crew(crew.keys, day) & self.agenda.car(car, day)
        for gap in minutes.gaps(free):
            starts = self._starts(base, options, day, gap)
            if starts is not None:
                break
        else:
            return None
        sites = [option.site for option in options]
        depart = starts[0] - self._ground.setup(None, sites[0]) - self._ground.ways[base][sites[0]]
        clock, place, stops = depart, base, []
        for option, start in zip(options, starts, strict=True):
            arrive = clock + self._ground.ways[place][option.site]
            clock, place = start + option.mode.minutes, option.site
            stops.append(Stop(option.task.key, option.index, arrive, start, clock))
        return Trip(
            car=car,
            officers=crew.keys,
            day=day,
            depart=depart,
            back=clock + self._ground.ways[place][base],
            stops=tuple(stops),
            travel_seconds=cost.travel_seconds(self._ground.problem, base, sites),
        )

    def _starts(
        self, base: int, options: list[Option], day: int, gap: tuple[int, int]
    ) -> list[int] | None:
        """When each survey starts if the crew leaves and returns within the gap, or None.

        Forward, everything as early as it can be; then backward from the last survey,
        everything as late as that one allows, so that the crew waits as little as possible.
        """
        ground = self._ground
        clock, place = gap[0], base
        came_from = None
        starts: list[int] = []
        leads: list[int] = []  # minutes from the end of the survey before to the start of this
        for option in options:
            lead = ground.ways[place][option.site] + ground.setup(came_from, option.site)
            later = option.starts[day] >> (clock + lead)
            if not later:
                return None
            start = clock + lead + minutes.first(later)
            clock = start + option.mode.minutes
            if clock > gap[1]:
                return None
            place = came_from = option.site
            starts.append(start)
            leads.append(lead)
        if clock + ground.ways[place][base] > gap[1]:
            return None
        for index in range(len(options) - 2, -1, -1):
            option = options[index]
            latest = starts[index + 1] - leads[index + 1] - option.mode.minutes
            starts[index] = minutes.last(option.starts[day] & minutes.between(0, latest + 1))
        return starts

    def _fit_for_tours(self, crew: Crew) -> float:
        """Crews that may do many of the on-site surveys come first."""
        return -self._ground.useful[crew] * self._like(crew)

    def _in_demand(self, crew: Crew) -> float:
        """Officers few surveys depend on come first, so that the others stay free."""
        return sum(self._ground.demand[key] for key in crew.keys) * self._like(crew)

    def _like(self, crew: Crew) -> float:
        return sum(self._liking[key] for key in crew.keys)
