#include "streams.hpp"

#include <algorithm>

namespace yunkan {

std::uint64_t Peer::carries_of_each() const {
    auto const all = way.cap();
    if (all == Way::kNoCap)
        return all;
    auto const pictures = std::count_if(sinks.begin(), sinks.end(),
                                        [](auto *one) { return one->video && one->shows(); });
    return (all > kSound ? all - kSound : 0) /
           static_cast<std::uint64_t>(std::max<std::ptrdiff_t>(1, pictures));
}

} // namespace yunkan
