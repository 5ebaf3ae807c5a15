// `Client`: one engine, from settings to its end.
#pragma once

#include <memory>

#include "python.hpp"

namespace apimall_python {

class Client {
 public:
  /// Settings are pairs of text; the environment goes before them.
  explicit Client(const py::iterable& settings);
  ~Client();
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  py::object poller(const py::object& on_closed) const;
  /// The counters, in the order of `ClientStats`.
  py::tuple stats() const;
  void close() const;

  /// Ends all clients of the process, because the interpreter is going down.
  static void close_all();

 private:
  std::shared_ptr<apimall_client> client_;
};

void add_client(py::module_& module);

}  // namespace apimall_python
