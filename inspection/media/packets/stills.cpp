// How a still is cut out of a stream: its next key picture, as it came.
#include "forwarder.hpp"

namespace yunkan {

void Forwarder::watch_for_still(Source &source, std::uint16_t sequence, std::uint32_t time,
                                Octets payload) {
    auto &still = source.still;
    auto const codec = source.format->codec;
    // An H264 picture is no use without the parameters before it, which state the size.
    if (starts_key_picture(codec, payload) && stated_size(codec, payload)) {
        auto const later = static_cast<std::int32_t>(time - still.time);
        if (!still.begun || later > 0) // in place of one that stayed incomplete
            still = {true, true, sequence, time};
        else if (later == 0 && ahead(sequence, still.first) < 0)
            still.first = sequence;
    }
    if (!still.begun || time != still.time)
        return;
    auto last = still.first; // it may have come before the first
    for (;; ++last) {
        auto const *packet = source.kept.find(last);
        if (!packet || packet->time != time)
            return; // not all of it has come
        if (packet->marker)
            break;
    }
    KeyPicture picture{codec, source.size, 0, {}};
    for (auto number = still.first;; ++number) {
        append_encoded(codec, source.kept.payload(*source.kept.find(number)), picture.encoded);
        if (number == last)
            break;
    }
    picture.arrived = static_cast<double>(since_1970(now_.ntp)) / 1e6;
    source.key_picture = std::move(picture);
    still = {};
    inbox_.ring();
}

void Forwarder::want_still(int id) {
    std::lock_guard const hold(lock_);
    if (auto *source = find(sources_, id); source && source->video) {
        source->still.wanted = true;
        source->key_wanted = true;
    }
}

std::optional<KeyPicture> Forwarder::take_still(int id) {
    std::lock_guard const hold(lock_);
    auto *source = find(sources_, id);
    if (!source)
        return std::nullopt;
    std::optional<KeyPicture> taken;
    taken.swap(source->key_picture);
    return taken;
}

} // namespace yunkan
