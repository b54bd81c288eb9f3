// The packet path as Python sees it.
#include "forwarder.hpp"
#include "reading.hpp"

#include <nanobind/nanobind.h>
#include <nanobind/stl/optional.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/tuple.h>
#include <nanobind/stl/vector.h>

#include <stdexcept>
#include <string>
#include <tuple>

namespace nb = nanobind;
using namespace yunkan;

namespace {

using FormatGiven = std::tuple<std::string, int, int, unsigned>; // codec, types, clock

std::vector<Format> formats_of(std::vector<FormatGiven> const &given) {
    std::vector<Format> formats;
    for (auto const &[name, payload_type, retransmitted, clock] : given) {
        auto const codec = codec_named(name);
        if (!codec || payload_type < 0 || payload_type > 127 || retransmitted > 127 || !clock)
            throw std::invalid_argument("not a format: " + name);
        formats.push_back({*codec, payload_type, retransmitted, clock});
    }
    return formats;
}

Address address_of(std::string const &host, std::uint16_t port) {
    auto const address = Address::read(host, port);
    if (!address)
        throw std::invalid_argument("not an address: " + host);
    return *address;
}

char const *name_of(Codec codec) {
    return codec == Codec::kVp8 ? "VP8" : codec == Codec::kH264 ? "H264" : "opus";
}

nb::bytes bytes_of(std::vector<std::uint8_t> const &data) {
    return nb::bytes(data.data(), data.size());
}

/// The C function at an address that Python knows.
Srtp::Function function_at(std::uintptr_t address) {
    if (!address)
        throw std::invalid_argument("no function");
    return reinterpret_cast<Srtp::Function>(address);
}

} // namespace

NB_MODULE(yunkan_packets, module) {
    bind_reading(module);

    using NoGil = nb::call_guard<nb::gil_scoped_release>;

    nb::class_<Forwarder::SourceCounts>(module, "SourceCounts")
        .def_ro("received", &Forwarder::SourceCounts::received)
        .def_ro("lost", &Forwarder::SourceCounts::lost)
        .def_ro("recovered", &Forwarder::SourceCounts::recovered)
        .def_ro("octets", &Forwarder::SourceCounts::octets)
        .def_ro("frames", &Forwarder::SourceCounts::frames)
        .def_ro("restarts", &Forwarder::SourceCounts::restarts)
        .def_ro("jitter", &Forwarder::SourceCounts::jitter)
        .def_ro("silent", &Forwarder::SourceCounts::silent)
        .def_prop_ro("width", [](Forwarder::SourceCounts const &of) { return of.size.width; })
        .def_prop_ro("height", [](Forwarder::SourceCounts const &of) { return of.size.height; });

    nb::class_<Forwarder::SinkCounts>(module, "SinkCounts")
        .def_ro("packets", &Forwarder::SinkCounts::packets)
        .def_ro("octets", &Forwarder::SinkCounts::octets)
        .def_ro("resent", &Forwarder::SinkCounts::resent)
        .def_ro("refused", &Forwarder::SinkCounts::refused)
        .def_ro("fraction_lost", &Forwarder::SinkCounts::fraction_lost)
        .def_ro("open", &Forwarder::SinkCounts::open)
        .def_ro("trickles", &Forwarder::SinkCounts::trickles);

    nb::class_<Forwarder::PeerCounts>(module, "PeerCounts")
        .def_ro("silent", &Forwarder::PeerCounts::silent)
        .def_ro("round_trip", &Forwarder::PeerCounts::round_trip)
        .def_ro("carries", &Forwarder::PeerCounts::carries)
        .def_ro("flooded", &Forwarder::PeerCounts::flooded)
        .def_ro("spoiled", &Forwarder::PeerCounts::spoiled);

    nb::class_<Forwarder>(module, "Packets")
        .def(
            "__init__",
            [](Forwarder *self, std::uint16_t port, std::uintptr_t protect,
               std::uintptr_t unprotect, std::uintptr_t protect_rtcp,
               std::uintptr_t unprotect_rtcp) {
                Srtp const srtp{function_at(protect), function_at(unprotect),
                                function_at(protect_rtcp), function_at(unprotect_rtcp)};
                new (self) Forwarder(port, srtp);
            },
            nb::arg("port"), nb::kw_only(), nb::arg("protect"), nb::arg("unprotect"),
            nb::arg("protect_rtcp"), nb::arg("unprotect_rtcp"))
        .def_prop_ro("port", [](Forwarder const &self) { return self.datagrams().port(); })
        .def_prop_ro("has_ipv6", [](Forwarder const &self) { return self.datagrams().has_ipv6(); })
        .def("fileno", [](Forwarder &self) { return self.inbox().descriptor(); })
        .def("letters",
             [](Forwarder &self) {
                 nb::list letters;
                 for (auto const &letter : self.inbox().take())
                     letters.append(nb::make_tuple(letter.peer, letter.from.text(),
                                                   letter.from.port, bytes_of(letter.data)));
                 return letters;
             })
        .def("send",
             [](Forwarder &self, nb::bytes data, std::string const &host, std::uint16_t port) {
                 self.send(address_of(host, port),
                           {reinterpret_cast<std::uint8_t const *>(data.c_str()), data.size()});
             })
        .def("add_peer", &Forwarder::add_peer, NoGil(), nb::arg("name"), nb::kw_only(),
             nb::arg("heeded"))
        .def(
            "admit",
            [](Forwarder &self, int peer, std::string const &host, std::uint16_t port) {
                self.admit(peer, address_of(host, port));
            },
            NoGil())
        .def(
            "connect",
            [](Forwarder &self, int peer, std::string const &host, std::uint16_t port,
               std::uintptr_t receive, std::uintptr_t send) {
                if (!receive || !send)
                    throw std::invalid_argument("no session");
                self.connect(peer, address_of(host, port), reinterpret_cast<void *>(receive),
                             reinterpret_cast<void *>(send));
            },
            NoGil())
        .def(
            "move",
            [](Forwarder &self, int peer, std::string const &host, std::uint16_t port) {
                self.move(peer, address_of(host, port));
            },
            NoGil())
        .def("remove_peer", &Forwarder::remove_peer, NoGil())
        .def(
            "add_source",
            [](Forwarder &self, int peer, bool video, std::vector<FormatGiven> const &formats,
               std::uint32_t ssrc, std::uint32_t retransmission_ssrc, std::uint32_t reporter,
               int transport_wide) {
                return self.add_source(peer, video, formats_of(formats), ssrc, retransmission_ssrc,
                                       reporter, transport_wide);
            },
            NoGil(), nb::arg("peer"), nb::kw_only(), nb::arg("video"), nb::arg("formats"),
            nb::arg("ssrc"), nb::arg("retransmission_ssrc"), nb::arg("reporter"),
            nb::arg("transport_wide"))
        .def(
            "add_sink",
            [](Forwarder &self, int peer, bool video, std::vector<FormatGiven> const &formats,
               std::uint32_t ssrc, std::uint32_t retransmission_ssrc, int transport_wide) {
                return self.add_sink(peer, video, formats_of(formats), ssrc, retransmission_ssrc,
                                     transport_wide);
            },
            NoGil(), nb::arg("peer"), nb::kw_only(), nb::arg("video"), nb::arg("formats"),
            nb::arg("ssrc"), nb::arg("retransmission_ssrc"), nb::arg("transport_wide"))
        .def("feed", &Forwarder::feed, NoGil())
        .def("ask_key_picture", nb::overload_cast<int>(&Forwarder::ask_key_picture), NoGil())
        .def("want_still", &Forwarder::want_still, NoGil())
        .def("record_on", &Forwarder::record_on, NoGil(), nb::arg("tape"), nb::arg("text"))
        .def("record", nb::overload_cast<int, std::string>(&Forwarder::record), NoGil())
        .def("take_still",
             [](Forwarder &self, int source) -> nb::object {
                 auto const picture = self.take_still(source);
                 if (!picture)
                     return nb::none();
                 return nb::make_tuple(name_of(picture->codec), bytes_of(picture->encoded),
                                       picture->arrived);
             })
        .def("count_source", &Forwarder::count_source, NoGil())
        .def("count_sink", &Forwarder::count_sink, NoGil())
        .def("count_peer", &Forwarder::count_peer, NoGil());
}
