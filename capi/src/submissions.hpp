// From arguments to work for the engine, with every check that needs no gateway.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "apimall/apimall.h"
#include "client/client.hpp"
#include "engine/submission.hpp"
#include "model/result.hpp"

namespace apimall::capi {

/// A submission of the C ABI, checked. The error says which member was wrong, and how.
Result<engine::Submission> read_submission(const apimall_submission& from);

/// A `timeout_ms` of the C ABI.
Result<Timeout> read_timeout(std::int64_t timeout_ms);

}  // namespace apimall::capi
