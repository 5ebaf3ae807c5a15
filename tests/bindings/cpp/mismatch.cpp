// A library of another contract is refused before anything else is called. The functions below stand for that library.
#include <apimall.hpp>

#include <cstdlib>
#include <iostream>

extern "C" {
const char* apimall_version(void) noexcept { return "7.0.0"; }
std::uint64_t apimall_abi_hash(void) noexcept { return APIMALL_ABI_HASH ^ 1u; }
std::int32_t apimall_config_new(apimall_config**) noexcept { std::abort(); }
void apimall_config_free(apimall_config*) noexcept { std::abort(); }
}

int main() {
  try {
    const apimall::Config config;
  } catch (const apimall::LibraryMismatch& error) {
    std::cout << error.what() << '\n';
    return 0;
  }
  return 1;
}
