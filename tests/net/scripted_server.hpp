// A server on 127.0.0.1 that does to a connection exactly what a test says, faults included, and remembers what came.
#pragma once

#include <atomic>
#include <condition_variable>
#include <functional>
#include <list>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace apimall::net::tests {

/// One request as it came: head (request line and headers) and body.
struct Seen {
  std::string head;
  std::string body;
  int connection = 0;  ///< counted from 1

  std::string target() const;
  bool has(std::string_view header_text) const { return head.find(header_text) != std::string::npos; }
};

/// What a script does to the connection that its request came on.
class Peer {
 public:
  explicit Peer(int socket) : socket_(socket) {}
  /// Gives false when the client has gone.
  bool send(std::string_view bytes);
  /// A whole answer, with its Content-Length.
  void answer(int status, std::string_view headers, std::string_view body);
  void close();
  /// Ends the connection with a TCP reset.
  void reset();
  /// Waits until the client has closed or the server stops.
  void until_client_leaves();

 private:
  int socket_;
};

class ScriptedServer {
 public:
  /// Called for each request, on its connection's own thread. After `close` or `reset` the connection is over.
  using Script = std::function<void(const Seen&, Peer&)>;

  explicit ScriptedServer(Script script);
  ~ScriptedServer();
  ScriptedServer(const ScriptedServer&) = delete;
  ScriptedServer& operator=(const ScriptedServer&) = delete;

  std::string url() const { return "http://127.0.0.1:" + std::to_string(port_); }
  std::vector<Seen> seen() const;
  int connections() const { return connections_; }

 private:
  void accept_all();
  void serve(int socket, int number);

  Script script_;
  int port_ = 0;  ///< before `listener_`, which sets it
  int listener_ = -1;
  std::atomic<int> connections_{0};
  std::atomic<bool> stopping_{false};
  mutable std::mutex mutex_;
  std::vector<Seen> seen_;
  std::list<int> sockets_;
  std::vector<std::thread> threads_;
  std::thread acceptor_;
};

/// A port on which nobody listens.
int closed_port();

}  // namespace apimall::net::tests
