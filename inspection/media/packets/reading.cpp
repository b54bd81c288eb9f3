#include "reading.hpp"

#include "reader.hpp"

#include <nanobind/stl/string.h>
#include <nanobind/stl/string_view.h>

#include <chrono>
#include <stdexcept>
#include <string_view>
#include <system_error>

namespace nb = nanobind;

namespace yunkan {

namespace {

Octets octets_of(nb::bytes const &bytes) {
    return {static_cast<std::uint8_t const *>(bytes.data()), bytes.size()};
}

Codec codec_of(std::string_view name) {
    if (auto const codec = codec_named(name))
        return *codec;
    throw std::invalid_argument("no codec that is carried");
}

StripKind kind_of(std::string_view name) {
    if (name == "worker begins")
        return StripKind::kWorkerBegins;
    if (name == "source begins")
        return StripKind::kSourceBegins;
    if (name == "source ends")
        return StripKind::kSourceEnds;
    throw std::invalid_argument("no such note");
}

char const *name_of(FoundNote::Kind kind) {
    switch (kind) {
    case FoundNote::Kind::kWorkerBegins:
        return "worker begins";
    case FoundNote::Kind::kSourceBegins:
        return "source begins";
    case FoundNote::Kind::kSourceGoesOn:
        return "source goes on";
    case FoundNote::Kind::kSourceEnds:
        return "source ends";
    }
    return "";
}

char const *name_of(Codec codec) {
    switch (codec) {
    case Codec::kOpus:
        return "opus";
    case Codec::kVp8:
        return "vp8";
    case Codec::kH264:
        return "h264";
    }
    return "";
}

std::int64_t now() {
    using namespace std::chrono;
    return duration_cast<microseconds>(system_clock::now().time_since_epoch()).count();
}

nb::object object_of(Found &&found) {
    return std::visit([](auto &&each) { return nb::cast(std::move(each)); }, std::move(found));
}

} // namespace

void bind_reading(nb::module_ &module) {
    nb::class_<Tape>(module, "Tape")
        .def("__init__",
             [](Tape *self, int descriptor) {
                 try {
                     new (self) Tape(descriptor);
                 } catch (std::system_error const &error) {
                     errno = error.code().value();
                     PyErr_SetFromErrno(PyExc_OSError);
                     throw nb::python_error();
                 }
             })
        .def(
            "write",
            [](Tape &self, std::uint32_t source, std::string_view codec, std::uint16_t sequence,
               std::uint32_t time, bool marker, std::int64_t arrived, nb::bytes const &payload) {
                return self.write(
                    {StripKind::kPacket, codec_of(codec), marker, sequence, source, time, arrived},
                    octets_of(payload));
            },
            nb::kw_only(), nb::arg("source"), nb::arg("codec"), nb::arg("sequence"),
            nb::arg("time"), nb::arg("marker"), nb::arg("arrived"), nb::arg("payload"))
        .def(
            "note",
            [](Tape &self, std::string_view kind, std::string_view text, std::uint32_t source,
               std::string_view codec) {
                if (text.size() > kLongestNote)
                    throw std::invalid_argument("too long for a note");
                return self.write(
                    {kind_of(kind), codec_of(codec), false, 0, source, 0, now()},
                    {reinterpret_cast<std::uint8_t const *>(text.data()), text.size()});
            },
            nb::arg("kind"), nb::arg("text"), nb::kw_only(), nb::arg("source") = 0,
            nb::arg("codec") = "opus")
        .def_prop_ro("dropped", &Tape::dropped)
        .def_prop_ro("broken", &Tape::broken)
        .def("key_pictures_asked", &Tape::key_pictures_asked, nb::arg("source"))
        .def("ask_key_picture", &Tape::ask_key_picture, nb::arg("source"));

    nb::class_<FoundFrame>(module, "Frame")
        .def_ro("source", &FoundFrame::source)
        .def_prop_ro("octets",
                     [](FoundFrame const &self) {
                         return nb::bytes(self.frame.octets.data(), self.frame.octets.size());
                     })
        .def_prop_ro("time", [](FoundFrame const &self) { return self.frame.time; })
        .def_prop_ro("at", [](FoundFrame const &self) { return self.frame.at; })
        .def_prop_ro("key", [](FoundFrame const &self) { return self.frame.key; })
        .def_prop_ro("width", [](FoundFrame const &self) { return self.frame.size.width; })
        .def_prop_ro("height", [](FoundFrame const &self) { return self.frame.size.height; });

    nb::class_<FoundGap>(module, "Gap")
        .def_ro("source", &FoundGap::source)
        .def_prop_ro("begins", [](FoundGap const &self) { return self.gap.from; })
        .def_prop_ro("ends", [](FoundGap const &self) { return self.gap.until; })
        .def_prop_ro("packets", [](FoundGap const &self) { return self.gap.packets; });

    nb::class_<FoundNote>(module, "Note")
        .def_prop_ro("kind", [](FoundNote const &self) { return name_of(self.kind); })
        .def_ro("source", &FoundNote::source)
        .def_prop_ro("codec", [](FoundNote const &self) { return name_of(self.codec); })
        .def_ro("at", &FoundNote::at)
        .def_prop_ro("text", [](FoundNote const &self) { // bytes: it need not be UTF-8
            return nb::bytes(self.text.data(), self.text.size());
        });

    nb::class_<Reader>(module, "Reader")
        .def(nb::init<Tape &>(), nb::arg("tape"), nb::keep_alive<1, 2>())
        .def(
            "drain",
            [](Reader &self, std::int64_t at, std::size_t most) {
                std::vector<Found> found;
                {
                    nb::gil_scoped_release unlocked;
                    found = self.drain(at, most);
                }
                nb::list result;
                for (auto &each : found)
                    result.append(object_of(std::move(each)));
                return result;
            },
            nb::arg("at"), nb::arg("most"))
        .def("release", &Reader::release)
        .def("ask_key_pictures", &Reader::ask_key_pictures)
        .def_prop_ro("unknown", &Reader::unknown);
}

} // namespace yunkan
