// The library's log lines, on their way to Python's logging.
#pragma once

#include "python.hpp"

namespace apimall_python {

/// An `apimall_log_callback`: gives the line to `apimall._logging.emit`.
void forward_log_line(void* user_data, std::int32_t level, const char* message, std::size_t message_len);

/// True on the thread that delivers log lines, while it does: the library must not be closed or freed there.
bool in_log_callback();

}  // namespace apimall_python
