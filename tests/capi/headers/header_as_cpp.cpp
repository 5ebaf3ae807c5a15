// Compiled as C++11 to C++20.
#include "use_header.inc"

// C++ callers may rely on it: nothing throws.
static_assert(noexcept(apimall_version()), "every entry point is noexcept");
static_assert(noexcept(apimall_client_free(nullptr)), "every entry point is noexcept");
