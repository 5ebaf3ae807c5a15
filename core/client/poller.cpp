#include "client/poller.hpp"

#include <utility>

namespace apimall {

Result<std::unique_ptr<Poller>> Poller::make(std::shared_ptr<Client> client) {
  std::unique_ptr<Poller> poller(new Poller(std::move(client)));
  if (auto error = poller->client_->open(poller->queue_, poller->recipient_)) {
    poller->closed_ = true;
    return std::move(*error);
  }
  return poller;
}

Poller::~Poller() {
  queue_->set_notify(nullptr, nullptr);
  close();
}

std::optional<Error> Poller::submit(engine::Submission&& submission, Timeout timeout) {
  const std::lock_guard lock(mutex_);
  if (closed_) {
    Error error;
    error.code = Code::closed;
    error.message = "This poller is closed. Make a new one.";
    error.task_id = submission.task_id.view();
    return error;
  }
  submission.recipient = recipient_;
  return client_->submit(std::move(submission), timeout);
}

void Poller::cancel(std::uint64_t token) {
  const std::lock_guard lock(mutex_);
  if (!closed_) client_->cancel(recipient_, token);
}

void Poller::close() {
  const std::lock_guard lock(mutex_);
  if (!std::exchange(closed_, true)) client_->close(recipient_);
}

}  // namespace apimall
