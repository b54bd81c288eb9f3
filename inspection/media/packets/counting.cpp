// What has been carried, counted.
#include "forwarder.hpp"

namespace yunkan {

std::optional<Forwarder::SourceCounts> Forwarder::count_source(int id) const {
    std::lock_guard const hold(lock_);
    auto const *source = find(sources_, id);
    if (!source)
        return std::nullopt;
    auto const &reception = source->reception;
    return SourceCounts{reception.received(),
                        reception.lost(),
                        source->recovered,
                        source->octets,
                        source->frames,
                        source->restarts,
                        reception.jitter() / source->clock(),
                        source->size,
                        source->heard < 0 ? -1 : Moment::now().seconds - source->heard};
}

std::optional<Forwarder::SinkCounts> Forwarder::count_sink(int id) const {
    std::lock_guard const hold(lock_);
    auto const *sink = find(sinks_, id);
    if (!sink)
        return std::nullopt;
    return SinkCounts{sink->packets,       sink->octets,  sink->resent,    sink->refused,
                      sink->fraction_lost, sink->shows(), sink->trickle.on};
}

std::optional<Forwarder::PeerCounts> Forwarder::count_peer(int id) const {
    std::lock_guard const hold(lock_);
    auto const *peer = find(peers_, id);
    if (!peer)
        return std::nullopt;
    return PeerCounts{peer->heard < 0 ? -1 : Moment::now().seconds - peer->heard, peer->round_trip,
                      peer->way.cap() == Way::kNoCap ? 0 : peer->way.cap(), peer->flooded,
                      peer->spoiled};
}

} // namespace yunkan
