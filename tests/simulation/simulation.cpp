#include "simulation.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

#include "answers.hpp"
#include "wire/response.hpp"

namespace apimall::simulation {
namespace {

using namespace std::chrono_literals;
using engine::Kind;

constexpr std::uint64_t stream = 4;
constexpr double crossing_share = 0.5;  // of given up requests, whose answer comes all the same
// How often the engine may be woken for nothing: the scheduler looks lower every 10 ms, tells time in milliseconds, and
// a get looks once a second whether it is held back.
constexpr std::uint64_t most_idle_steps_per_s = 300;

class NoLog : public Log {
 public:
  bool wants(LogLevel) const override { return false; }
  void line(LogLevel, std::string_view) override {}
};
NoLog no_log;

/// The number that follows `word`, which callers put into what they ask so that its requests can be told apart.
std::uint64_t number_after(std::string_view text, std::string_view word) {
  std::uint64_t number = 0;
  const std::size_t at = text.find(word);
  if (at != text.npos) std::from_chars(text.data() + at + word.size(), text.data() + text.size(), number);
  return number;
}

}  // namespace

Simulation::Simulation(const Scenario& scenario, std::FILE* log)
    : scenario_(scenario),
      log_(log),
      gateway_(scenario),
      callers_(scenario, gateway_),
      rules_(scenario, gateway_),
      engine_(scenario.settings, no_log),
      random_(scenario.seed, stream) {}

void Simulation::log(const std::string& line) const {
  if (log_ != nullptr) std::fprintf(log_, "%12.6f %s\n", elapsed_s(), line.c_str());
}

Simulation::Asked& Simulation::asked_about(TaskNumber task) {
  if (task >= asked_.size()) asked_.resize(std::max<std::size_t>(task + 1, gateway_.task_count()));
  return asked_[task];
}

History Simulation::run() {
  Instant second = now_;
  std::uint64_t idle_in_second = 0;
  for (;;) {
    const std::uint64_t done_before = done_;
    while (!arrivals_.empty() && arrivals_.top().at <= now_) {
      const engine::ExchangeId id = arrivals_.top().id;
      arrivals_.pop();
      deliver(id);
    }
    if (!closed_) {
      if (now_ >= scenario_.ends_at) close_everything();
      while (!closed_ && callers_.next() <= now_) {
        for (Action& action : callers_.take_due(now_)) act(std::move(action));
      }
    }
    settle();
    rules_.settled(engine_, in_flight_, now_);
    ++steps_;
    if (done_ == done_before) {
      ++idle_steps_;
      if (now_ - second >= 1s) {
        second = now_;
        idle_in_second = 0;
      }
      if (++idle_in_second > most_idle_steps_per_s + engine_.outstanding()) {
        throw Violation("the engine spins: it is woken for nothing");
      }
    }
    if (!closed_ && callers_.next() == engine::never && engine_.outstanding() == 0) close_everything();
    if (closed_ && arrivals_.empty()) break;

    const Instant wake = engine_.wake(now_);
    if (wake <= now_) throw Violation("the engine wants to be woken at once, and then does nothing");
    now_ = next_instant(wake);
    if (now_ == engine::never) throw Violation("the engine sleeps for ever");
  }
  rules_.ended(engine_, in_flight_, now_);
  return history();
}

Instant Simulation::next_instant(Instant wake) const {
  Instant next = wake;
  if (!arrivals_.empty()) next = std::min(next, arrivals_.top().at);
  if (!closed_) next = std::min({next, callers_.next(), scenario_.ends_at});
  return next;
}

void Simulation::close_everything() {
  closed_ = true;
  ++done_;
  for (engine::Recipient recipient = 0; recipient < callers_.recipients(); ++recipient) {
    rules_.closed(recipient);
    engine_.close(recipient);
    hear();
  }
}

void Simulation::act(Action action) {
  ++done_;
  switch (action.kind) {
    case Action::Kind::submit:
      plans_.push_back(action.plan);
      tasks_.push_back(action.task);
      accepted_.push_back(false);
      if (action.submission.kind == Kind::generate) tokens_of_plans_[action.plan] = action.token;
      if (!action.submission.task_id.empty() && action.task < gateway_.task_count()) {
        Asked& asked = asked_about(action.task);
        asked.first = std::min(asked.first, now_);
      }
      if (log_ != nullptr) {
        log("submit " + std::to_string(action.token) + " kind " +
            std::to_string(static_cast<int>(action.submission.kind)) + " " + std::string(action.submission.task_id) +
            " timeout " +
            (action.submission.timeout != engine::Submission::no_timeout
                 ? std::to_string(engine::seconds(action.submission.timeout))
                 : "none"));
      }
      rules_.submitted(action, now_);
      engine_.submit(action.submission, now_);
      break;
    case Action::Kind::cancel:
      log("cancel " + std::to_string(action.token));
      rules_.cancelled(action.recipient, action.token);
      engine_.cancel(action.recipient, action.token, now_);
      break;
    case Action::Kind::close:
      log("close recipient " + std::to_string(action.recipient));
      rules_.closed(action.recipient);
      engine_.close(action.recipient);
      break;
  }
  hear();
}

void Simulation::hear() {
  for (const engine::Event& event : engine_.take_events()) {
    ++done_;
    if (log_ != nullptr) {
      log((event.type == engine::EventType::final ? "final of " : "progress of ") + std::to_string(event.token) +
          (event.error ? " " + std::string(name(event.error->code)) : "") +
          (event.task ? " " + std::string(event.task->fields().status_text) : ""));
    }
    rules_.told(event, now_);
    if (event.type != engine::EventType::final) continue;
    const TaskNumber task = tasks_[event.token - 1];
    if (event.task && is_terminal(event.task->fields().status) && task < gateway_.task_count()) {
      Asked& asked = asked_about(task);
      asked.told = std::min(asked.told, now_);
    }
    if (!closed_) callers_.told(event, now_);
  }
  for (const engine::ExchangeId id : engine_.take_abandoned()) {
    const auto at = under_way_.find(id);
    if (at == under_way_.end() || at->second.abandoned) throw Violation("a request is given up that is not under way");
    rules_.abandoned(at->second.flight);
    --in_flight_;
    // The answer may be in the mail already: the engine must not be confused by it.
    at->second.abandoned = true;
    if (!random_.chance(crossing_share)) under_way_.erase(at);
  }
  rules_.paid();
}

void Simulation::settle() {
  engine_.advance(now_);
  hear();
  while (auto next = engine_.next_send(now_)) {
    send(std::move(*next));
    hear();
  }
}

void Simulation::send(engine::Send send) {
  ++done_;
  UnderWay added;
  Flight& flight = added.flight;
  if (const auto* order = std::get_if<engine::FetchOrder>(&send.what)) {
    flight.what = Flight::What::fetch;
    flight.token = number_after(order->folder, "download-");
    flight.file = static_cast<int>(number_after(order->url, std::to_string(tasks_[flight.token - 1]) + "/"));
    log("fetch " + order->url);
    rules_.sent(flight, now_);
    added.reply = gateway_.fetch(order->url, now_);
  } else {
    const wire::Request& request = std::get<wire::Request>(send.what);
    log(request.target);
    if (request.method == wire::Method::post) {
      flight.what = Flight::What::call;
      flight.token = tokens_of_plans_.at(number_after(request.body, "picture "));
      rules_.sent(flight, now_);
      bool accepted = false;
      added.reply = gateway_.generate(plans_[flight.token - 1], now_, accepted);
      if (accepted && accepted_[flight.token - 1]) throw Violation("the gateway has accepted one generation twice");
      if (accepted) accepted_[flight.token - 1] = true;
    } else if (const auto task = Gateway::task_in(request.target)) {
      flight.task = *task;
      rules_.sent(flight, now_);
      added.reply = gateway_.poll(request.target, now_);
      if (*task < gateway_.task_count()) {
        Asked& asked = asked_about(*task);
        ++asked.polls;
        asked.rate_limited += added.reply.status == 429;
      }
    } else {
      flight.what = Flight::What::call;
      flight.token = number_after(request.target, "page=");
      rules_.sent(flight, now_);
      added.reply = gateway_.call(flight.token != 0 ? history_body() : balances_body(), now_);
    }
  }
  arrivals_.push({added.reply.due, send.id, ++sent_});
  ++in_flight_;
  if (!under_way_.emplace(send.id, std::move(added)).second) throw Violation("the number of a request is used twice");
}

void Simulation::deliver(engine::ExchangeId id) {
  const auto at = under_way_.find(id);
  if (at == under_way_.end()) return;
  UnderWay landed = std::move(at->second);
  under_way_.erase(at);
  ++done_;
  Reply& reply = landed.reply;
  if (!landed.abandoned) {
    --in_flight_;
    rules_.answered(landed.flight, reply, now_);
  }
  if (log_ != nullptr) {
    log("answer " + std::to_string(reply.status) + (landed.abandoned ? " to nobody" : "") + " about " +
        (landed.flight.what == Flight::What::poll ? Gateway::id_of(landed.flight.task)
                                                  : std::to_string(landed.flight.token)));
  }
  if (reply.broken != Code::ok) {
    Error error;
    error.code = reply.broken;
    error.retryable = true;
    error.message = "No answer, says the simulation.";
    engine_.failed(id, std::move(error), reply.maybe_received, now_);
  } else if (reply.file) {
    engine_.fetched(id, std::move(*reply.file), now_);
  } else {
    wire::Response response;
    response.status = reply.status;
    const std::int64_t clock_ms = gateway_.client_clock_ms(now_);
    for (const std::string& line : reply.headers) response.headers.read_line(line, clock_ms);
    response.body = std::string_view(reply.body).substr(0, reply.body_size);
    engine_.responded(id, response, now_);
  }
  hear();
}

History Simulation::history() const {
  History history;
  history.statistics = engine_.statistics();
  history.submissions = plans_.size();
  history.steps = steps_;
  history.idle_steps = idle_steps_;
  history.virtual_s = elapsed_s();
  for (TaskNumber number = 0; number < asked_.size(); ++number) {
    const Asked& asked = asked_[number];
    if (asked.first == engine::never) continue;
    const GatewayTask& task = gateway_.task(number);
    TaskResult result;
    result.model = scenario_.models[static_cast<std::size_t>(task.model)].name;
    result.submit_s = engine::seconds(asked.first - beginning);
    result.completion_s = engine::seconds(task.ended - beginning);
    if (asked.told != engine::never) {
      result.told_s = engine::seconds(asked.told - beginning);
      result.delay_s = engine::seconds(asked.told - std::max(task.ended, asked.first));
    }
    result.polls = asked.polls;
    result.rate_limited = asked.rate_limited;
    history.tasks.push_back(std::move(result));
  }
  return history;
}

}  // namespace apimall::simulation
