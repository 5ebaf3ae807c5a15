#include "client.hpp"

#include <algorithm>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "errors.hpp"
#include "log.hpp"
#include "owned.hpp"
#include "poller.hpp"
#include "readable.hpp"

namespace apimall_python {
namespace {

/// All that live, for the end of the interpreter; guarded by the GIL.
std::vector<Client*>& living() {
  static auto* clients = new std::vector<Client*>();  // outlives every static destructor
  return *clients;
}

/// Freeing joins threads, one of which may be this one, when a log handler dropped the last reference.
void free_client(apimall_client* client) {
  if (in_log_callback()) {
    std::thread([client] { apimall_client_free(client); }).detach();
  } else {
    apimall_client_free(client);
  }
}

OwnedConfig make_config(const py::iterable& settings) {
  apimall_config* made = nullptr;
  check(apimall_config_new(&made));
  OwnedConfig config(made);
  apimall_error* error = nullptr;
  const std::int32_t code = apimall_config_load_env(config.get(), &error);
  check(code, OwnedError(error));
  for (const py::handle& setting : settings) {
    const auto [key, value] = setting.cast<std::pair<std::string, std::string>>();
    error = nullptr;
    const std::int32_t set =
        apimall_config_set(config.get(), key.data(), key.size(), value.data(), value.size(), &error);
    check(set, OwnedError(error));
  }
  return config;
}

}  // namespace

Client::Client(const py::iterable& settings) {
  const OwnedConfig config = make_config(settings);
  apimall_client* made = nullptr;
  apimall_error* error = nullptr;
  const std::int32_t code = apimall_client_new(config.get(), &made, &error);
  check(code, OwnedError(error));
  client_ = std::shared_ptr<apimall_client>(made, free_client);
  std::int32_t logging = APIMALL_OK;
  {
    const py::gil_scoped_release without_gil;
    logging = apimall_client_set_log(made, forward_log_line, nullptr);
  }
  check(logging);
  living().push_back(this);
}

Client::~Client() {
  auto& clients = living();
  clients.erase(std::remove(clients.begin(), clients.end(), this), clients.end());
  const py::gil_scoped_release without_gil;  // a log handler may need it before the threads can be joined
  client_.reset();
}

py::object Client::poller(const py::object& on_closed) const {
  apimall_poller* made = nullptr;
  apimall_error* error = nullptr;
  const std::int32_t code = apimall_poller_new(client_.get(), &made, &error);
  check(code, OwnedError(error));
  return make_poller(made, on_closed);
}

py::tuple Client::stats() const {
  apimall_stats s = APIMALL_STATS_INIT;
  check(apimall_client_stats(client_.get(), &s));
  return py::make_tuple(s.requests, s.responses, s.polls, s.rate_limited, s.retries, s.failures, s.bytes_received,
                        s.connections, s.in_flight, s.waits_outstanding, s.submissions, s.events_delivered,
                        s.events_undelivered, s.downloads, s.download_bytes, s.log_lines_dropped);
}

void Client::close() const {
  const std::shared_ptr<apimall_client> client = client_;  // another thread may drop this object meanwhile
  const py::gil_scoped_release without_gil;
  apimall_client_close(client.get());
}

void Client::close_all() {
  stay_blocked();
  std::vector<std::shared_ptr<apimall_client>> clients;
  for (const Client* client : living()) clients.push_back(client->client_);
  const py::gil_scoped_release without_gil;
  for (const auto& client : clients) {
    apimall_client_set_log(client.get(), nullptr, nullptr);
    apimall_client_close(client.get());
  }
  clients.clear();
}

void add_client(py::module_& module) {
  py::class_<Client>(module, "Client", "One engine: settings, an I/O thread, connections and a rate budget.")
      .def(py::init<const py::iterable&>(), py::arg("settings"))
      .def("poller", &Client::poller, py::arg("on_closed") = py::none(), "Make a queue for one thread or event loop.")
      .def("stats", &Client::stats, "Return the counters.")
      .def("close", &Client::close, "End everything outstanding and stop.");
  module.def("close_all_clients", &Client::close_all, "For the end of the interpreter.");
}

}  // namespace apimall_python
