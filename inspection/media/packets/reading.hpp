// The recording side as Python sees it: a tape, and a reader that turns its packets into frames.
#pragma once

#include <nanobind/nanobind.h>

namespace yunkan {

/// Add the classes of the recording side to the module.
void bind_reading(nanobind::module_ &module);

} // namespace yunkan
