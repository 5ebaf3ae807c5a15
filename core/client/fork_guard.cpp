#include "client/fork_guard.hpp"

#include <atomic>
#include <mutex>

#if !defined(_WIN32)
#include <pthread.h>
#endif

namespace apimall {
namespace {

std::atomic<std::uint32_t> generation{0};

void count_forks() {
#if !defined(_WIN32)
  static std::once_flag once;
  std::call_once(once,
                 [] { pthread_atfork(nullptr, nullptr, [] { generation.fetch_add(1, std::memory_order_relaxed); }); });
#endif
}

}  // namespace

ForkGuard::ForkGuard() : generation_((count_forks(), generation.load(std::memory_order_relaxed))) {}

bool ForkGuard::crossed() const noexcept { return generation.load(std::memory_order_relaxed) != generation_; }

}  // namespace apimall
