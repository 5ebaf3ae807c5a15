// What a caller submits work to and takes events from; any number per client, all served by its one engine.
#pragma once

#include <memory>
#include <mutex>
#include <optional>

#include "client/client.hpp"
#include "client/event_queue.hpp"
#include "model/result.hpp"

namespace apimall {

class Poller {
 public:
  static Result<std::unique_ptr<Poller>> make(std::shared_ptr<Client> client);
  ~Poller();

  std::optional<Error> submit(engine::Submission&& submission, Timeout timeout);
  void cancel(std::uint64_t token);
  EventQueue& queue() { return *queue_; }
  Client& client() { return *client_; }

  /// Ends everything outstanding with `closed`; the events can still be read.
  void close();

 private:
  explicit Poller(std::shared_ptr<Client> client) : client_(std::move(client)) {}

  std::shared_ptr<Client> client_;
  std::shared_ptr<EventQueue> queue_ = std::make_shared<EventQueue>();
  engine::Recipient recipient_ = 0;
  std::mutex mutex_;  // a submission is posted before a close, or refused
  bool closed_ = false;
};

}  // namespace apimall
