// `apimall._native`: the C ABI for the Python files of the package, which are the interface. `_load.py` keeps it out of
// subinterpreters: its types are the process's.
#include <string>

#include "client.hpp"
#include "image_task.hpp"
#include "poller.hpp"
#include "python.hpp"

namespace apimall_python {
namespace {

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
  require_own_library();
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
