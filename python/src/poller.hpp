// `Poller`: submits work, and tells futures of its end in batches.
#pragma once

#include "python.hpp"

namespace apimall_python {

/// Makes the type and adds it to the module. Throws on failure.
void add_poller(py::module_& module);

/// Takes the poller. `on_closed` (borrowed, or None) is called once `drain` finds that nothing more can come. Throws on
/// failure.
py::object make_poller(apimall_poller* poller, const py::object& on_closed);

}  // namespace apimall_python
