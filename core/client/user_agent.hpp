#pragma once

#include <string>
#include <string_view>

namespace apimall {

/// `apimall/<version> (<system>)`, and the suffix that the settings give.
std::string user_agent(std::string_view suffix);

}  // namespace apimall
