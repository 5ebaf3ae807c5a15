#include "client/user_agent.hpp"

namespace apimall {
namespace {

#if defined(_WIN32)
constexpr std::string_view system_name = "Windows";
#elif defined(__APPLE__)
constexpr std::string_view system_name = "macOS";
#elif defined(__linux__)
constexpr std::string_view system_name = "Linux";
#else
constexpr std::string_view system_name = "Unix";
#endif

}  // namespace

std::string user_agent(std::string_view suffix) {
  std::string text = "apimall/" APIMALL_VERSION_TEXT " (" + std::string(system_name) + ")";
  if (!suffix.empty()) text += " " + std::string(suffix);
  return text;
}

}  // namespace apimall
