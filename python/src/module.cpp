// `apimall._native`: the C ABI for the Python files of the package, which are the interface.
#include "client.hpp"
#include "image_task.hpp"
#include "poller.hpp"
#include "python.hpp"

namespace apimall_python {
namespace {

/// The types are the process's and not an interpreter's. Newer Pythons refuse by themselves.
void require_main_interpreter() {
  if (PyInterpreterState_Get() != PyInterpreterState_Main()) {
    throw py::import_error(
        "apimall works in the main interpreter only, not in a subinterpreter. Use threads, asyncio or processes: one "
        "client serves thousands of tasks.");
  }
}

/// A library from elsewhere may have come before the package's own: better to say so than to crash.
void require_own_library() {
  if (apimall_abi_hash() == APIMALL_ABI_HASH) return;
  throw py::import_error(std::string("apimall's module was made for version " APIMALL_VERSION
                                     " of its library, and found another contract in version ") +
                         apimall_version() + ". Install the package again, and look for another libapimall.");
}

}  // namespace
}  // namespace apimall_python

PYBIND11_MODULE(_native, module) {
  using namespace apimall_python;
  module.doc() = "The native part of apimall. Use `apimall` itself.";
  require_main_interpreter();
  require_own_library();
  module.def("require_main_interpreter", &require_main_interpreter,
             "Raise ImportError in a subinterpreter, which may share this module.");
  module.attr("__version__") = apimall_version();
  module.attr("GET") = APIMALL_WORK_GET;
  module.attr("WAIT") = APIMALL_WORK_WAIT;
  module.attr("GENERATE") = APIMALL_WORK_GENERATE;
  module.attr("DOWNLOAD") = APIMALL_WORK_DOWNLOAD;
  module.attr("HISTORY") = APIMALL_WORK_HISTORY;
  module.attr("BALANCES") = APIMALL_WORK_BALANCES;
  add_image_task(module);
  add_poller(module);
  add_client(module);
}
