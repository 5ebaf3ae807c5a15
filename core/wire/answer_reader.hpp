// Reads the gateway's other answers into plain values.
#pragma once

#include "model/answers.hpp"
#include "wire/envelope.hpp"

namespace apimall::wire {

/// Each walks the document, and says in `whole` whether it holds what the answer cannot do without: a generation its
/// `task_id`, a history its `items`, the balances one balance. History items without a task id are left out.
simdjson::error_code read_generation(ondemand::document& document, JsonTexts& texts, Envelope& envelope,
                                     Generation& generation, bool& whole);
simdjson::error_code read_history(ondemand::document& document, JsonTexts& texts, Envelope& envelope,
                                  ImageHistory& history, bool& whole);
simdjson::error_code read_balances(ondemand::document& document, JsonTexts& texts, Envelope& envelope,
                                   AccountBalances& balances, bool& whole);

}  // namespace apimall::wire
