// The gateway's address, checked before a key can be sent there.
#pragma once

#include <string>
#include <string_view>

#include "model/result.hpp"

namespace apimall {

/// Takes `https://host[:port][/path]`, or `http://` on a loopback address alone, since the key would travel in clear
/// text. Gives it back without a trailing slash.
Result<std::string> check_base_url(std::string_view url);

/// Whether a URL, or a proxy's address without a scheme, names a host that is surely this machine.
bool leads_to_loopback(std::string_view url);

/// The text of a URL with `***` in place of a user name and password, for messages.
std::string without_user(std::string_view url);

}  // namespace apimall
