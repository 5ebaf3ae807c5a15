// The gateway's smaller answers.
#pragma once

#include "handle.hpp"

namespace apimall {

/// The answer that a task was accepted. Immutable.
class Generation : public Handle<apimall_generation, apimall_generation_free> {
 public:
  using Handle::Handle;

  /// All fields at once, as C has them.
  apimall_generation_fields fields() const noexcept {
    return detail::view(get(), +apimall_generation_view, apimall_generation_fields APIMALL_GENERATION_FIELDS_INIT);
  }
  /// The new task: wait for this.
  std::string_view task_id() const noexcept {
    const auto f = fields();
    return detail::text(f.task_id, f.task_id_len);
  }
  /// The model that makes it.
  OptionalText model() const noexcept {
    const auto f = fields();
    return detail::optional_text(f.model, f.model_len);
  }
  /// The id at the provider behind the gateway.
  OptionalText provider_request_id() const noexcept {
    const auto f = fields();
    return detail::optional_text(f.provider_request_id, f.provider_request_id_len);
  }
  /// The gateway's id of the request.
  OptionalText request_id() const noexcept {
    const auto f = fields();
    return detail::optional_text(f.request_id, f.request_id_len);
  }
  /// What the task costs, in credits.
  OptionalNumber credits_used() const noexcept { return detail::optional_number(fields().credits_used); }
  /// What the account has left, in credits.
  OptionalNumber remaining_credits() const noexcept { return detail::optional_number(fields().remaining_credits); }
  /// The gateway's whole answer as it came.
  std::string_view json() const noexcept { return detail::json(get(), +apimall_generation_json); }
};

/// The account's credits at one moment. Immutable.
class Balances : public Handle<apimall_account_balances, apimall_account_balances_free> {
 public:
  using Handle::Handle;

  /// All fields at once, as C has them.
  apimall_account_balances_fields fields() const noexcept {
    return detail::view(get(), +apimall_account_balances_view,
                        apimall_account_balances_fields APIMALL_ACCOUNT_BALANCES_FIELDS_INIT);
  }
  /// The account's credits.
  OptionalNumber credits() const noexcept { return detail::optional_number(fields().credits); }
  /// The account's API credits.
  OptionalNumber api_credits() const noexcept { return detail::optional_number(fields().api_credits); }
  /// The gateway's id of the request.
  OptionalText request_id() const noexcept {
    const auto f = fields();
    return detail::optional_text(f.request_id, f.request_id_len);
  }
  /// The gateway's whole answer as it came.
  std::string_view json() const noexcept { return detail::json(get(), +apimall_account_balances_json); }
};

}  // namespace apimall
