// Answers that are no value → errors: one table of what each HTTP status and each word of the gateway means.
#pragma once

#include <string>
#include <string_view>

#include "model/error.hpp"
#include "wire/envelope.hpp"
#include "wire/response.hpp"

namespace apimall::wire {

/// What was asked for, as a message names it.
struct Asked {
  std::string_view what;     ///< "the task", "the account's balances"
  std::string_view task_id;  ///< empty if the request was not about one
};

/// An answer with a status other than 2xx.
Error refused_by_status(const Response& response, const Envelope& envelope, const Asked& asked);

/// A 2xx whose envelope says that the request failed. The gateway's code decides; a number in its place is read as an
/// HTTP status. A code that nobody knows is a retryable `gateway_error`: asking again costs nothing, and one word must
/// not end a wait.
Error refused_by_word(const Response& response, const Envelope& envelope, const Asked& asked);

/// A 2xx that is not the documented answer. `reason` says what is wrong with it, as a whole clause.
Error not_the_answer(const Response& response, const Envelope& envelope, const Asked& asked, std::string_view reason);

Error out_of_memory(const Asked& asked);

}  // namespace apimall::wire
